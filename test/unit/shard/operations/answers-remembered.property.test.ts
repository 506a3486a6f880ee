// Answers to very many requests to follow: what is forgotten of them. Handlers alone, on a state and its replica, as
// thousands of people are needed.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { decodeEvent, encodeEvent } from '../../../../protocol/event.ts'
import type { UserId } from '../../../../protocol/ids.ts'
import {
  IdGenerator,
  idEpochMs,
  partitionOfHandle,
  partitionOfId,
} from '../../../../protocol/ids.ts'
import type { Operation } from '../../../../protocol/operation.ts'
import { accountCreateHandler } from '../../../../shard/operations/account-create.ts'
import { followSettleHandler } from '../../../../shard/operations/follow-settle.ts'
import {
  answersRememberedMax,
  settled,
  waitingRequest,
} from '../../../../shard/operations/following.ts'
import type { DecideContext } from '../../../../shard/operations/implement.ts'
import { userApproveFollowHandler } from '../../../../shard/operations/user-approve-follow.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userRejectFollowHandler } from '../../../../shard/operations/user-reject-follow.ts'
import { digestOf } from '../../../../shard/snapshots/digest.ts'
import { openSnapshot, writeSnapshot } from '../../../../shard/snapshots/snapshot-file.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'

const partitionCount = 64
const alicesPartition = partitionOfHandle('alice', partitionCount)
const whole = { slice: 0, slices: 1 }
/** More than are remembered, and than one more lets go at once. */
const askerCount = answersRememberedMax + 40

const answers = [
  ['approved', userApproveFollowHandler],
  ['rejected', userRejectFollowHandler],
] as const
const orders = [
  ['oldest first', (askers: readonly UserId[]) => askers],
  ['newest first', (askers: readonly UserId[]) => askers.toReversed()],
] as const

for (const [kind, handler] of answers) {
  for (const [name, orderOf] of orders) {
    test(`I7: each of very many requests is ${kind}, the ${name}`, () => {
      const world = new Asked(askerCount)
      for (const asker of orderOf(world.askers)) {
        world.answer(handler, asker)
        expect(world.settle(asker)).toBe(true)
      }
      expect(world.state.requests.size).toBe(0)
      expect(world.followerCount()).toBe(kind === 'approved' ? askerCount : 0)
      expect(world.rememberedOf(kind)).toBe(answersRememberedMax)
      world.expectSameElsewhere()
    })
  }

  test(`I7: what was ${kind} while the shards of those who asked were away takes effect when they are back`, () => {
    const world = new Asked(askerCount)
    for (const asker of world.askers) world.answer(handler, asker)
    expect(world.rememberedOf(kind)).toBe(askerCount)
    for (const asker of world.askers) expect(world.settle(asker)).toBe(true)
    const later = Array.from({ length: 3 }, (_, number) => world.ask(`later${number}`))
    for (const asker of later) {
      world.answer(handler, asker)
      expect(world.settle(asker)).toBe(true)
    }
    expect(world.rememberedOf(kind)).toBe(answersRememberedMax)
    world.expectSameElsewhere()
  })
}

test('answers to requests that were not heard of yet are not forgotten', () => {
  const world = new Asked(1)
  const [asker] = world.askers as readonly [UserId]
  const ids = new IdGenerator((partitionOfId(asker) + 1) % partitionCount)
  for (let number = 0; number < answersRememberedMax; number++) {
    const requestId = ids.next(idEpochMs + number)
    const event = { actorId: world.alice, userId: asker, requestId }
    world.write(userRejectFollowHandler, event)
  }
  world.answer(userRejectFollowHandler, asker)
  expect(world.rememberedOf('rejected')).toBe(answersRememberedMax + 1)
})

type Applied = {
  readonly operation: object
  apply(state: ShardState, event: never): number
}

/** Alice, who is protected, and those who have asked to follow her: on a primary, and on a replica. */
class Asked {
  readonly state = new ShardState()
  readonly replica = new ShardState()
  readonly alice: UserId
  readonly askers: readonly UserId[]
  readonly #ids = Array.from({ length: partitionCount }, (_, number) => new IdGenerator(number))
  #nowMs = idEpochMs + 1_000_000

  constructor(count: number) {
    for (const state of [this.state, this.replica]) {
      for (let partition = 0; partition < partitionCount; partition++) state.host(partition)
    }
    this.alice = this.#signUp('alice')
    this.askers = Array.from({ length: count }, (_, number) => this.ask(`u${number}`))
  }

  ask(handle: string): UserId {
    const followerId = this.#signUp(handle)
    const requestId = this.#newId(partitionOfId(followerId))
    this.write(userFollowHandler, { followerId, followeeId: this.alice, requestId })
    return followerId
  }

  answer(handler: (typeof answers)[number][1], userId: UserId): void {
    const actorIndex = this.state.users.find(this.alice)
    const newId = () => this.#newId(alicesPartition)
    const context = { actor: this.alice, actorIndex, newId } as DecideContext
    const decision = handler.decide(this.state, context, { userId })
    if (decision.kind !== 'committed') throw new Error(`${userId} cannot be answered`)
    this.write(handler, decision.event)
    expect(waitingRequest(this.state, this.#pairOf(userId))).toBe(0)
  }

  /** What the primary of the follower's partition does. @returns whether there was anything to settle */
  settle(followerId: UserId): boolean {
    const settling = settled(this.state, this.#pairOf(followerId))
    if (settling === undefined) return false
    this.write(followSettleHandler, { followerId, followeeId: this.alice, ...settling })
    return true
  }

  write(handler: Applied, event: object): void {
    const payload = encodeEvent(handler.operation as unknown as Operation, { ...event })
    for (const state of [this.state, this.replica]) {
      handler.apply(state, decodeEvent(payload).event as never)
    }
  }

  rememberedOf(kind: string): number {
    return this.state.marks(kind).length(this.state.users.find(this.alice))
  }

  followerCount(): number {
    return this.state.users.followers.get(this.state.users.find(this.alice))
  }

  /** The replica, and a process that starts with a snapshot, have what this one has. */
  expectSameElsewhere(): void {
    const digest = digestOf(this.state, alicesPartition, whole)
    expect(digestOf(this.replica, alicesPartition, whole)).toBe(digest)
    const path = join(temporaryDirectory('answers'), 'snapshot')
    const of = { cluster: 'crows', partition: alicesPartition }
    writeSnapshot(path, this.state, { ...of, position: { epoch: 1, sequence: 1 } })
    const restored = new ShardState()
    restored.host(alicesPartition)
    openSnapshot(path, of).loadInto(restored)
    expect(digestOf(restored, alicesPartition, whole)).toBe(digest)
  }

  #signUp(handle: string): UserId {
    const userId = this.#newId(partitionOfHandle(handle, partitionCount)) as UserId
    const session = { tokenHash: handle, tokenExpiresAt: this.#nowMs + 1 }
    this.write(accountCreateHandler, {
      userId,
      handle,
      name: handle,
      passwordHash: '',
      ...session,
    })
    return userId
  }

  #newId(partition: number): number {
    return this.#ids[partition]!.next(++this.#nowMs)
  }

  #pairOf(followerId: UserId): { follower: number; followee: number } {
    const { users } = this.state
    return { follower: users.find(followerId), followee: users.find(this.alice) }
  }
}
