// Lists and moments as rows, the same for both: a title, whose it is, how much is in it.

import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { List, Moment } from '../../../protocol/collections.ts'
import type { User } from '../../../protocol/entities.ts'
import type { UserId } from '../../../protocol/ids.ts'
import type { Client } from '../client.ts'
import { listPath, momentPath } from '../routes.ts'
import { Feed } from '../store/feed.ts'
import { Icon } from './icons.tsx'
import { ListEnd } from './list-end.tsx'
import { pageOf } from './read.ts'
import { formatCount } from './tweet-actions.tsx'
import { useCell, useClient, useUser } from './use-client.ts'

/** A list or a moment, as a row shows it. */
export type Collection = {
  readonly id: number
  readonly kind: 'list' | 'moment'
  readonly ownerId: UserId
  readonly title: string
  readonly description: string
  readonly isHidden: boolean
  readonly count: number
}

/** Where rows come from. */
export type CollectionSource =
  | { readonly of: 'lists' | 'moments'; readonly userId: UserId }
  | { readonly of: 'followedLists' | 'followedMoments' }

export function Collections(props: {
  readonly source: CollectionSource
  readonly label: string
  readonly empty: string
}): JSX.Element {
  const client = useClient()
  const [{ feed, known }] = useState(() => sourceFeed(client, props.source))
  const { ids, status, error } = useCell(feed.state)
  useEffect(() => feed.start(), [feed])
  return (
    <>
      {ids.length === 0 ? null : (
        <ul class="collections" aria-label={props.label}>
          {ids.map((id) => {
            const collection = known.get(id)
            return collection === undefined ? null : <Row key={id} collection={collection} />
          })}
        </ul>
      )}
      {status === 'ready' && ids.length === 0 ? <p class="empty">{props.empty}</p> : null}
      <ListEnd
        isLoading={status === 'loading' || status === 'idle'}
        hasMore={feed.hasOlder || status === 'failed'}
        error={error}
        onMore={() => feed.more()}
      />
    </>
  )
}

function Row({ collection }: { readonly collection: Collection }): JSX.Element {
  const { id, kind, title, description, isHidden, count, ownerId } = collection
  const owner = useUser(ownerId)
  const what = kind === 'list' ? 'member' : 'tweet'
  return (
    <li>
      <a class="collection" href={kind === 'list' ? listPath(id) : momentPath(id)}>
        <span class="collection-mark" aria-hidden="true">
          <Icon name={kind} />
        </span>
        <span class="collection-words">
          <strong>
            <bdi>{title}</bdi>
            {isHidden ? <Icon name="lock" /> : null}
          </strong>
          <span>
            {formatCount(count)} {count === 1 ? what : `${what}s`}
            {owner === undefined ? '' : ` · by @${owner.handle}`}
            {isHidden ? (kind === 'list' ? ' · only you see it' : ' · not published') : ''}
          </span>
          {description === '' ? null : <span dir="auto">{description}</span>}
        </span>
      </a>
    </li>
  )
}

type Page = {
  readonly lists?: readonly List[]
  readonly moments?: readonly Moment[]
  readonly users: readonly User[]
  readonly olderCursor?: number
}

function sourceFeed(client: Client, source: CollectionSource) {
  const known = new Map<number, Collection>()
  const feed = new Feed<number>(async (before) => {
    const page = await readPage(client, source, before)
    client.entities.learn({ users: page.users })
    const collections = [
      ...(page.lists ?? []).map(collectionOfList),
      ...(page.moments ?? []).map(collectionOfMoment),
    ]
    for (const collection of collections) known.set(collection.id, collection)
    return { ids: collections.map(({ id }) => id), olderCursor: page.olderCursor }
  })
  return { feed, known }
}

function readPage(
  client: Client,
  source: CollectionSource,
  before: number | undefined,
): Promise<Page> {
  const page = pageOf(before)
  switch (source.of) {
    case 'lists':
      return client.call('lists.ofUser', { userId: source.userId, ...page })
    case 'moments':
      return client.call('moments.ofUser', { userId: source.userId, ...page })
    case 'followedLists':
      return client.call('lists.followed', page)
    case 'followedMoments':
      return client.call('moments.followed', page)
  }
}

export function collectionOfList(list: List): Collection {
  const { id, ownerId, name: title, description, private: isHidden, counts } = list
  return { id, kind: 'list', ownerId, title, description, isHidden, count: counts.members }
}

export function collectionOfMoment(moment: Moment): Collection {
  const { id, ownerId, title, description, published, counts } = moment
  const rest = { isHidden: !published, count: counts.tweets }
  return { id, kind: 'moment', ownerId, title, description, ...rest }
}
