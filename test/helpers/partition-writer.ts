// The primary of one partition without requests: writes events of twenty people, one batch after another, and
// keeps the live state that comes of them. The same count of entries gives the same facts each time.

import { decodeEvent, encodeEvent } from '../../protocol/event.ts'
import type { Partition, TweetId, UserId } from '../../protocol/ids.ts'
import { IdGenerator, idEpochMs } from '../../protocol/ids.ts'
import { handlersByCode } from '../../shard/handlers.ts'
import { accountCreateHandler } from '../../shard/operations/account-create.ts'
import type { Handler } from '../../shard/operations/implement.ts'
import { tweetFavoriteHandler } from '../../shard/operations/tweet-favorite.ts'
import { tweetPostHandler } from '../../shard/operations/tweet-post.ts'
import { userFollowHandler } from '../../shard/operations/user-follow.ts'
import { userUnfollowHandler } from '../../shard/operations/user-unfollow.ts'
import { encodeDigestEntry, isDigestEntry } from '../../shard/replication/digest-entry.ts'
import type { ReplicationLog } from '../../shard/replication/log.ts'
import { type LogPosition, logStart } from '../../shard/replication/position.ts'
import { ShardState } from '../../shard/state/shard-state.ts'
import { expectSameReads } from './same-reads.ts'

type WriteHandler = Extract<Handler, { kind: 'write' }>
type EventOf = { readonly handler: WriteHandler; readonly event: Record<string, unknown> }

const peopleCount = 20
const batchEntries = 50
const leaseMs = 60_000
/** Every so many entries one is a digest and no event. */
const digestEvery = 40

export class PartitionWriter {
  readonly partition: Partition
  /** Hosts the partition, and has everything that was acknowledged. */
  readonly state = new ShardState()
  position: LogPosition = logStart
  /** Entries applied, barriers and digests included. */
  count = 0
  readonly #log: ReplicationLog
  readonly #ids: IdGenerator
  readonly #users: UserId[] = []
  readonly #tweets: TweetId[] = []
  readonly #followed = new Set<string>()
  readonly #favorites = new Set<string>()
  #made = 0

  constructor(log: ReplicationLog, partition: Partition = 0) {
    this.#log = log
    this.partition = partition
    this.#ids = new IdGenerator(partition)
    this.state.host(partition)
  }

  /** Takes the lease, anew where it has been taken before. */
  async reign(): Promise<void> {
    const { partition } = this
    const request = { partition, node: 'writer', ttlMs: leaseMs, minEpoch: this.position.epoch }
    const lease = await this.#log.acquire(request)
    if (lease.outcome !== 'granted') throw new Error(`The lease is held by ${lease.holder}.`)
    this.position = { epoch: lease.epoch, sequence: 1 }
    this.count++
  }

  /** Appends so many entries, and applies them once they are acknowledged. */
  async write(count: number): Promise<void> {
    for (let left = count; left > 0; left -= batchEntries) {
      await this.#append(Array.from({ length: Math.min(left, batchEntries) }, () => this.#next()))
    }
  }

  /** Fails where another state, which also hosts the partition, answers any read differently. */
  expectSame(other: ShardState): void {
    const contextOf = (actor: UserId) => ({
      actor,
      actorIndex: this.state.users.find(actor),
      partition: this.partition,
      partitionCount: 64,
      nowMs: idEpochMs,
      liveEpoch: 'x',
      subscriptions: undefined,
      tokenHash: undefined,
    })
    const readers = this.#users.slice(0, 3)
    for (const userId of this.#users) {
      expectSameReads([this.state, other], { event: { userId }, readers, contextOf })
    }
    for (const tweetId of this.#tweets.slice(-20)) {
      expectSameReads([this.state, other], { event: { tweetId }, readers, contextOf })
    }
  }

  async #append(made: readonly (EventOf | undefined)[]): Promise<void> {
    const { partition, position: previous } = this
    const payloads = made.map((one) =>
      one === undefined
        ? encodeDigestEntry({ slice: 0, slices: 1, digest: 'told' })
        : encodeEvent(one.handler.operation, one.event),
    )
    const { epoch } = previous
    const append = { partition, node: 'writer', epoch, previous, payloads }
    const result = await this.#log.append(append)
    if (result.outcome !== 'appended') throw new Error(`The append was ${result.outcome}.`)
    for (const one of made) one?.handler.apply(this.state, one.event as never)
    this.position = result.last
    this.count += made.length
  }

  /** @returns undefined for a digest. */
  #next(): EventOf | undefined {
    const turn = ++this.#made
    if (this.#users.length < peopleCount) return this.#signUp()
    if (turn % digestEvery === 0) return undefined
    const kind = turn % 4
    if (kind === 0) return this.#follow(turn)
    if (kind === 1 && this.#tweets.length > 0) return this.#favorite(turn)
    return this.#post(turn)
  }

  #signUp(): EventOf {
    const userId = this.#newId() as UserId
    this.#users.push(userId)
    const handle = `person${this.#users.length}`
    const account = { passwordHash: `hash ${handle}`, tokenHash: `token ${handle}` }
    const tokenExpiresAt = idEpochMs + 86_400_000
    return eventOf(accountCreateHandler, {
      userId,
      handle,
      name: handle,
      ...account,
      tokenExpiresAt,
    })
  }

  #follow(turn: number): EventOf {
    const [followerId, followeeId] = [this.#person(turn >> 2), this.#person((turn >> 2) * 7 + 3)]
    if (followerId === followeeId) return this.#post(turn)
    const key = `${followerId} ${followeeId}`
    if (this.#followed.delete(key)) {
      return eventOf(userUnfollowHandler, { followerId, followeeId })
    }
    this.#followed.add(key)
    return eventOf(userFollowHandler, { followerId, followeeId })
  }

  #favorite(turn: number): EventOf {
    const actorId = this.#person(turn)
    const tweetId = this.#tweets[(turn * 13) % this.#tweets.length]!
    const key = `${actorId} ${tweetId}`
    if (this.#favorites.has(key)) return this.#post(turn)
    this.#favorites.add(key)
    return eventOf(tweetFavoriteHandler, { actorId, tweetId })
  }

  #post(turn: number): EventOf {
    const tweetId = this.#newId() as TweetId
    this.#tweets.push(tweetId)
    return eventOf(tweetPostHandler, {
      tweetId,
      authorId: this.#person(turn),
      text: `tweet ${turn}`,
      entities: { mentions: [], hashtags: [], urls: [] },
    })
  }

  #person(place: number): UserId {
    return this.#users[place % this.#users.length]!
  }

  #newId(): number {
    return this.#ids.next(idEpochMs + 1_000_000 + this.#made)
  }
}

function eventOf(
  handler: { readonly operation: { readonly code: number } },
  event: object,
): EventOf {
  return {
    handler: handlersByCode.get(handler.operation.code) as WriteHandler,
    event: event as Record<string, unknown>,
  }
}

/** Applies everything that the log holds after a position, as a process that recovers does. */
export async function replay(
  log: ReplicationLog,
  { partition, after, state }: { partition: Partition; after: LogPosition; state: ShardState },
): Promise<number> {
  const entries = await log.read({ partition, after, limit: Number.MAX_SAFE_INTEGER })
  for (const { isBarrier, payload } of entries) {
    if (isBarrier || isDigestEntry(payload)) continue
    const { operation, event } = decodeEvent(payload)
    const handler = handlersByCode.get(operation.code) as WriteHandler
    handler.apply(state, event)
  }
  return entries.length
}
