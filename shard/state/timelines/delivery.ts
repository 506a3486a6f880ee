// Delivery: writes a tweet into the home timelines of its audience, and notes who of them is online.
//
// Few owners are seen to at once, here; for a large audience the tweet is begun in timelines.ts, for whoever sees
// to it (shard/fanout/).

import type { Neighbors } from '../graph/adjacency.ts'
import type { Users } from '../users/users.ts'
import {
  type Audience,
  allOwners,
  audienceMax,
  forEachOfAudience,
  isForRepliedTo,
} from './audience.ts'
import type { OnlineUsers } from './online-users.ts'
import type { Timelines } from './timelines.ts'

/** The tables of a `ShardState` that a delivery needs. */
export type DeliveryTables = {
  readonly users: Users
  readonly followers: Neighbors
  readonly timelines: Timelines
  readonly online: OnlineUsers
  readonly largeDeliveryMin: number
  onDelivery(): () => void
}

/** Owners that are delivered to at a time. */
const chunkOwners = 1_024

export class Delivery {
  /** Whom the last call found online, as dense indexes. */
  readonly recipients: number[] = []
  readonly #tables: DeliveryTables
  readonly #chunk = new Uint32Array(chunkOwners)

  constructor(tables: DeliveryTables) {
    this.#tables = tables
  }

  deliver(audience: Audience, tweetId: number): void {
    const { timelines, online } = this.#tables
    this.recipients.length = 0
    // While recovering there is nobody to deliver to: no look at the followers then, many of whom may still be staged.
    if (timelines.ringCount === 0 && online.count === 0) return
    const { followers, users, largeDeliveryMin } = this.#tables
    const done = this.#tables.onDelivery()
    const isNewest = timelines.announce(tweetId)
    const delivery = { id: tweetId, isNewest }
    const deliverChunk = (count: number): void => {
      timelines.deliver(this.#chunk, { from: 0, to: count }, delivery)
      this.#collectOnline(count)
    }
    this.#forEachOfTwo(audience, deliverChunk)
    if (audienceMax(followers, audience) >= largeDeliveryMin) {
      timelines.begin({ ...audience, tweetId, isNewest, end: users.index.indexEnd })
      return
    }
    this.#forEachOfMany(audience, deliverChunk)
    done()
  }

  /** Notes who is online of those to whom a tweet was delivered before. */
  findRecipients(audience: Audience): void {
    this.recipients.length = 0
    const collect = (count: number): void => this.#collectOnline(count)
    this.#forEachOfTwo(audience, collect)
    this.#forEachOfMany(audience, collect)
  }

  /** The author, and whom they reply to if the reply is for them: one by one. */
  #forEachOfTwo(audience: Audience, each: (count: number) => void): void {
    this.#chunk[0] = audience.author
    each(1)
    if (!isForRepliedTo(this.#tables.followers, audience)) return
    this.#chunk[0] = audience.repliedTo
    each(1)
  }

  #forEachOfMany(audience: Audience, each: (count: number) => void): void {
    const { followers } = this.#tables
    forEachOfAudience(followers, { audience, range: allOwners, chunk: this.#chunk }, each)
  }

  /** Of the owners in the chunk. */
  #collectOnline(count: number): void {
    const { online } = this.#tables
    if (online.count > 0) online.collect(this.#chunk, { from: 0, to: count }, this.recipients)
  }
}
