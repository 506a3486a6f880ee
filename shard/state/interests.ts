// Interests: what a user's own tweets and favorites of late tell of them: the hashtags in them, and where the newest
// one with a location was written. Promotions with a target ask for it.
//
// Made from the newest tweets and favorites when it is asked for, and remembered for those who asked last, until they
// post or mark something, or one of those tweets is deleted: so it is no fact, stands in no snapshot, and nobody else has to keep it up to date. Whoever
// is never asked about costs nothing.
//
// Owned by `ShardState`; a single thread.

import type { entitiesField } from '../../protocol/entities.ts'
import type { Value } from '../../protocol/fields.ts'
import { foldText } from '../../protocol/text/case-fold.ts'
import type { FavoriteOrder } from './favorite-order.ts'
import type { IdLists } from './memory/id-lists.ts'
import { locationOf, type Point } from './places.ts'
import type { Tweets } from './tweets/tweets.ts'

/** Tweets, and favorites, that are looked at. */
export const interestsFromMax = 50
/** Users whose interests are remembered: about a kilobyte each. */
const rememberedMax = 4_096

/** What interests are made from. */
export type InterestSource = {
  readonly tweets: Tweets
  readonly authored: IdLists
  readonly favoriteOrder: FavoriteOrder
}

export type Interest = {
  /** Folded hashtags. */
  readonly tags: ReadonlySet<string>
  readonly place: Point | undefined
}

/** `tellers`: the tweets that it is made from, as dense indexes. */
type Found = Interest & { readonly tellers: readonly number[] }
type Remembered = Found & { readonly stamp: string }

export class Interests {
  readonly #source: InterestSource
  readonly #remembered = new Map<number, Remembered>()

  constructor(source: InterestSource) {
    this.#source = source
  }

  /** The interests of a hosted user. */
  of(user: number): Interest {
    const stamp = this.#stampOf(user)
    const known = this.#remembered.get(user)
    if (known?.stamp === stamp && this.#areThere(known)) return known
    const interest = { ...this.#find(user), stamp }
    this.#remembered.delete(user)
    // The first in the order of entering is the one that was made longest ago.
    const [oldest] = this.#remembered.keys()
    if (this.#remembered.size >= rememberedMax) this.#remembered.delete(oldest as number)
    this.#remembered.set(user, interest)
    return interest
  }

  /** Changes whenever the user posts something, or marks a favorite or takes one back: its number is another one then. */
  #stampOf(user: number): string {
    const { authored, favoriteOrder } = this.#source
    const [tweets, marked] = [authored.length(user), favoriteOrder.length(user)]
    const { number, tweet } = favoriteOrder.at(user, marked - 1)
    return `${tweets} ${authored.at(user, tweets - 1)} ${marked} ${number} ${tweet}`
  }

  /** Whether nobody has deleted any of the tweets since. */
  #areThere({ tellers }: Found): boolean {
    return tellers.every((tweet) => this.#source.tweets.isShown(tweet))
  }

  #find(user: number): Found {
    const { tweets } = this.#source
    const tags = new Set<string>()
    const tellers: number[] = []
    const own = this.#newestOf(user)
    for (const tweet of [...own, ...this.#favoritesOf(user)]) {
      const written = tweets.isRetweet(tweet) ? tweets.originalOf(tweet) : tweet
      const { hashtags } = tweets.fieldOf(written, 'entities') as Value<typeof entitiesField>
      for (const { tag } of hashtags) tags.add(foldText(tag))
      if (hashtags.length > 0) tellers.push(tweet)
    }
    // Whoever passes on what others wrote somewhere was not there: a retweet has no place of its own.
    const placed = own.find((tweet) => locationOf(tweets.body(tweet)) !== undefined)
    if (placed === undefined) return { tags, place: undefined, tellers }
    tellers.push(placed)
    return { tags, place: locationOf(tweets.body(placed)), tellers }
  }

  /** The newest tweets of a user that are there, the newest first. */
  #newestOf(user: number): number[] {
    const { tweets, authored } = this.#source
    const count = authored.readBefore(user, newest, ids)
    const found = Array.from(ids.subarray(0, count), (id) => tweets.find(id))
    return found.filter((tweet) => tweet >= 0)
  }

  /** The tweets that are there of those that a user marked last, the last one first. */
  #favoritesOf(user: number): number[] {
    const { tweets, favoriteOrder } = this.#source
    const count = favoriteOrder.readBefore(user, newest, { numbers: ids, tweets: indexes })
    return [...indexes.subarray(0, count)].filter((tweet) => tweets.isShown(tweet))
  }
}

const newest = { before: Number.POSITIVE_INFINITY, limit: interestsFromMax }
const ids = new Float64Array(interestsFromMax)
const indexes = new Int32Array(interestsFromMax)
