import { describe, expect, test } from 'vitest'
import { LogUnavailable } from '../../../../shard/replication/log.ts'
import { KeptShard } from '../../../helpers/kept-shard.ts'

describe('what nobody serves', () => {
  test('is gained where the ring wants it, and is a failover where somebody reigned before', async () => {
    const world = new KeptShard({ hosted: [0, 1] })
    world.shard.position = { epoch: 3, sequence: 9 }
    await world.tick()
    expect(world.problem).toBe('partition 0 is not served here yet')
    await world.tick()
    expect(world.shard.calls).toEqual(['gain 0', 'gain 1'])
    expect(world.keeper.failoverCount).toBe(2)
    expect(world.problem).toBeUndefined()
  })

  test('is left alone while somebody else serves it', async () => {
    const world = new KeptShard({ hosted: [0] })
    world.say({ name: 'other', hosted: [0, 1], serving: [0, 1] })
    await world.tick()
    expect(world.shard.calls).toEqual(['stand down 0'])
  })

  test('is left alone while the registry is away', async () => {
    const world = new KeptShard({ hosted: [0] })
    world.isRegistryAway = true
    await world.tick()
    expect(world.shard.calls).toEqual([])
  })
})

describe('a partition that another shard should serve', () => {
  test('is handed over once that one is ready and near', async () => {
    const world = new KeptShard({ hosted: [0, 1], serving: [0, 1] })
    world.shard.position = { epoch: 2, sequence: 5_000 }
    const { other } = world.neighborOfAll()
    world.say({ ...other, positions: at({ epoch: 2, sequence: 100 }) })
    await world.tick()
    world.nowMs += newMs
    await world.tick()
    expect(world.handedOver).toEqual([])
    world.say({ ...other, positions: at({ epoch: 1, sequence: 9_000 }) })
    await world.tick()
    expect(world.handedOver).toEqual([])
    world.say({ ...other, positions: at({ epoch: 2, sequence: 4_900 }) })
    await world.tick()
    expect(world.handedOver).toEqual(
      world.wantedBy(other.name).map((partition) => [other.address, partition]),
    )
    expect(world.handedOver.length).toBeGreaterThan(0)
  })

  test('stays with its primary as long as that one is new, and again once it was started anew', async () => {
    const world = new KeptShard({ hosted: [0, 1], serving: [0, 1] })
    const { other } = world.neighborOfAll()
    world.say({ ...other, state: 'joining' })
    await world.tick()
    world.nowMs += newMs
    world.say(other)
    await world.tick()
    world.nowMs += newMs - 1
    await world.tick()
    world.say({ ...other, incarnation: '2' })
    world.nowMs += 1
    await world.tick()
    expect(world.handedOver).toEqual([])
    world.nowMs += newMs
    await world.tick()
    expect(world.handedOver).toHaveLength(world.wantedBy(other.name).length)
  })

  test('is served by nobody for a moment where that one cannot be told; it is an error to know of', async () => {
    const world = new KeptShard({ hosted: [0, 1], serving: [0, 1] })
    const { other } = world.neighborOfAll()
    world.say(other)
    world.isPeerAway = true
    await world.tick()
    world.nowMs += newMs
    await world.tick()
    expect(world.shard.calls).toContain(`hand over ${world.wantedBy(other.name)[0]}`)
    expect(world.errors).toContain(
      `other could not be told that partition ${world.wantedBy('other')[0]} is free`,
    )
  })

  test('is taken at once by the one that is told, though it is still announced elsewhere', async () => {
    const world = new KeptShard({ hosted: [0, 1] })
    world.say({ name: 'other', hosted: [0, 1], serving: [0, 1] })
    const [ours] = world.wantedBy('me')
    await world.keeper.receive(ours!)
    await world.tick()
    expect(world.shard.calls).toContain(`gain ${ours}`)
    expect(world.shard.calls).not.toContain(`hand over ${ours}`)
    expect(world.keeper.failoverCount).toBe(0)
  })

  test('is not taken where it is not hosted', async () => {
    const world = new KeptShard({ hosted: [] })
    await world.keeper.receive(0)
    expect(world.shard.calls).toEqual([])
  })
})

describe('leaving', () => {
  test('hands everything over, then stands down', async () => {
    const world = new KeptShard({ hosted: [0, 1], serving: [0, 1] })
    world.say({ name: 'other', hosted: [0, 1], serving: [] })
    await world.keeper.leave(3_000)
    expect(world.membership.state).toBe('leaving')
    expect(world.handedOver.map(([, partition]) => partition).sort()).toEqual([0, 1])
    await world.tick()
    await world.keeper.receive(0)
    expect(world.shard.calls.filter((call) => call.startsWith('gain'))).toEqual([])
  })

  test('waits for nobody where nobody could take anything', async () => {
    const world = new KeptShard({ hosted: [0], serving: [0] })
    world.say({ name: 'other', hosted: [0, 1], serving: [], state: 'leaving' })
    const startedAtMs = world.nowMs
    await world.keeper.leave(3_000)
    expect(world.nowMs).toBe(startedAtMs)
    expect(world.handedOver).toEqual([])
  })

  test('ends where the registry is away', async () => {
    const world = new KeptShard({ hosted: [0], serving: [0] })
    world.isRegistryAway = true
    await world.keeper.leave(3_000)
    expect(world.shard.calls).toEqual(['stand down 0'])
  })

  test('a process whose name was taken says so', async () => {
    const world = new KeptShard({ hosted: [] })
    world.isNameTaken = true
    await world.tick()
    expect(world.errors).toEqual(['Another process is called me: this one ends.'])
  })
})

describe('hosting', () => {
  test('anew has patience with a shard that may be back soon', async () => {
    const world = new KeptShard({ hosted: [0] })
    await world.tick()
    expect(world.shard.calls).not.toContain('host 1')
    world.nowMs += 5_000
    await world.tick()
    expect(world.shard.calls).toContain('host 1')
  })

  test('anew is done at once for a primary that leaves, and for all that it has together', async () => {
    const world = new KeptShard({ hosted: [] })
    world.say({ name: 'other', hosted: [0, 1], serving: [0, 1], state: 'leaving' })
    await world.tick()
    expect(world.shard.calls).toEqual(['host 0 and 1'])
  })

  test.each([
    [
      'is told of where the log is away',
      { isLeaving: false, told: ['not hosted yet: partitions 0, 1'] },
    ],
    ['that a shard gives up as it leaves is not a fault', { isLeaving: true, told: [] }],
  ])('%s', async (_what, { isLeaving, told }) => {
    const world = new KeptShard({ hosted: [] })
    const log = Promise.withResolvers<void>()
    world.shard.hosting = log.promise
    world.say({ name: 'other', hosted: [0, 1], serving: [0, 1], state: 'leaving' })
    await world.tick()
    if (isLeaving) await world.keeper.leave(3_000)
    log.reject(new LogUnavailable('closed'))
    await world.tick()
    expect(new Set(world.errors)).toEqual(new Set(told))
  })

  test('ends some time after others have the partition', async () => {
    const world = new KeptShard({ hosted: [0, 1] })
    const { other } = world.neighborOfAll()
    world.say({ ...other, serving: [0, 1] })
    await world.tick()
    expect(world.shard.calls.filter((call) => call.startsWith('drop'))).toEqual([])
    world.nowMs += 2_000
    await world.tick()
    expect(world.shard.calls.filter((call) => call.startsWith('drop'))).toEqual(
      world
        .wantedBy('other')
        .slice(0, 1)
        .map((partition) => `drop ${partition}`),
    )
  })
})

/** For so long somebody who is ready is new. */
const newMs = 3_000
const at = (position: { epoch: number; sequence: number }) => [position, position]
