// A list that goes on while one scrolls. The button at its end is what the scrolling presses: it works
// by keyboard as well, and says when a page could not be had.

import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { ErrorBody } from '../../../protocol/errors.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import type { Feed } from '../store/feed.ts'
import { TweetById } from './tweet.tsx'
import { useCell } from './use-client.ts'
import { UserRow } from './user-row.tsx'

/** How far before the end of the list the next page is asked for. */
const ahead = '1200px 0px'

export function ListEnd(props: {
  readonly isLoading: boolean
  readonly hasMore: boolean
  readonly error: ErrorBody | undefined
  readonly onMore: () => void
}): JSX.Element {
  const { isLoading, hasMore, error, onMore } = props
  const end = useRef<HTMLDivElement>(null)
  const more = useRef(onMore)
  more.current = onMore
  const isWatching = hasMore && !isLoading && error === undefined
  useEffect(() => {
    const element = end.current
    if (!isWatching || element === null) return undefined
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) more.current()
      },
      { rootMargin: ahead },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [isWatching])
  return (
    <div class="list-end" ref={end}>
      {isLoading ? <p role="status">Loading…</p> : null}
      {error === undefined ? null : <p role="alert">{error.message}</p>}
      {isLoading || !hasMore ? null : (
        <button type="button" class="button" onClick={onMore}>
          {error === undefined ? 'Show more' : 'Try again'}
        </button>
      )}
    </div>
  )
}

export function TweetFeed(props: {
  readonly feed: Feed<TweetId>
  readonly label: string
  readonly empty: string
}): JSX.Element {
  const { feed, label, empty } = props
  const { ids, status, error } = useCell(feed.state)
  useEffect(() => feed.start(), [feed])
  const isLoading = status === 'loading' || status === 'idle'
  return (
    <>
      <TweetList ids={ids} label={label} isBusy={isLoading} />
      {status === 'ready' && ids.length === 0 ? <p class="empty">{empty}</p> : null}
      <ListEnd
        isLoading={isLoading}
        hasMore={feed.hasOlder || status === 'failed'}
        error={error}
        onMore={() => feed.more()}
      />
    </>
  )
}

export function TweetList(props: {
  readonly ids: readonly TweetId[]
  readonly label: string
  readonly isBusy: boolean
}): JSX.Element | null {
  const rows = useRows(props.ids)
  if (rows.length === 0) return null
  return (
    <div role="feed" aria-label={props.label} aria-busy={props.isBusy}>
      {rows}
    </div>
  )
}

/** The same elements as before for what was there before: a page more draws that page, not the whole list. */
function useRows(ids: readonly TweetId[]): JSX.Element[] {
  const known = useRef<ReadonlyMap<TweetId, JSX.Element>>(new Map())
  const rows = new Map(
    ids.map((id) => [id, known.current.get(id) ?? <TweetById key={id} id={id} />]),
  )
  known.current = rows
  return [...rows.values()]
}

export function UserFeed(props: {
  readonly feed: Feed<UserId>
  readonly label: string
  readonly empty: string
}): JSX.Element {
  const { feed, label, empty } = props
  const { ids, status, error } = useCell(feed.state)
  useEffect(() => feed.start(), [feed])
  const isLoading = status === 'loading' || status === 'idle'
  return (
    <>
      {ids.length === 0 ? null : (
        <ul class="users" aria-label={label} aria-busy={isLoading}>
          {ids.map((id) => (
            <UserRow key={id} id={id} />
          ))}
        </ul>
      )}
      {status === 'ready' && ids.length === 0 ? <p class="empty">{empty}</p> : null}
      <ListEnd
        isLoading={isLoading}
        hasMore={feed.hasOlder || status === 'failed'}
        error={error}
        onMore={() => feed.more()}
      />
    </>
  )
}
