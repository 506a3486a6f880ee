import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Pins } from '../../../../shard/placement/pins.ts'
import { planRoles, wantedRoles } from '../../../../shard/placement/roles.ts'
import { decodeMember, encodeMember } from '../../../../shard/replication/member-rules.ts'
import { partitions, shards, World } from '../../../helpers/roles-world.ts'

const member = {
  name: 'shard-0',
  incarnation: 'first',
  address: 'host:1',
  state: 'ready' as const,
  hosted: [1],
  serving: [],
  positions: [],
}

describe('words of operators', () => {
  test('reach all in whatever order they come, and all believe the same', () => {
    const word = fc.record({
      partition: fc.integer({ min: 0, max: 3 }),
      to: fc.constantFrom('', 'a', 'b'),
      version: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const [one, other] = [new Pins(4), new Pins(4)]
        one.hear(words)
        for (const late of [...words].reverse()) other.hear([late])
        expect(one.byPartition).toEqual(other.byPartition)
      }),
    )
  })

  test('are replaced by a newer one, also by none', () => {
    const [here, there] = [new Pins(4), new Pins(4)]
    here.pin(2, 'shard-1')
    const old = here.words
    here.pin(2, '')
    there.hear(here.words)
    there.hear(old)
    expect([here.byPartition.size, there.byPartition.size]).toEqual([0, 0])
  })

  test('are left out where they cannot be one', () => {
    const pins = new Pins(4)
    pins.hear([
      { partition: 4, to: 'a', version: 1 },
      { partition: -1, to: 'a', version: 1 },
      { partition: 1, to: 'a'.repeat(65), version: 1 },
      { partition: 1, to: 'a', version: Number.NaN },
    ])
    expect(pins.words).toEqual([])
  })

  test('travel with an announcement; a release that knows none sends none', () => {
    const pins = [{ partition: 3, to: 'shard-1', version: 2 }]
    expect(decodeMember(encodeMember({ ...member, pins }))).toEqual({ ...member, pins })
    expect(decodeMember(encodeMember(member))).toEqual(member)
  })
})

describe('a pinned partition', () => {
  const settled = () => {
    const world = new World({ replicas: 0 })
    for (const name of shards(3)) world.start(name)
    world.settle()
    return world
  }

  test('belongs first to the one that it is pinned to', () => {
    const view = settled().view('shard-0')
    for (const name of shards(3)) {
      const pinned = new Map(partitions.map((partition) => [partition, name]))
      const wanted = partitions.map((partition) => wantedRoles({ ...view, pinned }, partition))
      expect(wanted.every(({ hosts }) => hosts[0] === name)).toBe(true)
    }
  })

  test('is first hosted there, then handed over, then dropped: never out of hand', () => {
    const world = settled()
    const from = world.primaryOf(0)!
    const to = shards(3).find((name) => name !== from.name)!
    const pinned = new Map([[0, to]])
    const plan = (name: string) => planRoles({ ...world.view(name), pinned })
    expect(plan(to).host).toEqual([0])
    expect(plan(from.name).handOver).toEqual([])
    world.process(to).hosted.add(0)
    expect(plan(from.name).handOver).toEqual([{ partition: 0, to }])
    from.serving.delete(0)
    world.process(to).serving.add(0)
    expect(plan(from.name).drop).toEqual([0])
    expect(plan(to)).toEqual({ gain: [], handOver: [], host: [], drop: [] })
  })

  test('stays where the ring puts it when nobody knows that name', () => {
    const view = settled().view('shard-0')
    const pinned = new Map([[0, 'shard-9']])
    expect(wantedRoles({ ...view, pinned }, 0)).toEqual(wantedRoles(view, 0))
  })
})
