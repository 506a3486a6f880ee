import { describe, expect, test } from 'vitest'
import { writesQueuedMax } from '../../../shard/primary.ts'
import { eventually } from '../../helpers/eventually.ts'
import { OnePrimary, turn } from '../../helpers/one-primary.ts'

describe('the queue', () => {
  test('has a limit: one more is answered unavailable, the others are added', async () => {
    const world = await OnePrimary.serving()
    let answered = 0
    for (let number = 1; number <= writesQueuedMax; number++) {
      world.add(number, [], () => answered++)
    }
    expect(world.add(writesQueuedMax + 1).value).toBe('unavailable')
    expect(answered).toBe(0)
  })

  test('counts those who wait for a claim, too', async () => {
    const world = await OnePrimary.serving()
    for (let count = 0; count < writesQueuedMax; count++) world.add(1)
    expect(world.add(1).value).toBe('unavailable')
  })
})

describe('a process that is behind the others', () => {
  test('appends the next batch when it is near, all of it in one', async () => {
    const world = await OnePrimary.serving()
    world.log.fate = 'lands'
    const waiting: (() => void)[] = []
    world.whenNear = (task) => waiting.push(task)
    const outcomes = [world.add(1), world.add(2)]
    await turn()
    outcomes.push(world.add(3))
    await turn()
    expect(outcomes.map(({ value }) => value)).toEqual([undefined, undefined, undefined])
    for (const task of waiting) task()
    await eventually(() => outcomes.every(({ value }) => value === 'added'), { withinMs: 2_000 })
    expect(world.appended).toEqual([{ entries: 3, outcome: 'appended' }])
  })

  test('does not let it hold up the end of its reign', async () => {
    const world = await OnePrimary.serving()
    world.log.fate = 'lands'
    world.whenNear = () => undefined
    const outcome = world.add(1)
    await turn()
    await world.primary.handOver()
    expect(outcome.value).toBe('added')
  })
})

describe('ending a reign', () => {
  test('answers what is in flight and what waits, and gives the lease back', async () => {
    const world = await OnePrimary.serving()
    const inFlight = world.add(1)
    await world.appendArrives()
    const waiting = [world.add(2), world.add(2)]
    const closed = world.primary.handOver()
    await world.log.settle('lands')
    await world.appendArrives()
    await world.log.settle('lands')
    await closed
    expect([inFlight, ...waiting].map(({ value }) => value)).toEqual([
      'added',
      'added',
      'not served',
    ])
    expect(world.add(3).value).toBe('not served')
    const next = { partition: 0, node: 'successor', ttlMs: 1_000, minEpoch: 0 }
    expect(await world.log.acquire(next)).toMatchObject({ outcome: 'granted', epoch: 2 })
  })

  test('comes to its end also where a new write comes for each one that is answered', async () => {
    const world = await OnePrimary.serving()
    world.log.fate = 'lands'
    let written = 0
    const next = (value = 'added'): void => {
      if (value === 'added' && written < 300) world.add(++written, [], next)
    }
    next()
    await world.primary.handOver()
    expect(written).toBeLessThan(300)
    expect(world.applied.length).toBeGreaterThan(0)
  })

  test('while the lease is being gained: it does not serve afterwards, and holds no lease', async () => {
    const world = new OnePrimary()
    const gate = Promise.withResolvers<void>()
    world.log.gate = gate.promise
    const gained = world.primary.gain()
    world.primary.standDown()
    gate.resolve()
    await gained
    await turn()
    expect(world.primary.isServing).toBe(false)
    const next = { partition: 0, node: 'successor', ttlMs: 1_000, minEpoch: 0 }
    expect(await world.log.acquire(next)).toMatchObject({ outcome: 'granted' })
  })
})
