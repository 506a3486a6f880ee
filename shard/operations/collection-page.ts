// Lists and moments in an answer: one alone, or a page of them with their owners.

import { type List, listField, type Moment, momentField } from '../../protocol/collections.ts'
import { timeOfId } from '../../protocol/ids.ts'
import { collectionsFollowedMax, collectionsOwnedMax } from '../../protocol/limits.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { writeValue } from '../../protocol/message-pack.ts'
import type { Collection, CollectionKind } from '../state/collections.ts'
import { followMark, mayReadCollection, type Named } from './collection.ts'
import type { View } from './implement.ts'
import { writeUsers } from './present.ts'
import { mayRead } from './visibility.ts'

const pagesKey = { list: 'lists', moment: 'moments' } as const

type Shown = { readonly collection: Collection; readonly reader: number }

/** Writes the entry `list` or `moment` of a map. */
export function writeCollectionEntry(writer: MessagePackWriter, view: View, shown: Shown): void {
  writer.text(shown.collection.kind)
  writeCollection(writer, view, shown)
}

/** Writes the whole answer of an operation that has done something about a collection: that one. */
export function writeCollectionAnswer(
  writer: MessagePackWriter,
  view: View,
  { named, reader }: { readonly named: Named; readonly reader: number },
): void {
  const collection = view.collections.find(named.kind, named.id)
  if (collection === undefined) throw new Error(`there is no ${named.kind} ${named.id} to answer`)
  writer.map(1)
  writeCollectionEntry(writer, view, { collection, reader })
}

/**
 * Writes the answer of a list of lists or moments: those that the reader may see, the newest first, and their
 * owners.
 * @param given `source`: ids by user, of whom `user` is meant
 */
export function writeCollectionPage(
  writer: MessagePackWriter,
  view: View,
  given: {
    readonly kind: CollectionKind
    readonly source: Pick<ReturnType<View['marks']>, 'readBefore'>
    readonly user: number
    readonly reader: number
    readonly page: { readonly before: number; readonly limit: number }
  },
): void {
  const { kind, source, user, reader, page } = given
  const count = source.readBefore(user, { before: page.before, limit: ids.length }, ids)
  const shown: Collection[] = []
  for (let place = 0; place < count && shown.length <= page.limit; place++) {
    const collection = view.collections.find(kind, ids[place]!)
    if (collection !== undefined && mayReadCollection(view, reader, collection)) {
      shown.push(collection)
    }
  }
  const hasOlder = shown.length > page.limit
  if (hasOlder) shown.pop()
  writer.map(hasOlder ? 3 : 2)
  writer.text(pagesKey[kind])
  writer.array(shown.length)
  for (const collection of shown) writeCollection(writer, view, { collection, reader })
  const owners = [...new Set(shown.map(({ owner }) => owner))]
  writeUsers(writer, view, { users: owners, reader })
  if (!hasOlder) return
  writer.text('olderCursor')
  writer.integer(shown.at(-1)!.id)
}

const ids = new Float64Array(Math.max(collectionsOwnedMax, collectionsFollowedMax))

function writeCollection(writer: MessagePackWriter, view: View, shown: Shown): void {
  if (shown.collection.kind === 'list') writeValue(writer, listField, asList(view, shown))
  else writeValue(writer, momentField, asMoment(view, shown))
}

function asList(view: View, shown: Shown): List {
  const { title, isPrivate, items } = shown.collection
  const counts = { members: items.length, followers: followersOf(view, shown) }
  return { ...commonOf(view, shown), name: title, private: isPrivate, counts }
}

function asMoment(view: View, shown: Shown): Moment {
  const { title, isPrivate, items, coverId } = shown.collection
  const counts = { tweets: items.length, followers: followersOf(view, shown) }
  const cover = view.tweets.find(coverId)
  const isShown = cover >= 0 && mayRead(view, { reader: shown.reader, tweet: cover })
  const coverTweetId = isShown ? { coverTweetId: view.tweets.idOf(cover) } : {}
  return { ...commonOf(view, shown), title, published: !isPrivate, ...coverTweetId, counts }
}

function commonOf(view: View, { collection, reader }: Shown) {
  const { id, owner, kind, description } = collection
  const isOthers = reader >= 0 && owner !== reader
  const viewer = isOthers ? { following: view.marks(followMark[kind]).has(reader, id) } : undefined
  return {
    id,
    ownerId: view.users.idOf(owner),
    description,
    createdAt: timeOfId(id),
    ...(viewer === undefined ? {} : { viewer }),
  }
}

function followersOf(view: View, { collection }: Shown): number {
  return view.collections.followersOf(collection.id)
}
