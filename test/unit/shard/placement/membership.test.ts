import { expect, test } from 'vitest'
import type { Partition } from '../../../../protocol/ids.ts'
import { Membership } from '../../../../shard/placement/membership.ts'
import { LogUnavailable } from '../../../../shard/replication/log.ts'
import type { Member, SeenMember } from '../../../../shard/replication/members.ts'
import type { LogPosition } from '../../../../shard/replication/position.ts'

const at = (sequence: number, epoch = 1): LogPosition => ({ epoch, sequence })

/** A membership of `me` in a cluster of one partition, where the others say what a test wants. */
class World {
  nowMs = 1_000_000
  others: SeenMember[] = []
  answer: 'takes' | 'is away' | 'knows another' = 'takes'
  announced: Member | undefined
  readonly membership = new Membership({
    name: 'me',
    incarnation: 'a',
    registry: {
      announce: async (member) => {
        if (this.answer === 'is away') throw new LogUnavailable('away')
        if (this.answer === 'knows another') return undefined
        this.announced = member
        return [...this.others, { ...member, silentMs: 0, isLive: true }]
      },
      withdraw: async () => {
        throw new LogUnavailable('away')
      },
    },
    partitionCount: 1,
    replicas: 1,
    expectedNames: ['planned'],
    ttlMs: 800,
    replaceAfterMs: 60_000,
    now: () => this.nowMs,
    pause: async (ms) => {
      this.nowMs += ms
    },
  })

  add(name: string, member: Partial<SeenMember>): void {
    const base = { incarnation: '1', address: `${name}:1`, state: 'ready', hosted: [], serving: [] }
    const seen = { positions: [at(1)], silentMs: 0, isLive: true }
    this.others.push({ name, ...base, ...seen, ...member } as SeenMember)
  }
}

test('a name that somebody holds is waited for until he could be dead, and then given up', async () => {
  const world = new World()
  world.answer = 'knows another'
  expect(await world.membership.join()).toBe(false)
  expect(world.nowMs - 1_000_000).toBeGreaterThan(1_600)
  world.answer = 'takes'
  expect(await world.membership.join()).toBe(true)
  expect(world.announced).toMatchObject({ name: 'me', incarnation: 'a', state: 'joining' })
})

test('names that are planned have a place from the first moment, and none for ever', async () => {
  const world = new World()
  await world.membership.announce()
  expect(world.membership.view.expectedNames).toEqual(['planned', 'me'])
  expect(world.membership.hostedAtStart()).toEqual([0])
  world.nowMs += 60_000
  expect(world.membership.view.expectedNames).toEqual(['me'])
})

test('the slowest counts, also one that is busy for a moment, but not one that has gone', async () => {
  const world = new World()
  world.membership.ownWork = () => ({ hosted: [0], serving: [0], positions: [at(50)] })
  world.add('near', { positions: [at(40)], hosted: [0] })
  await world.membership.announce()
  expect(world.membership.slowestPosition(0)).toEqual(at(40))
  expect(world.membership.liveHostCount(0)).toBe(2)
  world.add('busy', { positions: [at(7)], isLive: false, silentMs: 5_000, hosted: [0] })
  world.add('gone', { positions: [at(3)], isLive: false, silentMs: 50_000 })
  await world.membership.announce()
  expect(world.membership.slowestPosition(0)).toEqual(at(7))
  expect(world.membership.liveHostCount(0)).toBe(2)
  world.add('joining', { positions: [] })
  await world.membership.announce()
  expect(world.membership.slowestPosition(0)).toEqual({ epoch: 0, sequence: 0 })
})

test('lag is told within one epoch', async () => {
  const world = new World()
  world.add('ahead', { positions: [at(90)] })
  await world.membership.announce()
  expect(world.membership.lagBehind(0, at(50))).toBe(40)
  expect(world.membership.lagBehind(0, at(95))).toBe(0)
  expect(world.membership.lagBehind(0, at(50, 2))).toBe(0)
})

test('who is not heard for the time of an announcement knows it; the last word of the others stands', async () => {
  const world = new World()
  world.add('other', {})
  world.membership.address = 'me:1'
  await world.membership.announce()
  expect(world.membership.isHeard).toBe(true)
  world.answer = 'is away'
  world.nowMs += 801
  await expect(world.membership.announce()).rejects.toThrow(LogUnavailable)
  expect(world.membership.isHeard).toBe(false)
  expect(world.membership.addresses).toEqual({ other: 'other:1', me: 'me:1' })
  await world.membership.withdraw()
})

test('the furthest position is that of whoever lives, in the newest reign', async () => {
  const world = new World()
  world.add('one', { positions: [at(70)] })
  world.add('two', { positions: [at(3, 2)] })
  world.add('dead', { positions: [at(9, 2)], isLive: false })
  await world.membership.announce()
  expect(world.membership.furthestPosition(0 as Partition)).toEqual(at(3, 2))
})
