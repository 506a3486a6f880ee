// The rest of what one can do with a tweet, behind three dots; deleting asks first.

import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Tweet, User } from '../../../protocol/entities.ts'
import { RequestFailure } from '../../../protocol/errors.ts'
import { tweetPath } from '../routes.ts'
import { compose } from './compose-state.ts'
import { Confirm } from './dialog.tsx'
import type { IconName } from './icons.tsx'
import { Icon } from './icons.tsx'
import { useClient } from './use-client.ts'

type MenuProps = {
  readonly tweet: Tweet
  readonly author: User | undefined
  readonly onDeleted?: () => void
}

export function TweetMenu(props: MenuProps): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  const [isAsking, setAsking] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const close = (): void => {
    setOpen(false)
    root.current?.querySelector('button')?.focus()
  }
  useCloseOutside(root, isOpen, () => setOpen(false))
  const deed = useDeeds(props)
  return (
    <div class="menu" ref={root}>
      <button
        type="button"
        class="action menu-button"
        aria-label="More"
        title="More"
        aria-expanded={isOpen}
        aria-haspopup="true"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
      </button>
      {isOpen ? (
        <Items tweet={props.tweet} onChosen={close} {...deed} onDelete={() => setAsking(true)} />
      ) : null}
      {isAsking ? (
        <Confirm
          title="Delete this tweet?"
          text="It goes from every timeline at once, and cannot be brought back."
          action="Delete"
          onConfirm={() => {
            setAsking(false)
            void deed.remove()
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </div>
  )
}

function useDeeds({ tweet, author, onDeleted }: MenuProps) {
  const client = useClient()
  const copyLink = async (): Promise<void> => {
    await navigator.clipboard.writeText(location.origin + tweetPath(author?.handle ?? '', tweet.id))
    client.notices.say('The link is copied.')
  }
  const remove = async (): Promise<void> => {
    try {
      await client.delete(tweet.id)
      client.notices.say('Your tweet is deleted.')
      onDeleted?.()
    } catch (error) {
      if (!(error instanceof RequestFailure)) throw error
      client.complain(error.body)
    }
  }
  return { copyLink, remove }
}

function Items(props: {
  readonly tweet: Tweet
  readonly onChosen: () => void
  readonly copyLink: () => Promise<void>
  readonly onDelete: () => void
}): JSX.Element {
  const { tweet } = props
  const { viewerId } = useClient()
  const choose = (work: () => void) => () => {
    props.onChosen()
    work()
  }
  const quote = choose(() => compose({ kind: 'quote', tweetId: tweet.id }))
  return (
    <ul class="menu-items">
      {viewerId === undefined ? null : <Item icon="quote" words="Quote" onUse={quote} />}
      <Item icon="link" words="Copy link" onUse={choose(() => void props.copyLink())} />
      {tweet.authorId === viewerId ? (
        <Item icon="trash" words="Delete" onUse={choose(props.onDelete)} />
      ) : null}
    </ul>
  )
}

function Item(props: {
  readonly icon: IconName
  readonly words: string
  readonly onUse: () => void
}): JSX.Element {
  return (
    <li>
      <button type="button" class="menu-item" onClick={props.onUse}>
        <Icon name={props.icon} />
        {props.words}
      </button>
    </li>
  )
}

function useCloseOutside(
  root: { readonly current: HTMLElement | null },
  isOpen: boolean,
  close: () => void,
): void {
  useEffect(() => {
    if (!isOpen) return undefined
    const onPointer = (event: Event): void => {
      if (!root.current?.contains(event.target as Node)) close()
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      close()
      root.current?.querySelector('button')?.focus()
    }
    document.addEventListener('pointerdown', onPointer)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      document.removeEventListener('keydown', onKey)
    }
  }, [isOpen])
}
