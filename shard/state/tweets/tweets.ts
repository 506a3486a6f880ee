// Tweets: what every shard process knows of every tweet of the cluster.
//
// A tweet is a dense index here. The body is kept encoded, ready to be copied into an answer; what else there
// is of a tweet is one record of 32 bytes (tweet-record.ts). A favorite can arrive from its actor's log before the tweet does
// from its author's: then the record has counts and no arrival. A deleted tweet keeps its place but has no
// body. A retweet can be shown as long as its original can. Written by `apply` functions only.

import { tweetField } from '../../../protocol/entities.ts'
import type { TweetId } from '../../../protocol/ids.ts'
import type { MessagePackWriter } from '../../../protocol/message-pack.ts'
import { FileUses } from '../media/file-uses.ts'
import { absent, highOf, IdTable } from '../memory/id-table.ts'
import { Records } from '../memory/records.ts'
import { encodeEntries, entryFields, entryOf } from '../users/users.ts'
import type { ColdBodies } from './cold-bodies.ts'
import { Deletions } from './deletions.ts'
import { ReplyParents } from './reply-parents.ts'
import { type Body, mediaOf, type StoredBody, TweetBodies } from './tweet-bodies.ts'
import { type Origin, TweetLinks } from './tweet-links.ts'
import {
  arrival,
  arrivalMask,
  author,
  authorMask,
  bodyReference,
  deletedBit,
  favorites,
  highId,
  linkedBit,
  lowId,
  recordWords,
  replies,
  retweetBit,
  retweets,
  tweetsMax,
} from './tweet-record.ts'

export type { Body }

type Parent = TweetId | undefined
const bodyFields = entryFields(tweetField.fields)

export class Tweets {
  readonly #records = new Records(recordWords)
  readonly favorites = this.#records.field(favorites)
  readonly retweets = this.#records.field(retweets)
  readonly replies = this.#records.field(replies)
  /** All that changes of a tweet: counts and arrival. */
  readonly varying = this.#records.range(favorites, 4)
  readonly #indexes = new IdTable()
  readonly #bodies = new TweetBodies(this.#records.field(bodyReference), (tweet) =>
    this.#hasBody(tweet),
  )
  readonly #links = new TweetLinks()
  readonly deletions = new Deletions()
  #count = 0
  #arrivalCount = 0
  /** The files of all tweets that can be shown. */
  readonly files = new FileUses()
  readonly parents = new ReplyParents((tweet) => this.fieldOf(tweet, 'inReplyTo') as Parent)

  /** How many tweets have arrived: the offset of a live position. */
  get arrivalCount(): number {
    return this.#arrivalCount
  }

  /** Tweets known or mentioned. */
  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#indexes.bytes + this.bodyBytes + this.#records.bytes + this.#links.bytes
  }

  /** The memory of bodies: what a budget holds down. */
  get bodyBytes(): number {
    return this.#bodies.bytes
  }

  /** Bodies that are in the cold store. */
  get coldCount(): number {
    return this.#bodies.coldCount
  }

  /** How often a body was read from the cold store. */
  get coldReadCount(): number {
    return this.#bodies.coldReadCount
  }

  /**
   * Keeps the bodies within a budget from now on; without it all stay in memory. Call it once, and before
   * there are many: what is too much goes little by little, with the tweets that come.
   * @param budget `bytesMax`: of `bodyBytes`, beyond it by a block, or for as long as the cold store takes nothing
   */
  keepWithin(budget: { readonly bytesMax: number; readonly cold: ColdBodies }): void {
    this.#bodies.keepWithin(budget)
  }

  /** The dense index, also of a tweet that was only mentioned; makes one where there is none. */
  intern(id: number): number {
    const found = this.#indexes.get(id)
    if (found >= 0) return found
    const index = this.#count++
    this.#indexes.set(id, index)
    this.#records.set(index, lowId, id)
    this.#records.set(index, highId, highOf(id))
    return index
  }

  /** Fetches ahead what `intern` and `restore` ask for of the first `count` ids. */
  prefetch(ids: Float64Array, count: number): void {
    this.#indexes.prefetch(ids, count)
  }

  /** The same for the first `count` ids, into the start of `indexes`: quicker than one by one. */
  internMany(ids: Float64Array, count: number, indexes: Int32Array): void {
    this.#indexes.getMany(ids, count, indexes)
    for (let place = 0; place < count; place++) {
      if (indexes[place] === absent) indexes[place] = this.intern(ids[place]!)
    }
  }

  /** The dense index of a tweet that can be shown, or -1: unknown, or deleted. */
  find(id: number): number {
    const index = this.#indexes.get(id)
    return index >= 0 && this.isShown(index) ? index : -1
  }

  /** The same for the first `count` ids, into the start of `indexes`. */
  findMany(ids: Float64Array, count: number, indexes: Int32Array): void {
    this.#indexes.getMany(ids, count, indexes)
    for (let place = 0; place < count; place++) {
      const index = indexes[place]!
      if (index >= 0 && !this.isShown(index)) indexes[place] = absent
    }
  }

  /** The dense index of a tweet in whatever state: its counts go on after a delete. -1 if unheard of. */
  indexOf(id: number): number {
    return this.#indexes.get(id)
  }

  /** The same for the first `count` ids, into the start of `indexes`. */
  indexesOf(ids: Float64Array, count: number, indexes: Int32Array): void {
    this.#indexes.getMany(ids, count, indexes)
  }

  /**
   * The dense index of a tweet that is here and was not deleted, or -1: what its author's log alone says.
   * A retweet may be here and cannot be shown, for that its original is not.
   */
  findBody(id: number): number {
    const index = this.#indexes.get(id)
    return index >= 0 && this.#hasBody(index) ? index : -1
  }

  isShown(index: number): boolean {
    const word = this.#records.get(index, arrival)
    if (word < retweetBit) return word !== 0
    return word < deletedBit && this.#hasBody(this.#links.referenced(index))
  }

  #hasBody(index: number): boolean {
    const word = this.#records.get(index, arrival)
    return word !== 0 && word < deletedBit
  }

  /** Whether the tweet has been deleted here: then no other place has to be asked. */
  isDeleted(id: number): boolean {
    const index = this.#indexes.get(id)
    return index >= 0 && this.#records.get(index, arrival) >= deletedBit
  }

  /** @param repliedTo the author of the tweet that it replies to, if that is somebody else */
  put(body: Body, authorIndex: number, repliedTo?: number): number {
    const index = this.intern(body.id)
    if (this.#records.get(index, arrival) !== 0) return index
    const { retweetOf, quoteOf } = body
    this.#arrive(index, { author: authorIndex, repliedTo, retweetOf, quoteOf })
    this.#bodies.put(index, encodeEntries(bodyFields, body))
    for (const { id } of body.media ?? []) this.files.add(id, 1)
    return index
  }

  /**
   * Takes a tweet out of a snapshot.
   * @param stored its body, as `body` gives it, and what it shows; undefined for one that was deleted
   * @returns whether it was unknown
   */
  restore(tweet: { readonly id: number } & Origin, stored: StoredBody | undefined): boolean {
    const index = this.intern(tweet.id)
    if (this.#records.get(index, arrival) !== 0) return false
    this.#arrive(index, tweet)
    if (stored === undefined) {
      this.#markDeleted(index)
      return true
    }
    this.#bodies.put(index, stored.bytes, stored)
    for (const { id } of stored.media) this.files.add(id, 1)
    return true
  }

  #arrive(index: number, { author: authorIndex, repliedTo, retweetOf, quoteOf }: Origin): void {
    if (this.#arrivalCount === tweetsMax)
      throw new RangeError(`a process knows at most ${tweetsMax} tweets`)
    const referencedId = retweetOf ?? quoteOf
    const isLinked = repliedTo !== undefined || referencedId !== undefined
    if (isLinked) {
      const referenced = referencedId === undefined ? undefined : this.intern(referencedId)
      this.#links.set(index, { repliedTo, referenced })
    }
    const bits = retweetOf === undefined ? 0 : retweetBit
    this.#records.set(index, author, authorIndex + (isLinked ? linkedBit : 0))
    this.#records.set(index, arrival, ++this.#arrivalCount + bits)
  }

  #markDeleted(index: number): void {
    this.#records.set(index, arrival, this.#records.get(index, arrival) + deletedBit)
  }

  /** Frees the body; the id stays, so that it is never shown again. */
  delete(id: number): void {
    const index = this.#indexes.get(id)
    if (index < 0 || !this.#hasBody(index)) return
    for (const { id } of mediaOf(this.body(index))) this.files.add(id, -1)
    this.#bodies.forget(index)
    this.#markDeleted(index)
    this.deletions.note({ tweet: index, afterArrival: this.#arrivalCount })
  }

  /** Forgets a tweet of an erased account altogether, as if nobody had heard of it. The log brings none twice. */
  forget(id: number): void {
    this.delete(id)
    const index = this.#indexes.get(id)
    if (index >= 0) this.#records.set(index, arrival, 0)
  }

  idOf(index: number): TweetId {
    const high = this.#records.get(index, highId)
    return (high * 2 ** 32 + this.#records.get(index, lowId)) as TweetId
  }

  authorOf(index: number): number {
    return this.#records.get(index, author) & authorMask
  }

  isRetweet(index: number): boolean {
    return (this.#records.get(index, arrival) & retweetBit) !== 0
  }

  /** The original of a retweet; -1 for any other tweet. */
  originalOf(index: number): number {
    return this.isRetweet(index) ? this.#links.referenced(index) : absent
  }

  /** The original of a retweet, or the tweet that is quoted; -1 where there is neither. */
  referencedBy(index: number): number {
    const isLinked = this.#records.get(index, author) >= linkedBit
    return isLinked ? this.#links.referenced(index) : absent
  }

  /** The user whose tweet it replies to; -1 for a reply to oneself, and for what is no reply. */
  repliedTo(index: number): number {
    return this.#links.repliedTo(index)
  }

  /**
   * The place of the tweet in the order in which tweets reached this process, from 1. A retweet has reached it
   * when its original has.
   */
  arrivalOf(index: number): number {
    const own = this.#records.get(index, arrival)
    if ((own & retweetBit) === 0) return own & arrivalMask
    const original = this.#records.get(this.#links.referenced(index), arrival)
    return Math.max(own & arrivalMask, original & arrivalMask)
  }

  /** Fetches what `writeBody` will read ahead. */
  warm(indexes: readonly number[]): void {
    this.#bodies.warm(indexes)
  }

  /** Writes the body as a map that `more` entries will follow in. */
  writeBody(writer: MessagePackWriter, index: number, more: number): void {
    this.#bodies.write(writer, index, more)
  }

  /** The encoded entries of a body that is there, behind one byte that counts them: good until a tweet comes or goes. */
  body(index: number): Uint8Array {
    return this.#bodies.view(index)
  }

  /** One field of a body, decoded: for what is rarely asked. */
  fieldOf(index: number, wanted: keyof Body): unknown {
    return entryOf(this.body(index), tweetField.fields, wanted)
  }
}
