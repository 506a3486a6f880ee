import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wantedRoles } from '../../../../shard/placement/roles.ts'
import type { SeenMember } from '../../../../shard/replication/members.ts'
import {
  anyView,
  expectInPlace,
  partitionCount,
  partitions,
  settled,
  shards,
  World,
} from '../../../helpers/roles-world.ts'

describe('plans that are carried out', () => {
  test('come to rest from any view, with a primary wherever somebody can be one', () => {
    fc.assert(
      fc.property(anyView, ({ members, expectedNames, replicas }) => {
        const world = new World({ replicas, expectedNames })
        for (const { name, isLive, state, hosted } of members) {
          world.start(name)
          Object.assign(world.process(name), { isLive, state, hosted: new Set(hosted) })
        }
        // The log has one lease for each partition: of all who say that they serve it, one does.
        for (const { name, serving } of members) {
          for (const partition of serving) {
            if (world.primaryOf(partition) === undefined) world.process(name).serving.add(partition)
          }
        }
        world.settle()
        const able = members.filter((member) => member.isLive && member.state !== 'leaving')
        for (const partition of partitions) {
          if (able.length === 0) break
          const { primary, hosts } = wantedRoles(world.view('shard-0'), partition)
          expect(world.primaryOf(partition)?.name).toBe(primary)
          const expected = hosts.filter((host) => able.some(({ name }) => name === host))
          expect(world.liveHosts(partition)).toEqual(expect.arrayContaining(expected))
        }
      }),
      { numRuns: 200 },
    )
  })

  test('bring a new cluster to its places', () => {
    for (const count of [1, 2, 3, 5, 7]) {
      for (const replicas of [0, 1, 2]) expectInPlace(settled(count, replicas))
    }
  })

  test('leave nobody with more than its part once all is in place', () => {
    fc.assert(
      fc.property(anyView, ({ members, replicas }) => {
        const world = new World({ replicas })
        for (const { name, hosted } of members) {
          world.start(name)
          Object.assign(world.process(name), { state: 'ready', hosted: new Set(hosted) })
        }
        world.settle()
        expectInPlace(world)
      }),
      { numRuns: 100 },
    )
  })

  test('move to a new process its part of the primaries, and nothing else', () => {
    for (const count of [1, 2, 3, 4, 6]) {
      for (const replicas of [0, 1]) {
        const world = settled(count, replicas)
        const before = world.primaries
        world.moves = 0
        world.start(`shard-${count}`)
        world.settle()
        expectInPlace(world)
        const moved = partitions.filter(
          (partition) => world.primaries[partition] !== before[partition],
        )
        expect(moved.every((partition) => world.primaries[partition] === `shard-${count}`)).toBe(
          true,
        )
        expect(moved.length).toBeGreaterThan(0)
        expect(moved.length).toBeLessThan((2 * partitionCount) / (count + 1))
        expect(world.moves).toBe(moved.length)
      }
    }
  })

  test('give a process that comes back its partitions, and nobody has hosted anew for it', () => {
    for (const count of [2, 3, 5]) {
      const world = settled(count, 1)
      const before = world.primaries
      world.kill('shard-1')
      world.hostings = 0
      world.settle()
      expect(world.hostings).toBe(0)
      expect(world.primaries).not.toContain('shard-1')
      expect(world.primaries).not.toContain(undefined)
      world.start('shard-1')
      world.settle()
      expect(world.primaries).toEqual(before)
      expectInPlace(world)
    }
  })

  test('let the next one take over where nobody else is left, and give back later', () => {
    const world = settled(3, 0)
    const before = world.primaries
    world.kill('shard-1')
    world.settle()
    expect(world.primaries).not.toContain('shard-1')
    expect(world.primaries).not.toContain(undefined)
    world.start('shard-1')
    world.settle()
    expect(world.primaries).toEqual(before)
    expectInPlace(world)
  })

  test('put a new host in the place of one that is forgotten', () => {
    const world = settled(4, 1)
    world.kill('shard-2')
    world.settle()
    world.processes.delete('shard-2')
    world.settle()
    expectInPlace(world)
  })

  test('hand over everything of who leaves, without a moment in which nobody has it', () => {
    for (const replicas of [0, 1]) {
      const world = settled(3, replicas)
      world.process('shard-0').state = 'leaving'
      world.settle()
      expect(world.process('shard-0').serving.size).toBe(0)
      expect(world.primaries).not.toContain(undefined)
      world.kill('shard-0')
      world.processes.delete('shard-0')
      world.settle()
      expectInPlace(world)
    }
  })

  test('keep the places of names that have not been heard of yet', () => {
    const world = new World({ replicas: 1, expectedNames: shards(3) })
    world.start('shard-0')
    world.start('shard-1')
    world.settle()
    expect(world.primaries).not.toContain(undefined)
    world.hostings = 0
    world.start('shard-2')
    world.settle()
    expectInPlace(world)
    expect(world.hostings).toBe(world.process('shard-2').hosted.size)
  })
})

type Step =
  | { readonly kind: 'act'; readonly who: number; readonly age: number }
  | { readonly kind: 'kill' | 'start' | 'leave'; readonly who: number }

/**
 * What a process has seen some time ago. It knows itself as it is; and a death is no fault of a view: who
 * has died since, or started again, is shown as now.
 */
function oldView(
  world: World,
  { me, seen }: { me: string; seen: readonly SeenMember[] },
): SeenMember[] {
  return world.members.flatMap((now) => {
    const then = seen.find(({ name }) => name === now.name)
    if (now.name === me) return [now]
    if (then === undefined) return []
    return [now.isLive && then.incarnation === now.incarnation ? then : now]
  })
}

test('I6: old views and sudden deaths lose no host and make no second primary', () => {
  const act = fc.record({
    kind: fc.constant('act' as const),
    who: fc.nat(4),
    age: fc.integer({ min: 0, max: 3 }),
  })
  const change = fc.record({
    kind: fc.constantFrom('kill' as const, 'start' as const, 'leave' as const),
    who: fc.nat(4),
  })
  const steps = fc.array(
    fc.oneof({ weight: 6, arbitrary: act }, { weight: 1, arbitrary: change }),
    {
      maxLength: 120,
    },
  )
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 2 }), (story: Step[], replicas) => {
      const world = settled(4, replicas)
      const views = [world.members]
      for (const step of story) {
        const name = `shard-${step.who}`
        const process = world.processes.get(name)
        if (step.kind === 'start' && !process?.isLive) world.start(name)
        if (step.kind === 'kill' && process !== undefined) world.kill(name)
        if (step.kind === 'leave' && process !== undefined) process.state = 'leaving'
        if (step.kind === 'act' && process !== undefined) {
          const before = partitions.map((partition) => world.liveHosts(partition).length)
          world.act(name, oldView(world, { me: name, seen: views.at(-1 - step.age) ?? views[0]! }))
          for (const partition of partitions) {
            if (before[partition]! > 0) expect(world.liveHosts(partition)).not.toEqual([])
          }
        }
        views.push(world.members)
        for (const partition of partitions) {
          const primaries = [...world.processes.values()].filter(
            ({ isLive, serving }) => isLive && serving.has(partition),
          )
          expect(primaries.length).toBeLessThanOrEqual(1)
        }
      }
      world.settle()
    }),
    { numRuns: 60 },
  )
})
