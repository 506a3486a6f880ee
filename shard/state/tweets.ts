// Tweets: what every shard process knows of every tweet of the cluster.
//
// A tweet is a dense index here, given out in the order in which tweets reach this process; so the
// index doubles as the arrival order that a live stream's position counts. The body is kept encoded,
// ready to be copied into an answer; counts stand beside it in columns. A favorite can arrive from
// its actor's log before the tweet does from its author's: `isKnown` tells. A deleted tweet
// keeps its place but has no body. Written by `apply` functions only.
//
// With a budget, the bodies that came first move to a cold store, and are read there from then on:
// the newest are what nearly everybody reads. None comes back, so reading changes nothing.

import type { Tweet } from '../../protocol/entities.ts'
import { tweetField } from '../../protocol/entities.ts'
import type { TweetId } from '../../protocol/ids.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { BodyPages } from './body-pages.ts'
import type { ColdBodies } from './cold-bodies.ts'
import { Float64Column, Uint8Column, Uint32Column } from './columns.ts'
import { IdTable } from './id-table.ts'
import { encodeEntries, entryFields, entryOf, writeEntries, writeEntriesOf } from './users.ts'

/** The part of a tweet that never changes. */
export type Body = Omit<Tweet, 'counts' | 'viewer'>

const bodyFields = entryFields(tweetField.fields)

/** Deletions that are remembered; who was away for more reads a fresh page. */
export const deletionsRememberedMax = 4096

/** For each tweet: its id, author, state, arrival, the place of its body, and three counts. */
const bytesBesideBody = 37

const unknown = 0
const shown = 1
const deleted = 2

export class Tweets {
  readonly favorites = new Uint32Column()
  readonly retweets = new Uint32Column()
  readonly replies = new Uint32Column()
  readonly #indexes = new IdTable()
  readonly #ids = new Float64Column()
  readonly #authors = new Uint32Column()
  readonly #states = new Uint8Column()
  readonly #arrivals = new Float64Column()
  readonly #bodies = new BodyPages()
  /** Where the body lies in memory; 0 where it is in the cold store, or there is none. */
  readonly #bodyReferences = new Uint32Column()
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
    return this.#indexes.bytes + this.bodyBytes + this.#count * bytesBesideBody
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
        this.#bodyReferences.set(tweet, 0)
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
    this.#ids.set(index, id)
    return index
  }

  /** The dense index of a tweet that can be shown, or -1: unknown, or deleted. */
  find(id: number): number {
    const index = this.#indexes.get(id)
    return index >= 0 && this.#states.get(index) === shown ? index : -1
  }

  /** The dense index of a tweet in whatever state: its counts go on after a delete. -1 if unheard of. */
  indexOf(id: number): number {
    return this.#indexes.get(id)
  }

  /** Whether the tweet has been deleted here: then no other place has to be asked. */
  isDeleted(id: number): boolean {
    const index = this.#indexes.get(id)
    return index >= 0 && this.#states.get(index) === deleted
  }

  put(body: Body, authorIndex: number): number {
    const index = this.intern(body.id)
    if (this.#states.get(index) !== unknown) return index
    this.#arrive(index, authorIndex, shown)
    this.#bodyReferences.set(index, this.#bodies.put(index, encodeEntries(bodyFields, body)))
    return index
  }

  /**
   * Takes a tweet out of a snapshot.
   * @param encoded its body, as `body` gives it, at `range`; undefined for one that was deleted
   * @returns whether it was unknown
   */
  restore(
    { id, author }: { id: number; author: number },
    encoded: Uint8Array | undefined,
    range: { from: number; to: number },
  ): boolean {
    const index = this.intern(id)
    if (this.#states.get(index) !== unknown) return false
    this.#arrive(index, author, encoded === undefined ? deleted : shown)
    if (encoded !== undefined)
      this.#bodyReferences.set(index, this.#bodies.put(index, encoded, range))
    return true
  }

  #arrive(index: number, authorIndex: number, state: number): void {
    this.#states.set(index, state)
    this.#authors.set(index, authorIndex)
    this.#arrivals.set(index, ++this.#arrivalCount)
  }

  /** Frees the body; the id stays, so that it is never shown again. */
  delete(id: number): void {
    const index = this.#indexes.get(id)
    if (index < 0 || this.#states.get(index) !== shown) return
    this.#forgetBody(index)
    this.#states.set(index, deleted)
    this.#deletions.push({ tweet: index, afterArrival: this.#arrivalCount })
    if (this.#deletions.length <= deletionsRememberedMax) return
    this.#forgottenUpTo = this.#deletions.shift()!.afterArrival
  }

  #forgetBody(index: number): void {
    const reference = this.#bodyReferences.get(index)
    this.#bodyReferences.set(index, 0)
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
    return this.#ids.get(index) as TweetId
  }

  authorOf(index: number): number {
    return this.#authors.get(index)
  }

  /** The place of the tweet in the order in which tweets reached this process, from 1. */
  arrivalOf(index: number): number {
    return this.#arrivals.get(index)
  }

  /** Writes the body as a map that `more` entries will follow in. */
  writeBody(writer: MessagePackWriter, index: number, more: number): void {
    const reference = this.#bodyReferences.get(index)
    if (reference !== 0) writeEntries(writer, this.#bodies, { reference, more })
    else writeEntriesOf(writer, this.#coldBody(index), more)
  }

  /**
   * The encoded entries of the body behind one byte that counts them: good until a tweet comes or goes.
   * Only for a tweet that can be shown.
   */
  body(index: number): Uint8Array {
    const reference = this.#bodyReferences.get(index)
    return reference !== 0 ? this.#bodies.view(reference) : this.#coldBody(index)
  }

  #coldBody(index: number): Uint8Array {
    if (this.#cold === undefined || this.#states.get(index) !== shown)
      throw new RangeError(`tweet ${index} has no body`)
    this.#coldReadCount++
    return this.#cold.get(index)
  }

  /** One field of a body, decoded: for what is rarely asked. */
  fieldOf(index: number, wanted: keyof Body): unknown {
    return entryOf(this.body(index), tweetField.fields, wanted)
  }
}
