// Lists of tweets and of users that go on while one scrolls.

import type { JSX } from 'preact'
import { Fragment } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import type { Promoted } from '../../../protocol/promotions.ts'
import type { Feed } from '../store/feed.ts'
import type { Promotions } from '../store/promotions.ts'
import { ListEnd } from './list-end.tsx'
import { PromotedTweet } from './promoted-tweet.tsx'
import { TweetById } from './tweet.tsx'
import { useCell } from './use-client.ts'
import { UserRow } from './user-row.tsx'

export function TweetFeed(props: {
  readonly feed: Feed<TweetId>
  readonly label: string
  readonly empty: string
  readonly promotions?: Promotions
}): JSX.Element {
  const { feed, label, empty, promotions } = props
  const { ids, status, error } = useCell(feed.state)
  useEffect(() => feed.start(), [feed])
  const isLoading = status === 'loading' || status === 'idle'
  return (
    <>
      <TweetList
        ids={ids}
        label={label}
        isBusy={isLoading}
        {...(promotions === undefined ? {} : { promotions })}
      />
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
  readonly promotions?: Promotions
}): JSX.Element | null {
  const rows = useRows(props.ids, props.promotions)
  if (rows.length === 0) return null
  return (
    <div role="feed" aria-label={props.label} aria-busy={props.isBusy}>
      {rows}
    </div>
  )
}

/** The same elements as before for what was there before: a page more draws that page, not the whole list. */
function useRows(ids: readonly TweetId[], promotions: Promotions | undefined): JSX.Element[] {
  const known = useRef<ReadonlyMap<TweetId, JSX.Element>>(new Map())
  const rows = new Map(
    ids.map((id) => [id, known.current.get(id) ?? rowOf(id, promotions?.before(id))]),
  )
  known.current = rows
  return [...rows.values()]
}

function rowOf(id: TweetId, promoted: Promoted | undefined): JSX.Element {
  if (promoted === undefined) return <TweetById key={id} id={id} />
  return (
    <Fragment key={id}>
      <PromotedTweet promoted={promoted} />
      <TweetById id={id} />
    </Fragment>
  )
}

/** @param props.action what one can do with each; the follow button unless said otherwise */
export function UserFeed(props: {
  readonly feed: Feed<UserId>
  readonly label: string
  readonly empty: string
  readonly action?: (id: UserId) => JSX.Element
}): JSX.Element {
  const { feed, label, empty, action } = props
  const { ids, status, error } = useCell(feed.state)
  useEffect(() => feed.start(), [feed])
  const isLoading = status === 'loading' || status === 'idle'
  return (
    <>
      {ids.length === 0 ? null : (
        <ul class="users" aria-label={label} aria-busy={isLoading}>
          {ids.map((id) => (
            <UserRow key={id} id={id}>
              {action?.(id)}
            </UserRow>
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
