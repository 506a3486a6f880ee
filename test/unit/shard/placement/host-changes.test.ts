import { expect, test } from 'vitest'
import { HostChanges } from '../../../../shard/placement/host-changes.ts'
import type { MemberView } from '../../../../shard/placement/roles.ts'
import type { SeenMember } from '../../../../shard/replication/members.ts'

const patienceMs = 4_000
const dropAfterMs = 10_000

/** A shard that notes what it is told to do, beside others that only say what they host. */
class World {
  readonly calls: string[] = []
  readonly told: string[] = []
  unfinished: readonly number[] = []
  /** What hosting waits for. */
  hosting: Promise<void> = Promise.resolve()
  /** What is hosted already when hosting comes to its end. */
  readonly hosted = new Set<number>()
  nowMs = 0
  members: readonly SeenMember[] = []
  readonly changes: HostChanges

  constructor() {
    const world = this
    this.changes = new HostChanges({
      shard: {
        host: async (partitions) => {
          this.calls.push(`host ${partitions}`)
          await this.hosting
          return partitions.filter((partition) => !this.hosted.has(partition))
        },
        drop: async (partition) => void this.calls.push(`drop ${partition}`),
        get unfinished() {
          return world.unfinished
        },
      },
      membership: {
        get view(): MemberView {
          const { members } = world
          return { me: 'me', members, expectedNames: [], partitionCount: 8, replicas: 1 }
        },
      },
      dropAfterMs,
      now: () => this.nowMs,
      onError: (_error, message) => this.told.push(message),
      onMove: ({ what, partition }) => this.told.push(`${what} ${partition}`),
    })
  }

  /** Others are live and ready, and host these. */
  say(...hosted: readonly number[][]): void {
    this.members = hosted.map((partitions, number) => ({
      name: `other-${number}`,
      incarnation: '1',
      address: '',
      state: 'ready',
      hosted: partitions,
      serving: [],
      positions: [],
      silentMs: 0,
      isLive: true,
    }))
  }

  async plan(host: readonly number[], drop: readonly number[] = []): Promise<void> {
    await this.changes.follow({ host, drop })
  }
}

test('what nobody else has is hosted before what only lacks a copy, all of it together', async () => {
  const world = new World()
  world.say([1, 3], [5])
  await world.plan([0, 1, 2, 3])
  expect(world.calls).toEqual([])
  world.nowMs = patienceMs
  await world.plan([0, 1, 2, 3])
  await world.plan([1, 3])
  expect(world.calls).toEqual(['host 0,2', 'host 1,3'])
})

test('the patience with others goes on while something is being hosted', async () => {
  const world = new World()
  const end = Promise.withResolvers<void>()
  world.hosting = end.promise
  await world.plan([0])
  world.nowMs = patienceMs
  const step = world.plan([0])
  await world.plan([0, 1])
  world.nowMs += patienceMs
  end.resolve()
  await step
  await world.plan([1])
  expect(world.calls).toEqual(['host 0', 'host 1'])
})

test('who was wanted again meanwhile is not dropped for what was before', async () => {
  const world = new World()
  const end = Promise.withResolvers<void>()
  world.hosting = end.promise
  await world.plan([0], [7])
  world.nowMs = patienceMs
  const step = world.plan([0], [7])
  await world.plan([0], [])
  world.nowMs = dropAfterMs
  end.resolve()
  await step
  await world.plan([], [7])
  world.nowMs += dropAfterMs - 1
  await world.plan([], [7])
  expect(world.calls).toEqual(['host 0'])
  world.nowMs += 1
  await world.plan([], [7])
  expect(world.calls).toEqual(['host 0', 'drop 7'])
})

test('what was begun and is not wanted any more is dropped', async () => {
  const world = new World()
  world.unfinished = [3, 4]
  await world.plan([3])
  world.nowMs = patienceMs - 1
  await world.plan([])
  world.nowMs += dropAfterMs
  await world.plan([3])
  expect(world.calls).toEqual(['drop 4'])
})

test('of what is hosted already nothing is told', async () => {
  const world = new World()
  world.hosted.add(1)
  await world.plan([0, 1])
  world.nowMs = patienceMs
  await world.plan([0, 1])
  expect(world.told).toEqual(['hosted 0'])
})
