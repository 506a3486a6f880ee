// The search field, with people suggested while one types (ARIA: a combobox with a list).

import type { JSX } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { UserId } from '../../../protocol/ids.ts'
import { queryLengthMax } from '../../../protocol/limits.ts'
import { go } from '../navigation.ts'
import { profilePath, searchPath, tagPath } from '../routes.ts'
import { suggestAfterMs, suggestionsShown } from '../wire/limits.ts'
import { Avatar } from './avatar.tsx'
import { Icon } from './icons.tsx'
import { useClient, useUser } from './use-client.ts'

export function SearchBox(props: { readonly value: string }): JSX.Element {
  const listId = useId()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(props.value)
  const [isOpen, setOpen] = useState(false)
  /** Which suggestion the arrow keys are at; -1 is the field itself. */
  const [at, setAt] = useState(-1)
  const found = useSuggestions(isOpen ? text : '')
  const shown = isOpen ? found : []
  useEffect(() => setText(props.value), [props.value])
  const choose = useChoice(() => {
    setOpen(false)
    input.current?.blur()
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setOpen(false)
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) event.preventDefault()
    setAt(Math.max(-1, Math.min(shown.length - 1, at + step)))
  }
  return (
    <search class="search-box">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          choose(shown[at], text)
        }}
      >
        <Icon name="search" />
        <input
          ref={input}
          type="text"
          role="combobox"
          inputMode="search"
          enterKeyHint="search"
          autoComplete="off"
          aria-label="Search Rookery"
          aria-autocomplete="list"
          aria-expanded={shown.length > 0}
          aria-controls={listId}
          {...(at >= 0 ? { 'aria-activedescendant': `${listId}-${at}` } : {})}
          placeholder="Search"
          maxLength={queryLengthMax}
          value={text}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value)
            setOpen(true)
            setAt(-1)
          }}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
        />
      </form>
      <Suggestions id={listId} ids={shown} at={at} onChoose={(id) => choose(id, text)} />
    </search>
  )
}

/** Goes to the suggestion, or where there is none, to what was typed. */
function useChoice(leave: () => void): (id: UserId | undefined, text: string) => void {
  const client = useClient()
  return (id, text) => {
    const user = id === undefined ? undefined : client.entities.user(id)
    const query = text.trim()
    if (user === undefined && query === '') return
    leave()
    if (user !== undefined) go(profilePath(user.handle))
    else if (/^#[^\s#]+$/u.test(query)) go(tagPath(query.slice(1)))
    else go(searchPath({ query, kind: 'latest' }))
  }
}

/** Who is meant by what was typed so far: asked for when the typing pauses, and only the newest answer counts. */
function useSuggestions(text: string): readonly UserId[] {
  const client = useClient()
  const [ids, setIds] = useState<readonly UserId[]>([])
  const query = text.trim().replace(/^@/, '')
  useEffect(() => {
    setIds([])
    if (query === '' || query.startsWith('#')) return undefined
    let isCurrent = true
    const timer = setTimeout(() => {
      client.call('search.users', { query, limit: suggestionsShown }).then(
        (answer) => {
          client.entities.learn(answer)
          if (isCurrent) setIds(answer.users.map(({ id }) => id))
        },
        // Suggestions are a help: without them one can search all the same.
        () => undefined,
      )
    }, suggestAfterMs)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [query])
  return ids
}

function Suggestions(props: {
  readonly id: string
  readonly ids: readonly UserId[]
  readonly at: number
  readonly onChoose: (id: UserId) => void
}): JSX.Element {
  const { id, ids, at, onChoose } = props
  return (
    <div id={id} class="suggestions" role="listbox" aria-label="People" hidden={ids.length === 0}>
      {ids.map((userId, place) => (
        <Suggestion
          key={userId}
          id={`${id}-${place}`}
          userId={userId}
          isAt={place === at}
          onChoose={() => onChoose(userId)}
        />
      ))}
    </div>
  )
}

function Suggestion(props: {
  readonly id: string
  readonly userId: UserId
  readonly isAt: boolean
  readonly onChoose: () => void
}): JSX.Element {
  const user = useUser(props.userId)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field (ARIA, combobox pattern).
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field (ARIA, combobox pattern).
    <div
      id={props.id}
      class="suggestion"
      role="option"
      aria-selected={props.isAt}
      // The field must not lose the focus before the press is a click.
      onPointerDown={(event) => event.preventDefault()}
      onClick={props.onChoose}
    >
      <Avatar user={user} size="small" />
      <bdi class="author-name">{user?.name}</bdi>
      <span class="author-handle">@{user?.handle}</span>
    </div>
  )
}
