import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FollowBatchWriter } from '../../../../protocol/batches.ts'
import type { UserId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import type { Event } from '../../../../protocol/operation.ts'
import type { accountCreate } from '../../../../protocol/operations/account-create.ts'
import { accountCreateHandler } from '../../../../shard/operations/account-create.ts'
import { importFollowsHandler } from '../../../../shard/operations/import-follows.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowersHandler } from '../../../../shard/operations/user-followers.ts'
import { userUnblockHandler } from '../../../../shard/operations/user-unblock.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { digestOf } from '../../../../shard/snapshots/digest.ts'
import { handlesIn } from '../../../helpers/handles-in.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const partition = 7
const byNumber = (left: number, right: number): number => left - right

/** A batch of follows; the followers' partition is that of the first of them. */
function batchOf(edges: readonly (readonly [follower: number, followee: number])[]) {
  const writer = new FollowBatchWriter()
  const byFollower = Map.groupBy(edges, ([follower]) => follower)
  for (const follower of [...byFollower.keys()].sort(byNumber)) {
    const followees = [...new Set(byFollower.get(follower)!.map(([, followee]) => followee))]
    writer.begin(follower, followees.length)
    for (const followee of followees.sort(byNumber)) writer.add(followee)
  }
  return { partition: partitionOfId(edges[0]?.[0] ?? 0), follows: writer.copy() }
}

function bringIn(shard: OneShard, edges: Parameters<typeof batchOf>[0]): number {
  return shard.ask(importFollowsHandler, stranger, batchOf(edges)).added
}

/** Three users of one partition, and two of others. */
function village() {
  const shard = new OneShard()
  const [ann, ben, cid] = shard.signUp(...(handlesIn(partition, 3) as [string, string, string]))
  const [zoe, yan] = shard.signUp('zoe', 'yan')
  return { shard, ann: ann!, ben: ben!, cid: cid!, zoe, yan }
}

describe('import.follows', () => {
  test('many follows come in with one entry of the log, and all counts rise', () => {
    const { shard, ann, ben, zoe, yan } = village()
    const logged = shard.log.length
    expect(
      bringIn(shard, [
        [ann, ben],
        [ann, zoe],
        [ann, yan],
        [ben, zoe],
      ]),
    ).toBe(4)
    expect(shard.log).toHaveLength(logged + 1)
    const { users } = shard.state
    expect(users.following.get(users.find(ann))).toBe(3)
    expect(users.followers.get(users.find(zoe))).toBe(2)
    const page = shard.ask(userFollowersHandler, stranger, { userId: zoe })
    expect(page.users.map(({ id }) => id).sort(byNumber)).toEqual([ann, ben].sort(byNumber))
    shard.expectRecovery((partitions) => partitions.toReversed())
  })

  test('a retry adds nothing and logs nothing', () => {
    const { shard, ann, ben, zoe } = village()
    const edges = [
      [ann, zoe],
      [ben, zoe],
    ] as const
    expect(bringIn(shard, edges)).toBe(2)
    const logged = shard.log.length
    expect(bringIn(shard, edges)).toBe(0)
    expect(shard.log).toHaveLength(logged)
  })

  test.each(['who would follow', 'who would be followed'])('a block by %s is stronger', (by) => {
    const { shard, ann, zoe, yan } = village()
    const [blocker, userId] = by === 'who would follow' ? [ann, zoe] : [zoe, ann]
    shard.ask(userBlockHandler, blocker, { userId })
    expect(
      bringIn(shard, [
        [ann, zoe],
        [ann, yan],
      ]),
    ).toBe(1)
    expect(shard.state.users.followers.get(shard.state.users.find(zoe))).toBe(0)
    shard.ask(userUnblockHandler, blocker, { userId })
    expect(bringIn(shard, [[ann, zoe]])).toBe(1)
  })

  test('what is there already and what is of oneself is passed over, the rest is taken', () => {
    const { shard, ann, ben, zoe } = village()
    shard.ask(userFollowHandler, ann, { userId: zoe })
    const edges = [
      [ann, zoe],
      [ann, ann],
      [ann, ben],
      [ben, ben],
    ] as const
    expect(bringIn(shard, edges)).toBe(1)
    const { users } = shard.state
    expect(users.following.get(users.find(ann))).toBe(2)
    expect(users.followers.get(users.find(ann))).toBe(0)
    expect(users.followers.get(users.find(ben))).toBe(1)
  })

  test('a follower of another partition is refused, and with them the batch', () => {
    const { shard, ann, zoe } = village()
    const { follows } = batchOf([
      [ann, zoe],
      [zoe, ann],
    ])
    expect(shard.call(importFollowsHandler, stranger, { partition, follows })).toEqual({
      kind: 'refused',
      code: 'elsewhere',
    })
  })

  test('somebody unknown is absent, at either end, and nothing is taken', () => {
    const { shard, ann } = village()
    const logged = shard.log.length
    const nobody = shard.newId(partition) as UserId
    const nobodyElsewhere = shard.newId(9) as UserId
    expect(shard.call(importFollowsHandler, stranger, batchOf([[nobody, ann]]))).toEqual({
      kind: 'absent',
      partition,
      field: 'follows',
    })
    expect(shard.call(importFollowsHandler, stranger, batchOf([[ann, nobodyElsewhere]]))).toEqual({
      kind: 'absent',
      partition: 9,
      field: 'follows',
    })
    expect(shard.log).toHaveLength(logged)
  })

  test('bytes that are no batch are refused with the place', () => {
    const { shard } = village()
    const params = { partition, follows: Buffer.from([1, 2, 3]) }
    expect(shard.call(importFollowsHandler, stranger, params)).toMatchObject({
      kind: 'failed',
      error: { code: 'bad_request', field: 'follows' },
    })
  })

  test('what was posted before is in the timelines at once, in its place', () => {
    const { shard, ann, zoe } = village()
    const first = shard.post(zoe, 'before you came')
    const second = shard.post(ann, 'hello?')
    const home = () => shard.ask(timelineHomeHandler, ann, {}).tweets.map(({ id }) => id)
    expect(home()).toEqual([second])
    bringIn(shard, [[ann, zoe]])
    expect(home()).toEqual([second, first])
    const third = shard.post(zoe, 'welcome')
    expect(home()).toEqual([third, second, first])
  })

  test('two batches of a partition wait for each other, and for every single follow of it', () => {
    const { shard, ann, zoe } = village()
    const batch = shard.prepare(importFollowsHandler, stranger, batchOf([[ann, zoe]]))
    expect(batch.claims).toHaveLength(1)
    for (const handler of [userFollowHandler, userUnfollowHandler]) {
      const context = { actor: ann, partition: partitionOfId(ann) } as never
      expect(handler.claims(context, { userId: zoe })).toContainEqual({ shared: batch.claims[0] })
    }
  })

  test('leaves what single follows leave, on every host, and may come back by unfollows', () => {
    const node = fc.integer({ min: 0, max: 4 })
    const edges = fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), node), { maxLength: 30 })
    fc.assert(
      fc.property(fc.array(edges, { maxLength: 4 }), edges, (batches, undone) => {
        const batched = village()
        const single = twinOf(batched)
        for (const batch of batches) {
          const people = peopleOf(batched)
          const named = batch.map(([from, to]) => [people[from]!, people[to]!] as const)
          if (named.length > 0) bringIn(batched.shard, named)
          follow(single, batch)
        }
        for (const world of [batched, single]) unfollow(world, undone)
        expect(digests(batched)).toEqual(digests(single))
        expect(counts(batched)).toEqual(counts(single))
        batched.shard.expectRecovery((partitions) => partitions.toReversed())
      }),
      { numRuns: 40 },
    )
  })
})

type Village = ReturnType<typeof village>

function peopleOf({ ann, ben, cid, zoe, yan }: Village): UserId[] {
  return [ann, ben, cid, zoe, yan]
}

/** One by one, without the ids under which those who are followed are told: an import tells nobody. */
function follow(world: Village, edges: readonly (readonly [number, number])[]): void {
  const people = peopleOf(world)
  const { users, followings } = world.shard.state
  for (const [from, to] of edges) {
    const [followerId, followeeId] = [people[from]!, people[to]!]
    const isNew = !followings.has(users.find(followerId), users.find(followeeId))
    if (from === to || !isNew) continue
    world.shard.hear(userFollowHandler.operation, { followerId, followeeId })
  }
}

function unfollow(world: Village, edges: readonly (readonly [number, number])[]): void {
  const people = peopleOf(world)
  for (const [from, to] of edges) {
    world.shard.ask(userUnfollowHandler, people[from]!, { userId: people[to]! })
  }
}

/** The same people on another process, who have done nothing else. */
function twinOf(world: Village): Village {
  const shard = new OneShard()
  for (const { event } of world.shard.log) {
    shard.hear(accountCreateHandler.operation, event as Event<typeof accountCreate>)
  }
  return { ...world, shard }
}

/** Of the followers' partition, here and on the replica. */
function digests({ shard }: Village): string[] {
  return [shard.state, shard.replica].map((state) =>
    digestOf(state, partition, { slice: 0, slices: 1 }),
  )
}

function counts(world: Village): number[][] {
  const { users, followers, followings } = world.shard.state
  return peopleOf(world).map((id) => {
    const user = users.find(id)
    const kept = [followers.degree(user), followings.degree(user)]
    return [users.followers.get(user), users.following.get(user), ...kept]
  })
}
