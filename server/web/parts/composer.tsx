// The dialog in which a tweet is written. What was typed is kept with every letter; a post that failed can
// be sent again, and is posted once.

import type { JSX } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { RequestFailure } from '../../../protocol/errors.ts'
import { checkTweetText } from '../../../protocol/text/normalize.ts'
import { tweetTextMax, weightedLength } from '../../../protocol/text/weight.ts'
import { tweetPath } from '../routes.ts'
import type { Draft } from '../store/drafts.ts'
import { Avatar } from './avatar.tsx'
import type { Composing } from './compose-state.ts'
import { composing, placeOf } from './compose-state.ts'
import { Dialog } from './dialog.tsx'
import { RichText } from './rich-text.tsx'
import { useCell, useClient, useTweet, useUser, useViewer } from './use-client.ts'

export function ComposerHost(): JSX.Element | null {
  const what = useCell(composing)
  return what === undefined ? null : <Composer key={placeOf(what)} what={what} />
}

const titles = { new: 'New tweet', reply: 'Reply', quote: 'Quote' } as const
const problems: Readonly<Record<string, string>> = {
  control_character: 'There is a character in the text that cannot be shown.',
  not_unicode: 'There is a character in the text that cannot be shown.',
}

function Composer(props: { readonly what: Composing }): JSX.Element {
  const { what } = props
  const viewer = useViewer()
  const { draft, type, send, isSending, problem } = useDraft(what)
  const box = useRef<HTMLTextAreaElement>(null)
  const weight = weightedLength(draft.text)
  const checked = checkTweetText(draft.text)
  const refusal = checked.ok ? undefined : problems[checked.reason]
  // At once: whoever opens it with a key goes on typing.
  useLayoutEffect(() => {
    box.current?.focus()
    box.current?.setSelectionRange(draft.text.length, draft.text.length)
  }, [])
  return (
    <Dialog title={titles[what.kind]} onClose={() => composing.set(undefined)}>
      {what.kind === 'reply' ? <Context what={what} /> : null}
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <Avatar user={viewer} size="medium" />
        <textarea
          ref={box}
          class="composer-text"
          aria-label="Text of the tweet"
          aria-describedby="composer-count"
          placeholder={what.kind === 'reply' ? 'Your reply' : 'What have you seen?'}
          dir="auto"
          rows={5}
          value={draft.text}
          onInput={({ currentTarget }) => type(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send()
          }}
        />
        {what.kind === 'quote' ? <Context what={what} /> : null}
        <p class="form-problem" role="alert">
          {problem ?? refusal ?? ''}
        </p>
        <div class="dialog-foot">
          <Counter weight={weight} />
          <button type="submit" class="button button-main" disabled={!checked.ok || isSending}>
            {isSending ? 'Posting…' : 'Post'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

type Drafting = {
  readonly draft: Draft
  readonly type: (text: string) => void
  readonly send: () => Promise<void>
  readonly isSending: boolean
  readonly problem: string | undefined
}

function useDraft(what: Composing): Drafting {
  const client = useClient()
  const viewer = useViewer()
  const place = placeOf(what)
  const [draft, setDraft] = useState(() => client.drafts.read(place))
  const [isSending, setSending] = useState(false)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const type = (text: string): void => {
    const next = { ...draft, text }
    setDraft(next)
    client.drafts.keep(place, next)
  }
  const send = async (): Promise<void> => {
    if (isSending || !checkTweetText(draft.text).ok) return
    setSending(true)
    setProblem(undefined)
    const { operationId, text } = draft
    try {
      const id = await client.post(text, { operationId, ...linksOf(what) })
      client.drafts.forget(place)
      composing.set(undefined)
      const href = viewer === undefined ? {} : { href: tweetPath(viewer.handle, id) }
      client.notices.say('Your tweet is posted.', href)
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      setProblem(`${error.body.message} Your text is kept.`)
      setSending(false)
    }
  }
  return { draft, type, send, isSending, problem }
}

function linksOf(what: Composing) {
  if (what.kind === 'reply') return { inReplyTo: what.tweetId }
  return what.kind === 'quote' ? { quoteOf: what.tweetId } : {}
}

/** What is answered or quoted. */
function Context(props: {
  readonly what: Exclude<Composing, { kind: 'new' }>
}): JSX.Element | null {
  const tweet = useTweet(props.what.tweetId)
  const shown = tweet === undefined || tweet === 'gone' ? undefined : tweet
  const author = useUser(shown?.authorId ?? (0 as never))
  if (shown === undefined) return null
  return (
    <div class="quoted">
      <p class="tweet-context">
        <bdi class="author-name">{author?.name}</bdi> @{author?.handle}
      </p>
      <RichText text={shown.text} entities={shown.entities} />
    </div>
  )
}

const radius = 10
const turn = 2 * Math.PI * radius
const shownFrom = 20

/** How much room is left: a ring that fills, and a number near the end. Said aloud only near the end. */
function Counter(props: { readonly weight: number }): JSX.Element {
  const left = tweetTextMax - props.weight
  const share = Math.min(1, props.weight / tweetTextMax)
  const level = left < 0 ? 'over' : left <= shownFrom ? 'near' : 'fine'
  const words = left < 0 ? `${-left} too many` : `${left} left`
  return (
    <div class={`counter counter-${level}`} id="composer-count">
      <svg width="26" height="26" viewBox="0 0 26 26" aria-hidden="true">
        <circle class="counter-track" cx="13" cy="13" r={radius} />
        <circle
          class="counter-share"
          cx="13"
          cy="13"
          r={radius}
          stroke-dasharray={`${share * turn} ${turn}`}
        />
      </svg>
      <span class="counter-number">{left}</span>
      <span class="for-ears" role="status">
        {level === 'fine' ? '' : words}
      </span>
    </div>
  )
}
