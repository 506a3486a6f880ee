// Tweets: what every shard process knows of every tweet of the cluster.
//
// A tweet is a dense index here. The body is kept encoded, ready to be copied into an answer; what else there
// is of a tweet is one record of 32 bytes. A favorite can arrive from its actor's log before the tweet does
// from its author's: then the record has counts and no arrival. A deleted tweet keeps its place but has no
// body. Written by `apply` functions only.
//
// With a budget, the bodies that came first move to a cold store, and are read there from then on:
// the newest are what nearly everybody reads. None comes back, so reading changes nothing.

import type { Tweet } from '../../protocol/entities.ts'
import { tweetField } from '../../protocol/entities.ts'
import type { TweetId } from '../../protocol/ids.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { BodyPages } from './body-pages.ts'
import type { ColdBodies } from './cold-bodies.ts'
import { fetched } from './fetching.ts'
import { absent, highOf, IdTable } from './id-table.ts'
import { Records } from './records.ts'
import { encodeEntries, entryFields, entryOf, writeEntries, writeEntriesOf } from './users.ts'

/** The part of a tweet that never changes. */
export type Body = Omit<Tweet, 'counts' | 'viewer'>

const bodyFields = entryFields(tweetField.fields)

/** Deletions that are remembered; who was away for more reads a fresh page. */
export const deletionsRememberedMax = 4096

/**
 * The words of a record: the id; the author; where the body lies in memory, 0 where it is in the cold store,
 * or there is none; three counts; the arrival, with a bit on top for a deleted tweet.
 */
const [lowId, highId, author, bodyReference] = [0, 1, 2, 3] as const
const [favorites, retweets, replies, arrival] = [4, 5, 6, 7] as const
const recordWords = 8

const deletedBit = 2 ** 31
const tweetsMax = deletedBit - 1

export class Tweets {
  readonly #records = new Records(recordWords)
  readonly favorites = this.#records.field(favorites)
  readonly retweets = this.#records.field(retweets)
  readonly replies = this.#records.field(replies)
  readonly #indexes = new IdTable()
  readonly #bodies = new BodyPages()
  #cold: ColdBodies | undefined
  #coldCount = 0
  #coldReadCount = 0
  /** The latest deletions in order, for those who come back to a live stream. */
  readonly #deletions: { tweet: number; afterArrival: number }[] = []
  /** Deletions up to this arrival may have been forgotten; -1 while none has. */
  #forgottenUpTo = -1
  #count = 0
  #arrivalCount = 0

  /** How many tweets have arrived: the offset of a live position. */
  get arrivalCount(): number {
    return this.#arrivalCount
  }

  /** Tweets known or mentioned. */
  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#indexes.bytes + this.bodyBytes + this.#records.bytes
  }

  /** The memory of bodies: what a budget holds down. */
  get bodyBytes(): number {
    return this.#bodies.bytes + (this.#cold?.bytes ?? 0)
  }

  /** Bodies that are in the cold store. */
  get coldCount(): number {
    return this.#coldCount
  }

  /** How often a body was read from the cold store. */
  get coldReadCount(): number {
    return this.#coldReadCount
  }

  /**
   * Keeps the bodies within a budget from now on; without it all stay in memory. Call it once, and
   * before there are many: what is too much already goes little by little, with the tweets that come.
   * @param budget `bytesMax`: of `bodyBytes`, which goes beyond it by one block at most, and for as long
   * as the cold store takes nothing
   */
  keepWithin({ bytesMax, cold }: { readonly bytesMax: number; readonly cold: ColdBodies }): void {
    this.#cold = cold
    this.#bodies.keepWithin({
      bytesMax: bytesMax - cold.bytesMax,
      moveOut: (tweet, body) => {
        if (!cold.put(tweet, body)) return false
        this.#records.set(tweet, bodyReference, 0)
        this.#coldCount++
        return true
      },
    })
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

  /** The dense index of a tweet that can be shown, or -1: unknown, or deleted. */
  find(id: number): number {
    const index = this.#indexes.get(id)
    return index >= 0 && this.#isShown(index) ? index : -1
  }

  /** The same for the first `count` ids, into the start of `indexes`. */
  findMany(ids: Float64Array, count: number, indexes: Int32Array): void {
    this.#indexes.getMany(ids, count, indexes)
    for (let place = 0; place < count; place++) {
      const index = indexes[place]!
      if (index >= 0 && !this.#isShown(index)) indexes[place] = absent
    }
  }

  /** The dense index of a tweet in whatever state: its counts go on after a delete. -1 if unheard of. */
  indexOf(id: number): number {
    return this.#indexes.get(id)
  }

  /** Whether the tweet has been deleted here: then no other place has to be asked. */
  isDeleted(id: number): boolean {
    const index = this.#indexes.get(id)
    return index >= 0 && this.#records.get(index, arrival) >= deletedBit
  }

  put(body: Body, authorIndex: number): number {
    const index = this.intern(body.id)
    if (this.#records.get(index, arrival) !== 0) return index
    this.#arrive(index, authorIndex)
    const reference = this.#bodies.put(index, encodeEntries(bodyFields, body))
    this.#records.set(index, bodyReference, reference)
    return index
  }

  /**
   * Takes a tweet out of a snapshot.
   * @param encoded its body, as `body` gives it, at `range`; undefined for one that was deleted
   * @returns whether it was unknown
   */
  restore(
    tweet: { id: number; author: number },
    encoded: Uint8Array | undefined,
    range: { from: number; to: number },
  ): boolean {
    const index = this.intern(tweet.id)
    if (this.#records.get(index, arrival) !== 0) return false
    this.#arrive(index, tweet.author)
    if (encoded === undefined) this.#markDeleted(index)
    else this.#records.set(index, bodyReference, this.#bodies.put(index, encoded, range))
    return true
  }

  #arrive(index: number, authorIndex: number): void {
    if (this.#arrivalCount === tweetsMax)
      throw new RangeError(`a process knows at most ${tweetsMax} tweets`)
    this.#records.set(index, author, authorIndex)
    this.#records.set(index, arrival, ++this.#arrivalCount)
  }

  #markDeleted(index: number): void {
    this.#records.set(index, arrival, this.arrivalOf(index) + deletedBit)
  }

  #isShown(index: number): boolean {
    const word = this.#records.get(index, arrival)
    return word !== 0 && word < deletedBit
  }

  /** Frees the body; the id stays, so that it is never shown again. */
  delete(id: number): void {
    const index = this.#indexes.get(id)
    if (index < 0 || !this.#isShown(index)) return
    this.#forgetBody(index)
    this.#markDeleted(index)
    this.#deletions.push({ tweet: index, afterArrival: this.#arrivalCount })
    if (this.#deletions.length <= deletionsRememberedMax) return
    this.#forgottenUpTo = this.#deletions.shift()!.afterArrival
  }

  #forgetBody(index: number): void {
    const reference = this.#records.get(index, bodyReference)
    this.#records.set(index, bodyReference, 0)
    if (reference !== 0) {
      this.#bodies.free(reference)
      return
    }
    this.#cold!.delete(index)
    this.#coldCount--
  }

  /**
   * The dense indexes of the tweets that were deleted here after so many had arrived; some more may
   * be among them. Undefined where that is too long ago to be remembered.
   */
  deletedSince(arrivalCount: number): readonly number[] | undefined {
    if (arrivalCount <= this.#forgottenUpTo) return undefined
    const since = this.#deletions.filter(({ afterArrival }) => afterArrival >= arrivalCount)
    return since.map(({ tweet }) => tweet)
  }

  idOf(index: number): TweetId {
    const high = this.#records.get(index, highId)
    return (high * 2 ** 32 + this.#records.get(index, lowId)) as TweetId
  }

  authorOf(index: number): number {
    return this.#records.get(index, author)
  }

  /** The place of the tweet in the order in which tweets reached this process, from 1. */
  arrivalOf(index: number): number {
    return this.#records.get(index, arrival) & ~deletedBit
  }

  /** Fetches what `writeBody` will read ahead. */
  warm(indexes: readonly number[]): void {
    let sum = 0
    for (const index of indexes) {
      const reference = this.#records.get(index, bodyReference)
      if (reference !== 0) sum += this.#bodies.touch(reference)
    }
    fetched.sum = sum
  }

  /** Writes the body as a map that `more` entries will follow in. */
  writeBody(writer: MessagePackWriter, index: number, more: number): void {
    const reference = this.#records.get(index, bodyReference)
    if (reference !== 0) writeEntries(writer, this.#bodies, { reference, more })
    else writeEntriesOf(writer, this.#coldBody(index), more)
  }

  /**
   * The encoded entries of the body behind one byte that counts them: good until a tweet comes or goes.
   * Only for a tweet that can be shown.
   */
  body(index: number): Uint8Array {
    const reference = this.#records.get(index, bodyReference)
    return reference !== 0 ? this.#bodies.view(reference) : this.#coldBody(index)
  }

  #coldBody(index: number): Uint8Array {
    if (this.#cold === undefined || !this.#isShown(index))
      throw new RangeError(`tweet ${index} has no body`)
    this.#coldReadCount++
    return this.#cold.get(index)
  }

  /** One field of a body, decoded: for what is rarely asked. */
  fieldOf(index: number, wanted: keyof Body): unknown {
    return entryOf(this.body(index), tweetField.fields, wanted)
  }
}
