// Erasing: what is left of accounts that were deleted, taken step by step by those who may write into the logs in
// which it stands. The rule, and why it is so, are in operations/leaving.ts.
//
//   a deletion heard of here   -> is ada's partition served here?        -> account.erase, until nothing is left
//                              -> whoever follows ada, or has asked to,
//                                 and whose partition is served here     -> follow.settle
//   a reign begins             -> the same for all who have left
//
// Nothing of it is remembered: what is not done here is found by the look with which the next reign begins.

import { partitionOfId, type UserId } from '../protocol/ids.ts'
import { accountEraseHandler } from './operations/account-erase.ts'
import type { DecideContext } from './operations/implement.ts'
import { nextErasure } from './operations/leaving.ts'
import type { Primary } from './primary.ts'
import type { AnyWriteHandler, Write } from './primary-ports.ts'
import { INDEX_LIMIT } from './state/memory/paged-table.ts'
import type { ShardState } from './state/shard-state.ts'

/** Followers whose follows are settled at a time, and the time between: others have their turn meanwhile. */
const followersAtOnce = 256
const betweenMs = 20
/** When a partition that takes nothing now is asked again. */
const askedAgainAfterMs = 1_000
/** Of those who have left, how many are looked at in one turn. */
const goneAtOnce = 1_024

export type ErasingPorts = {
  readonly partitionCount: number
  now(): number
  defer(task: () => void): void
  pause(ms: number): Promise<void>
  primaryOf(partition: number): Primary | undefined
  settle(followerId: UserId, followeeId: UserId): void
}

export class Erasing {
  readonly #state: ShardState
  readonly #ports: ErasingPorts
  /** Accounts that are being erased here. */
  readonly #underWay = new Set<UserId>()
  #isLooking = false
  #isLookOutdated = false

  constructor(state: ShardState, ports: ErasingPorts) {
    this.#state = state
    this.#ports = ports
  }

  /** An account was deleted. */
  readonly left = (userId: UserId): void => {
    this.#begin(userId, { isFirst: true })
    void this.#endFollowsOf(this.#state.users.indexOf(userId))
  }

  /** A reign begins: as soon as it takes writes, whatever was left undone is gone on with. */
  opened(): void {
    this.#isLookOutdated = true
    if (this.#isLooking) return
    this.#isLooking = true
    this.#ports.defer(() => void this.#lookAtAll())
  }

  async #lookAtAll(): Promise<void> {
    const { marked, users } = this.#state
    while (this.#isLookOutdated) {
      this.#isLookOutdated = false
      let looked = 0
      for (const user of [...marked.gone]) {
        this.#begin(users.idOf(user), { isFirst: false })
        await this.#endFollowsOf(user)
        if (++looked % goneAtOnce === 0) await this.#turn()
      }
    }
    this.#isLooking = false
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#ports.defer(resolve))
  }

  #begin(userId: UserId, { isFirst }: { isFirst: boolean }): void {
    const user = this.#state.users.indexOf(userId)
    if (this.#underWay.has(userId) || !this.#serves(userId)) return
    if (!isFirst && nextErasure(this.#state, user) === undefined) return
    this.#underWay.add(userId)
    this.#step(userId, { isFirst })
  }

  #serves(userId: UserId): boolean {
    return this.#ports.primaryOf(partitionOfId(userId))?.isServing === true
  }

  #step(userId: UserId, params: { isFirst: boolean }): void {
    const over = (): void => void this.#underWay.delete(userId)
    const primary = this.#ports.primaryOf(partitionOfId(userId))
    if (primary === undefined) {
      over()
      return
    }
    primary.submit({
      handler: accountEraseHandler as unknown as AnyWriteHandler,
      context: this.#contextOf(userId),
      params: { userId, ...params },
      applying: () => undefined,
      answered: (event) => {
        if (event === undefined) over()
        else this.#step(userId, { isFirst: false })
      },
      denied: () =>
        void this.#ports.pause(askedAgainAfterMs).then(() => this.#step(userId, params)),
      notServed: over,
    } satisfies Write)
  }

  #contextOf(userId: UserId): DecideContext {
    return {
      actor: userId,
      actorIndex: this.#state.users.indexOf(userId),
      partition: partitionOfId(userId),
      partitionCount: this.#ports.partitionCount,
      nowMs: this.#ports.now(),
      liveEpoch: '',
      subscriptions: undefined,
      tokenHash: undefined,
      newId: () => {
        throw new Error('nothing new is made by erasing an account')
      },
      random: new Uint8Array(0),
      sessionLifetimeMs: 0,
      passwordHash: '',
      isPasswordRight: false,
    }
  }

  /** Settles the follows and requests of all whose partition is served here. */
  async #endFollowsOf(user: number): Promise<void> {
    const { users, followers, requests } = this.#state
    const goneId = users.idOf(user)
    const settle = (follower: number): void => {
      if (follower >= 0) this.#ports.settle(users.idOf(follower), goneId)
    }
    const chunk = new Uint32Array(Math.min(followers.degree(user), followersAtOnce))
    for (let from = 0, count = chunk.length; count > 0 && count === chunk.length; ) {
      count = this.#state.followers.copyTo(user, { from, to: INDEX_LIMIT }, chunk)
      for (const follower of chunk.subarray(0, count)) settle(follower)
      from = count === 0 ? from : chunk[count - 1]! + 1
      await this.#ports.pause(betweenMs)
    }
    const asked = new Float64Array(followersAtOnce)
    for (let before = Number.POSITIVE_INFINITY, count = asked.length; count === asked.length; ) {
      count = requests.readBefore(user, { before, limit: asked.length }, asked)
      for (const requestId of asked.subarray(0, count)) settle(requests.followerOf(requestId))
      if (count === asked.length) await this.#ports.pause(betweenMs)
      before = asked[count - 1] ?? 0
    }
  }
}
