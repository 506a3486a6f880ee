// The digest of a partition (I7): a number for all facts that come from its log, by which two hosts find
// out whether they hold the same.
//
// Each fact is hashed with its kind and its user, and the hashes are added up. A sum does not mind the
// order, so it does not matter in which order a process met users, or which dense indexes they got:
//
//     card of 7 -> 9e31...    7 follows 3 -> 02c4...    7 follows 9 -> 5b77...     sum -> fa6c...
//
// What other partitions' logs tell (favorites of a tweet, followers of a user) is left out: two hosts
// at the same entry of this log may stand at different entries of those. So is what a sweep may or may
// not have taken, see accounts.ts.
//
// A partition is looked at slice by slice, a user belonging to one slice by a hash of the id; a part
// looks at no more than the newest `newestFactsMax` tweets and marks of a user, so that one of them never
// costs more than a few milliseconds. The digest of the whole (slices: 1) leaves nothing out.
//
// Two lanes of 32 bits with different multipliers; mixing as in MurmurHash3 by Austin Appleby (public
// domain). It finds mistakes, not forgeries.

import type { Partition, UserId } from '../../protocol/ids.ts'
import { highOf, mix } from '../state/id-table.ts'
import { INDEX_LIMIT } from '../state/paged-table.ts'
import type { ShardState } from '../state/shard-state.ts'

/** Tweets of a user, and tweets marked in one way, that a slice looks at. */
export const newestFactsMax = 1_000

/** What the hash of a fact begins with, so that facts of different kinds are never alike. */
const kinds = {
  partition: 1,
  card: 2,
  counts: 3,
  tweet: 4,
  deletedTweet: 5,
  follow: 6,
  mark: 7,
  marks: 8,
  account: 9,
  session: 10,
  remembered: 11,
} as const

/**
 * @param part `slice` from 0 to `slices` - 1
 * @returns 16 hexadecimal digits; equal wherever the facts of the slice are equal
 * @throws Error where the state does not keep the partition's facts
 */
export function digestOf(
  state: ShardState,
  partition: Partition,
  { slice, slices }: { readonly slice: number; readonly slices: number },
): string {
  if (!state.hosting.keepsOwn(partition)) {
    throw new Error(`there is no digest of partition ${partition}: it is not hosted here`)
  }
  const sum = new FactSum()
  const factsMax = slices === 1 ? Number.POSITIVE_INFINITY : newestFactsMax
  const isIn = (id: number): boolean => sliceOf(id, slices) === slice
  if (slice === 0) addPartition(sum, state, partition)
  state.users.index.forEachOf(partition, (user) => {
    if (isIn(state.users.idOf(user))) addUser(sum, state, { user, factsMax })
  })
  for (const done of state.remembered(partition).entries()) {
    if (!isIn(done.actor)) continue
    sum.begin(kinds.remembered, done.actor)
    sum.number(done.operation)
    sum.text(done.operationId)
    sum.number(done.result)
    sum.number(done.timeMs)
    sum.add()
  }
  return sum.digest()
}

function sliceOf(id: number, slices: number): number {
  return (mix(id | 0, highOf(id)) >>> 0) % slices
}

function addPartition(sum: FactSum, state: ShardState, partition: Partition): void {
  sum.begin(kinds.partition, partition)
  sum.number(state.lastIssuedId(partition))
  sum.add()
}

type Part = { readonly user: number; readonly factsMax: number }

function addUser(sum: FactSum, state: ShardState, part: Part): void {
  const { users, accounts } = state
  const { user } = part
  const id = users.idOf(user)
  if (users.isKnown(user)) {
    sum.begin(kinds.card, id)
    sum.bytes(users.card(user))
    sum.add()
    sum.begin(kinds.counts, id)
    sum.number(users.tweets.get(user))
    sum.number(users.following.get(user))
    sum.add()
  }
  addTweets(sum, state, part)
  addFollowings(sum, state, user)
  addMarks(sum, state, part)
  const passwordHash = accounts.passwordHash(id)
  if (passwordHash !== undefined) {
    const { email = '', birthDate = '' } = accounts.contact(id)
    sum.begin(kinds.account, id)
    for (const text of [passwordHash, email, birthDate]) sum.text(text)
    sum.add()
  }
  addSessions(sum, state, id)
}

function addTweets(sum: FactSum, state: ShardState, { user, factsMax }: Part): void {
  const { authored, tweets, users } = state
  const id = users.idOf(user)
  const count = authored.length(user)
  for (let place = Math.max(0, count - factsMax); place < count; place++) {
    const tweetId = authored.at(user, place)
    const tweet = tweets.find(tweetId)
    sum.begin(tweet < 0 ? kinds.deletedTweet : kinds.tweet, id)
    sum.number(tweetId)
    if (tweet >= 0) sum.bytes(tweets.body(tweet))
    sum.add()
  }
}

function addFollowings(sum: FactSum, state: ShardState, user: number): void {
  const { users, followings } = state
  const id = users.idOf(user)
  for (let from = 0; ; ) {
    const count = followings.copyTo(user, { from, to: INDEX_LIMIT }, chunk)
    for (let place = 0; place < count; place++) {
      sum.begin(kinds.follow, id)
      sum.number(users.idOf(chunk[place]!))
      sum.add()
    }
    if (count < chunk.length) return
    from = chunk[count - 1]! + 1
  }
}

const chunk = new Uint32Array(1_024)

function addMarks(sum: FactSum, state: ShardState, { user, factsMax }: Part): void {
  const id = state.users.idOf(user)
  for (const kind of state.markKinds()) {
    const marks = state.marks(kind)
    const count = marks.length(user)
    if (count === 0) continue
    sum.begin(kinds.marks, id)
    sum.text(kind)
    sum.number(count)
    sum.add()
    for (let place = Math.max(0, count - factsMax); place < count; place++) {
      sum.begin(kinds.mark, id)
      sum.text(kind)
      sum.number(marks.at(user, place))
      sum.add()
    }
  }
}

function addSessions(sum: FactSum, state: ShardState, id: UserId): void {
  for (const [tokenHash, { expiresAtMs }] of state.accounts.sessionsOf(id)) {
    sum.begin(kinds.session, id)
    sum.text(tokenHash)
    sum.number(expiresAtMs)
    sum.add()
  }
}

/** A sum of hashed facts: `begin`, then what the fact says, then `add`. */
class FactSum {
  #first = 0
  #second = 0
  #firstSum = 0
  #secondSum = 0

  begin(kind: number, id: number): void {
    this.#first = kind
    this.#second = ~kind
    this.number(id)
  }

  /** @param value a safe integer that is not negative */
  number(value: number): void {
    this.#word(value | 0)
    this.#word(highOf(value))
  }

  bytes(bytes: Uint8Array): void {
    const { length } = bytes
    this.#word(length)
    let at = 0
    for (; at + 4 <= length; at += 4) {
      this.#word(
        bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24),
      )
    }
    let rest = 0
    for (; at < length; at++) rest = (rest << 8) | bytes[at]!
    this.#word(rest)
  }

  text(text: string): void {
    this.#word(text.length)
    for (let at = 0; at < text.length; at += 2) {
      this.#word(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16))
    }
  }

  add(): void {
    this.#firstSum = (this.#firstSum + finished(this.#first)) | 0
    this.#secondSum = (this.#secondSum + finished(this.#second)) | 0
  }

  digest(): string {
    return hex(this.#firstSum) + hex(this.#secondSum)
  }

  #word(word: number): void {
    const first = Math.imul(this.#first ^ Math.imul(word, 0xcc9e2d51), 0x1b873593)
    this.#first = (((first << 13) | (first >>> 19)) + 0x1656_67b1) | 0
    const second = Math.imul(this.#second ^ Math.imul(word, 0x85ebca77), 0xc2b2ae3d)
    this.#second = (((second << 17) | (second >>> 15)) + 0x27d4_eb2f) | 0
  }
}

function finished(lane: number): number {
  let hash = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0')
}
