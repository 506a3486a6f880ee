// Logs of several partitions that could have happened: what people do, step by step, as the events that
// primaries would have written. For tests that apply them in other orders, or from snapshots.

import fc from 'fast-check'
import { expect } from 'vitest'
import { decodeEvent, encodeEvent } from '../../../../protocol/event.ts'
import type { Partition, TweetId, UserId } from '../../../../protocol/ids.ts'
import { IdGenerator, idEpochMs, partitionOfId } from '../../../../protocol/ids.ts'
import type { OperationName } from '../../../../protocol/registry.ts'
import { handlersByCode } from '../../../../shard/handlers.ts'
import type { Handler } from '../../../../shard/operations/implement.ts'
import { digestOf } from '../../../../shard/snapshots/digest.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { expectSameReads } from '../../../helpers/same-reads.ts'

type WriteHandler = Extract<Handler, { kind: 'write' }>
type Event = Record<string, unknown>

export type Entry = {
  readonly partition: Partition
  readonly event: Event
  readonly payload: Uint8Array
}

export const partitions: readonly Partition[] = [0, 1, 2, 3]
export const cluster = 'crows'

const deeds = ['signUp', 'signIn', 'signOut', 'wait', 'post', 'post', 'reply', 'delete'] as const
const marks = ['favorite', 'unfavorite', 'bookmark', 'unbookmark'] as const
const edges = ['follow', 'follow', 'follow', 'unfollow'] as const

export type Step = {
  readonly does: (typeof deeds)[number] | (typeof marks)[number] | (typeof edges)[number]
  readonly who: number
  readonly which: number
}

export const someSteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    does: fc.constantFrom(...deeds, ...marks, ...edges),
    who: fc.nat(100),
    which: fc.nat(100),
  }),
  { minLength: 20, maxLength: 90, size: 'max' },
)

/** Any of the partitions, in any order. */
export const someOrder = fc.shuffledSubarray([...partitions], { minLength: partitions.length })
export const somePartitions = fc.subarray([...partitions])

const handlersByName = new Map(
  [...handlersByCode.values()].map((handler) => [handler.operation.name, handler]),
)

/** A small world that only ever does what is allowed. */
class World {
  readonly entries: Entry[] = []
  readonly #ids = partitions.map((partition) => new IdGenerator(partition))
  readonly #users: UserId[] = []
  readonly #tweets = new Map<TweetId, UserId>()
  readonly #sessions: { userId: UserId; tokenHash: string }[] = []
  /** Marks and follows that there are. */
  readonly #facts = new Set<string>()
  #nowMs = idEpochMs + 1_000_000

  constructor(steps: readonly Step[]) {
    for (let who = 0; who < 6; who++) this.#take({ does: 'signUp', who, which: who })
    for (const step of steps) this.#take(step)
  }

  #take({ does, who, which }: Step): void {
    this.#nowMs += 1 + which
    const actor = this.#users[who % Math.max(1, this.#users.length)]!
    if (does === 'signUp') this.#signUp(which)
    else if (does === 'signIn') this.#signIn(actor, which)
    else if (does === 'signOut') this.#signOut(which)
    else if (does === 'wait') this.#nowMs += which * 60_000
    else if (does === 'post') this.#post(actor, which)
    else if (does === 'follow' || does === 'unfollow') this.#follow({ does, who, which })
    else this.#touch(actor, { does, who, which })
  }

  #signUp(which: number): void {
    const number = this.#users.length
    const userId = this.#ids[which % partitions.length]!.next(this.#nowMs) as UserId
    this.#users.push(userId)
    this.#write('account.create', userId, {
      userId,
      handle: `user_${number}`,
      name: `Üser ${number}`,
      passwordHash: `hash ${number}`,
      ...this.#newSession(userId),
      ...(which % 2 === 0 ? { email: `${number}@example.org` } : {}),
      ...(which % 3 === 0 ? { birthDate: '1815-12-10' } : {}),
      ...(which % 5 === 0 ? { operationId: `sign-up-${number}` } : {}),
    })
  }

  #newSession(userId: UserId): { tokenHash: string; tokenExpiresAt: number } {
    const tokenHash = `token ${(this.#sessions.length * 7919) % 1009} of ${userId}`
    this.#sessions.push({ userId, tokenHash })
    return { tokenHash, tokenExpiresAt: this.#nowMs + 90 * 60_000 }
  }

  /** Now and then by the same sign-up once more, as a client does that had no answer. */
  #signIn(userId: UserId, which: number): void {
    const number = this.#users.indexOf(userId)
    if (which % 3 > 0) {
      this.#write('session.create', userId, { userId, ...this.#newSession(userId) })
      return
    }
    const [handle, name, passwordHash] = [`user_${number}`, `Üser ${number}`, `hash ${number}`]
    const account = { userId, handle, name, passwordHash, email: 'again@example.org' }
    this.#write('account.create', userId, { ...account, ...this.#newSession(userId) })
  }

  #signOut(which: number): void {
    const session = this.#sessions[which % this.#sessions.length]!
    this.#write('session.end', session.userId, session)
  }

  #post(authorId: UserId, which: number, inReplyTo?: TweetId): void {
    const tweetId = this.#ids[partitionOfId(authorId)]!.next(this.#nowMs) as TweetId
    this.#tweets.set(tweetId, authorId)
    this.#write('tweet.post', authorId, {
      tweetId,
      authorId,
      text: `${which} ravens 🐦`.repeat(1 + (which % 4)),
      entities: { mentions: [], hashtags: [], urls: [] },
      ...(inReplyTo === undefined ? {} : { inReplyTo }),
      ...(which % 2 === 0 ? { operationId: `post-${tweetId}` } : {}),
    })
  }

  #follow({ does, who, which }: Step): void {
    const followerId = this.#users[who % this.#users.length]!
    const followeeId = this.#users[which % this.#users.length]!
    const isFollowing = !this.#isNew(`follow ${followerId} ${followeeId}`, does === 'follow')
    if (isFollowing || followerId === followeeId) return
    this.#write(does === 'follow' ? 'user.follow' : 'user.unfollow', followerId, {
      followerId,
      followeeId,
    })
  }

  #touch(actorId: UserId, { does, which }: Step): void {
    const tweetId = [...this.#tweets.keys()][which % Math.max(1, this.#tweets.size)]
    if (tweetId === undefined) return
    if (does === 'reply') this.#post(actorId, which, tweetId)
    else if (does === 'delete') {
      const authorId = this.#tweets.get(tweetId)!
      this.#tweets.delete(tweetId)
      this.#write('tweet.delete', authorId, { tweetId, authorId })
    } else {
      const kind = does.endsWith('favorite') ? 'favorite' : 'bookmark'
      if (!this.#isNew(`${kind} ${actorId} ${tweetId}`, does === kind)) return
      this.#write(`tweet.${does as (typeof marks)[number]}`, actorId, { actorId, tweetId })
    }
  }

  /** Notes a fact, or its end. @returns whether that changes anything */
  #isNew(fact: string, isThere: boolean): boolean {
    if (this.#facts.has(fact) === isThere) return false
    if (isThere) this.#facts.add(fact)
    else this.#facts.delete(fact)
    return true
  }

  #write(name: OperationName, actor: UserId, event: object): void {
    const { operation } = handlersByName.get(name)!
    const payload = encodeEvent(operation, event as Event)
    const decoded = decodeEvent(payload).event
    this.entries.push({ partition: partitionOfId(actor), event: decoded, payload })
  }
}

/** The entries of all logs in the order in which they were written. */
export function entriesOf(steps: readonly Step[]): readonly Entry[] {
  return new World(steps).entries
}

export function logOf(entries: readonly Entry[], partition: Partition): readonly Entry[] {
  return entries.filter((entry) => entry.partition === partition)
}

export function apply(state: ShardState, entries: readonly Entry[]): void {
  for (const { payload } of entries) {
    const { operation, event } = decodeEvent(payload)
    const handler = handlersByCode.get(operation.code) as WriteHandler
    handler.apply(state, event)
  }
}

export function stateHosting(hosted: readonly Partition[]): ShardState {
  const state = new ShardState()
  for (const partition of hosted) state.host(partition)
  return state
}

/** Both have applied all entries, and host the same partitions: nobody may find a difference. */
export function expectSameStates(
  [here, there]: readonly [ShardState, ShardState],
  { entries, hosted }: { entries: readonly Entry[]; hosted: readonly Partition[] },
): void {
  const users = entries.flatMap(({ event }) => (event['handle'] ? [event['userId'] as UserId] : []))
  const readers = users.filter((user) => hosted.includes(partitionOfId(user)))
  const contextOf = (actor: UserId) => ({
    actor,
    actorIndex: -1,
    partition: partitionOfId(actor),
    partitionCount: partitions.length,
    nowMs: 0,
    liveEpoch: 'k3x9',
    subscriptions: undefined,
    tokenHash: undefined,
  })
  for (const { event } of entries) expectSameReads([here, there], { event, readers, contextOf })
  expect(stockOf(here, { entries, hosted })).toEqual(stockOf(there, { entries, hosted }))
}

/** What no read shows, and what must not be left over. */
function stockOf(
  state: ShardState,
  { entries, hosted }: { entries: readonly Entry[]; hosted: readonly Partition[] },
) {
  state.accounts.sweep()
  return {
    digests: hosted.map((partition) => digestOf(state, partition, { slice: 0, slices: 1 })),
    lastIds: partitions.map((partition) => state.lastIssuedId(partition)),
    remembered: partitions.map((partition) => [...state.remembered(partition).entries()]),
    hosted: partitions.map((partition) => state.hosts(partition)),
    edges: [state.followers.edgeCount, state.followings.edgeCount],
    accounts: state.accounts.size,
    marks: entries.map(({ event }) => {
      const user = state.users.index.find((event['actorId'] ?? 0) as number)
      return user < 0
        ? []
        : ['favorites', 'bookmarks'].map((kind) => state.marks(kind).length(user))
    }),
    sessions: entries.map(({ event }) =>
      typeof event['tokenHash'] === 'string'
        ? state.accounts.session(event['tokenHash'], 0)
        : undefined,
    ),
  }
}
