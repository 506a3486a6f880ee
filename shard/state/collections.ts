// Collections: what users have put together under a title. A list is a collection of users, a moment one of
// tweets. Known to every process, because whoever asks for one may live anywhere.
//
//   list 70 of ada, "Chess"        [ 12  31  40 ]            users, ascending by id
//   moment 93 of bob, "The storm"  [ 51  47  66 ]            tweets, in the order that bob gave them
//   followers                      70: 2   93: 5
//
// All of a collection is told by the log of its owner's partition, in that order. Only how many follow it comes
// from other logs, and may come first: sums do not mind. Who follows what is a mark of the follower
// (state/marks.ts).
//
// Collections are few: they live in ordinary objects, eight bytes an item. Owned by `ShardState`; a single thread.

import { IdLists } from './memory/id-lists.ts'

export const collectionKinds = ['list', 'moment'] as const
export type CollectionKind = (typeof collectionKinds)[number]

/** What an owner may say of a collection. */
export type CollectionCard = {
  readonly title: string
  readonly description: string
  /** Only the owner sees it: a private list, a moment that is not published. */
  readonly isPrivate: boolean
  /** The tweet that stands for a moment; 0 for none. */
  readonly coverId: number
}

export type Collection = CollectionCard & {
  readonly id: number
  readonly kind: CollectionKind
  /** Dense index. */
  readonly owner: number
  /** Ids of users or tweets, each once. */
  readonly items: readonly number[]
}

type Kept = { -readonly [K in keyof Collection]: Collection[K] } & { items: number[] }

export class Collections {
  readonly #kept = new Map<number, Kept>()
  /** Owner to the ids of their collections. */
  readonly #owned: Readonly<Record<CollectionKind, IdLists>> = {
    list: new IdLists(),
    moment: new IdLists(),
  }
  /** Collection to how many follow it, where anybody does. */
  readonly #followers = new Map<number, number>()

  /** Collections of everybody. */
  get size(): number {
    return this.#kept.size
  }

  /** Undefined where there is none of this kind. */
  find(kind: CollectionKind, id: number): Collection | undefined {
    const collection = this.#kept.get(id)
    return collection?.kind === kind ? collection : undefined
  }

  /** Owner to the ids of their collections. */
  owned(kind: CollectionKind): Pick<IdLists, 'length' | 'at' | 'readBefore'> {
    return this.#owned[kind]
  }

  followersOf(id: number): number {
    return this.#followers.get(id) ?? 0
  }

  /** Whether an item is in a collection. */
  has({ kind, items }: Collection, item: number): boolean {
    return kind === 'list' ? items[lowerBound(items, item)] === item : items.includes(item)
  }

  create(collection: Collection): void {
    this.#kept.set(collection.id, { ...collection, items: [...collection.items] })
    this.#owned[collection.kind].insert(collection.owner, collection.id)
  }

  /** Changes what is given. */
  edit(id: number, changes: Partial<CollectionCard>): void {
    const collection = this.#kept.get(id)
    if (collection !== undefined) Object.assign(collection, changes)
  }

  delete(id: number): void {
    const collection = this.#kept.get(id)
    if (collection === undefined) return
    this.#owned[collection.kind].remove(collection.owner, id)
    this.#kept.delete(id)
  }

  /** Puts an item in: into a list where its id belongs, into a moment at `place` or at the end. */
  put(id: number, item: number, place?: number): void {
    const collection = this.#kept.get(id)
    if (collection === undefined || this.has(collection, item)) return
    const { items, kind } = collection
    const at = kind === 'list' ? lowerBound(items, item) : (place ?? items.length)
    items.splice(at, 0, item)
  }

  /** Takes an item out, and with it the cover that it was. */
  take(id: number, item: number): void {
    const collection = this.#kept.get(id)
    if (collection === undefined || !this.has(collection, item)) return
    collection.items.splice(collection.items.indexOf(item), 1)
    if (collection.coverId === item) collection.coverId = 0
  }

  /** Moves an item of a moment to another place; the others move up. */
  move(id: number, item: number, place: number): void {
    const collection = this.#kept.get(id)
    const before = collection?.items.indexOf(item) ?? -1
    if (collection === undefined || before < 0) return
    collection.items.splice(before, 1)
    collection.items.splice(place, 0, item)
  }

  /** @param difference 1 for somebody who follows it from now on, -1 for somebody who does not any more */
  countFollower(id: number, difference: number): void {
    const count = this.followersOf(id) + difference
    if (count === 0) this.#followers.delete(id)
    else this.#followers.set(id, count)
  }
}

/** The place of the first of ascending ids that is not below this one. */
export function lowerBound(ids: readonly number[], id: number): number {
  let low = 0
  let high = ids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ids[middle]! < id) low = middle + 1
    else high = middle
  }
  return low
}
