// Settling follows: the primary of a follower's partition asks itself to write into the follower's log what
// follows from a block, or from the answer to a request. The rule, and why it is so, are in
// operations/following.ts.
//
//   block or answer heard of here   -> is the follower's partition served here?   -> follow.settle
//   a reign begins                  -> all users who are blocked or have asked    -> follow.settle
//
// Nothing of it is remembered: whatever is not done here, because the log is away or the reign has ended, is
// found by the scan with which the next reign begins.

import { type Partition, partitionOfId, type UserId } from '../protocol/ids.ts'
import { followSettleHandler } from './operations/follow-settle.ts'
import { settled } from './operations/following.ts'
import type { DecideContext } from './operations/implement.ts'
import type { Primary } from './primary.ts'
import type { AnyWriteHandler, Write } from './primary-ports.ts'
import type { ShardState } from './state/shard-state.ts'
import { userFlag } from './state/users/user-flags.ts'

/** When a partition that takes nothing now is asked again. */
const askedAgainAfterMs = 1_000

export type SettlingPorts = {
  readonly partitionCount: number
  now(): number
  defer(task: () => void): void
  pause(ms: number): Promise<void>
}

export class FollowSettling {
  readonly #state: ShardState
  readonly #primaryOf: (partition: Partition) => Primary | undefined
  readonly #ports: SettlingPorts

  constructor(
    state: ShardState,
    primaryOf: (partition: Partition) => Primary | undefined,
    ports: SettlingPorts,
  ) {
    this.#state = state
    this.#primaryOf = primaryOf
    this.#ports = ports
  }

  /** A reign begins: as soon as it takes writes, it is asked for whatever was left undone. */
  opened(partition: Partition): void {
    this.#ports.defer(() => this.#settleAll(partition))
  }

  /** Settles one follow, where there is anything to settle, and where this process may. */
  readonly settle = (followerId: UserId, followeeId: UserId): void => {
    const partition = partitionOfId(followerId)
    const primary = this.#primaryOf(partition)
    if (primary?.isServing !== true) return
    const { users } = this.#state
    const pair = { follower: users.indexOf(followerId), followee: users.indexOf(followeeId) }
    if (pair.follower < 0 || pair.followee < 0) return
    if (settled(this.#state, pair) === undefined) return
    primary.submit(this.#write({ followerId, followeeId, actorIndex: pair.follower }))
  }

  #settleAll(partition: Partition): void {
    const { users, marked, requests } = this.#state
    const wanted = userFlag.isBlocked | userFlag.asks
    for (const user of users.index.listOf(partition)) {
      if ((users.flags.get(user) & wanted) === 0) continue
      const id = users.idOf(user)
      const { blockers } = marked
      for (let place = 0; place < blockers.length(user); place++) {
        this.settle(id, blockers.at(user, place) as UserId)
      }
      for (const [followee] of requests.askedBy(user)) this.settle(id, users.idOf(followee))
    }
  }

  #write(of: { followerId: UserId; followeeId: UserId; actorIndex: number }): Write {
    const { followerId, followeeId, actorIndex } = of
    const { now, pause, partitionCount } = this.#ports
    const context: DecideContext = {
      actor: followerId,
      actorIndex,
      partition: partitionOfId(followerId),
      partitionCount,
      nowMs: now(),
      liveEpoch: '',
      subscriptions: undefined,
      tokenHash: undefined,
      newId: () => {
        throw new Error('nothing new is made by settling a follow')
      },
      random: new Uint8Array(0),
      sessionLifetimeMs: 0,
      passwordHash: '',
      isPasswordRight: false,
    }
    return {
      handler: followSettleHandler as unknown as AnyWriteHandler,
      context,
      params: { followerId, followeeId },
      answered: () => undefined,
      applying: () => undefined,
      denied: () => void pause(askedAgainAfterMs).then(() => this.settle(followerId, followeeId)),
      notServed: () => undefined,
    }
  }
}
