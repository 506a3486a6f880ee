import { describe, expect, test } from 'vitest'
import { encodeEvent } from '../../../protocol/event.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { idEpochMs } from '../../../protocol/ids.ts'
import { userFollow } from '../../../protocol/operations/user-follow.ts'
import { batchEntriesMax } from '../../../shard/primary.ts'
import { eventually } from '../../helpers/eventually.ts'
import type { Outcome } from '../../helpers/one-primary.ts'
import { OnePrimary, turn } from '../../helpers/one-primary.ts'

const valuesOf = (outcomes: readonly Outcome[]) => outcomes.map(({ value }) => value)

describe('a batch', () => {
  test('holds what was decided in one turn, in that order; nothing is answered before it is durable', async () => {
    const world = await OnePrimary.serving()
    const outcomes = [world.add(1), world.add(2), world.add(3)]
    await world.appendArrives()
    expect(world.log.waiting).toHaveLength(1)
    expect(world.log.waiting[0]?.request.payloads).toHaveLength(3)
    expect(valuesOf(outcomes)).toEqual([undefined, undefined, undefined])
    expect(world.applied).toEqual([])
    await world.log.settle('lands')
    await turn()
    expect(valuesOf(outcomes)).toEqual(['added', 'added', 'added'])
    expect(world.applied).toEqual([1, 2, 3])
    expect(await world.logged()).toEqual([1, 2, 3])
  })

  test('is alone in flight: what comes meanwhile is the next one', async () => {
    const world = await OnePrimary.serving()
    const first = world.add(1)
    await world.appendArrives()
    const later = [world.add(2), world.add(3)]
    await turn()
    expect(world.log.waiting).toHaveLength(1)
    await world.log.settle('lands')
    await world.appendArrives()
    expect(first.value).toBe('added')
    expect(valuesOf(later)).toEqual([undefined, undefined])
    const { request } = world.log.waiting[0]!
    expect(request.previous).toEqual({ epoch: 1, sequence: 2 })
    expect(request.payloads).toHaveLength(2)
    await world.log.settle('lands')
    await turn()
    expect(valuesOf(later)).toEqual(['added', 'added'])
    expect(world.appended).toEqual([
      { entries: 1, outcome: 'appended' },
      { entries: 2, outcome: 'appended' },
    ])
  })

  test('has a limit: the rest follows in the next ones', async () => {
    const world = await OnePrimary.serving()
    world.log.fate = 'lands'
    const count = batchEntriesMax + 1
    for (let number = 1; number <= count; number++) world.add(number)
    await eventually(() => world.applied.length === count, { withinMs: 2_000 })
    expect(world.appended.map(({ entries }) => entries)).toEqual([batchEntriesMax, 1])
  })

  test('that the log has already is as good as appended', async () => {
    const world = await OnePrimary.serving()
    const outcome = world.add(1)
    await world.appendArrives()
    // The log tried twice and took the first attempt, as a client of Redis may.
    const { request } = world.log.waiting[0]!
    const twice = world.log.append(request)
    await world.log.settle('lands')
    await world.log.settle('lands')
    expect(await twice).toMatchObject({ outcome: 'duplicate' })
    await turn()
    expect(outcome.value).toBe('added')
    expect(await world.logged()).toEqual([1])
  })
})

describe('a claim', () => {
  test('makes the second wait for the first, and decide on what the first has left', async () => {
    const world = await OnePrimary.serving()
    const [first, second, other] = [world.add(1), world.add(1), world.add(2)]
    await world.appendArrives()
    expect(world.log.waiting[0]?.request.payloads).toHaveLength(2)
    await world.log.settle('lands')
    await turn()
    expect(valuesOf([first, second, other])).toEqual(['added', 'unchanged', 'added'])
    expect(await world.logged()).toEqual([1, 2])
  })

  test('is handed on in the order of those who wait', async () => {
    const world = await OnePrimary.serving()
    world.log.fate = 'lands'
    const order: number[] = []
    const keys = ['the same']
    for (const number of [1, 2, 3, 4]) world.add(number, keys, () => order.push(number))
    await eventually(() => order.length === 4, { withinMs: 2_000 })
    expect(order).toEqual([1, 2, 3, 4])
    expect(world.appended.map(({ entries }) => entries)).toEqual([1, 1, 1, 1])
  })

  test('of several keys waits for each of them', async () => {
    const world = await OnePrimary.serving()
    const [left, right] = [world.add(1, ['left']), world.add(2, ['right'])]
    const both = world.add(3, ['left', 'right'])
    await world.appendArrives()
    await world.log.settle('lands')
    await turn()
    expect(valuesOf([left, right])).toEqual(['added', 'added'])
    expect(both.value).toBeUndefined()
    await world.appendArrives()
    await world.log.settle('lands')
    await turn()
    expect(both.value).toBe('added')
  })

  test('is not held by what was not written', async () => {
    const world = await OnePrimary.serving()
    expect(world.add(-1, ['key']).value).toBe('absent')
    world.log.fate = 'lands'
    const added = world.add(1, ['key'])
    await eventually(() => added.value === 'added', { withinMs: 2_000 })
    expect(world.add(1, ['key']).value).toBe('unchanged')
  })

  test('no claim at all waits for nothing', async () => {
    const world = await OnePrimary.serving()
    const outcomes = [world.add(1, []), world.add(2, [])]
    await world.appendArrives()
    await world.log.settle('lands')
    await turn()
    expect(valuesOf(outcomes)).toEqual(['added', 'added'])
  })
})

describe('an answer that breaks (I10)', () => {
  test('is internal and told to the operator: the others are answered, and it serves on', async () => {
    const world = await OnePrimary.serving()
    world.log.fate = 'lands'
    world.isBroken = (number) => number === 2
    const outcomes = [world.add(1), world.add(2), world.add(2), world.add(3)]
    await eventually(() => world.applied.length === 3, { withinMs: 2_000 })
    expect(valuesOf(outcomes)).toEqual(['added', 'internal', 'internal', 'added'])
    expect(world.errors).toEqual(Array(2).fill('a write could not be answered'))
    expect(world.primary.isServing).toBe(true)
    expect(await world.logged()).toEqual([1, 2, 3])
  })

  test('while it shows what is taken away does not keep it from being taken', async () => {
    const world = await OnePrimary.serving()
    world.log.fate = 'lands'
    const outcome = world.add(1, ['key'], undefined, () => {
      throw new Error('a bug')
    })
    await eventually(() => world.applied.length === 1, { withinMs: 2_000 })
    expect(outcome.value).toBe('internal')
    expect(world.add(1, ['key']).value).toBe('unchanged')
  })

  test('of a decision lets those behind it decide', async () => {
    const world = await OnePrimary.serving()
    world.log.fate = 'lands'
    const first = world.add(1, ['key'])
    const [broken, last] = [world.add(Number.NaN, ['key']), world.add(2, ['key'])]
    await eventually(() => last.value !== undefined, { withinMs: 2_000 })
    expect(valuesOf([first, broken, last])).toEqual(['added', 'internal', 'added'])
  })
})

describe('a log that refuses', () => {
  test.each(['fenced', 'no-lease', 'gap'] as const)(
    'I6: %s: nothing was written, nobody is served, and the partition is gained anew',
    async (fate) => {
      const world = await OnePrimary.serving()
      const batch = [world.add(1), world.add(2), world.add(1)]
      await world.appendArrives()
      const behind = world.add(3)
      await world.log.settle(fate)
      await turn()
      expect(valuesOf([...batch, behind])).toEqual(Array(4).fill('not served'))
      expect(world.applied).toEqual([])
      await world.serves()
      expect(world.primary.epoch).toBe(2)
      world.log.fate = 'lands'
      const again = world.add(1)
      await eventually(() => again.value === 'added', { withinMs: 2_000 })
      expect(await world.logged()).toEqual([1])
    },
  )

  test('while it does not reign, it says so at once', async () => {
    const world = new OnePrimary()
    expect(world.add(1).value).toBe('not served')
    expect(world.log.waiting).toEqual([])
  })
})

describe('a log that does not answer (I9)', () => {
  test('a batch that was lost: unknown outcome, nothing applied; the retry adds it', async () => {
    const world = await OnePrimary.serving()
    const outcomes = [world.add(1), world.add(1), world.add(2)]
    await world.appendArrives()
    const behind = world.add(3)
    await world.log.settle('is lost')
    await turn()
    expect(valuesOf(outcomes)).toEqual(['unknown_outcome', 'not served', 'unknown_outcome'])
    expect(behind.value).toBe('not served')
    await world.serves()
    expect(world.applied).toEqual([])
    world.log.fate = 'lands'
    const retry = world.add(1)
    await eventually(() => retry.value === 'added', { withinMs: 2_000 })
    expect(world.applied).toEqual([1])
  })

  test('I2: a batch that landed after all is applied once, and the retry finds it', async () => {
    const world = await OnePrimary.serving()
    const outcomes = [world.add(1), world.add(2)]
    await world.appendArrives()
    await world.log.settle('lands unheard')
    await turn()
    expect(valuesOf(outcomes)).toEqual(['unknown_outcome', 'unknown_outcome'])
    await world.serves()
    expect(world.applied).toEqual([1, 2])
    expect(world.add(1).value).toBe('unchanged')
    expect(await world.logged()).toEqual([1, 2])
    expect(world.errors).toEqual(['the log did not take a batch'])
  })

  test('gaining is tried until the log is back', async () => {
    const world = new OnePrimary()
    world.log.acquiresToFail = 3
    await world.primary.gain()
    expect(world.errors).toHaveLength(3)
    expect(world.primary.isServing).toBe(true)
  })
})

describe('gaining', () => {
  test('waits while another one reigns, and then applies what that one wrote', async () => {
    const world = new OnePrimary()
    const other = { partition: 0, node: 'other' }
    await world.log.acquire({ ...other, ttlMs: 500, minEpoch: 0 })
    world.log.fate = 'lands'
    await world.log.append({
      ...other,
      epoch: 1,
      previous: { epoch: 1, sequence: 1 },
      payloads: [7, 8].map((number) => payloadOf(number)),
    })
    const startedMs = world.nowMs
    await world.primary.gain()
    expect(world.nowMs - startedMs).toBeGreaterThanOrEqual(500)
    expect(world.applied).toEqual([7, 8])
    expect(world.primary.epoch).toBe(2)
    expect(world.position).toEqual({ epoch: 2, sequence: 1 })
  })

  test('gives out larger ids than the log holds, whatever the clock says', async () => {
    const world = new OnePrimary()
    world.lastIssuedId = 4_096 * 5_000 + 3
    await world.primary.gain()
    expect(world.primary.ids.next(idEpochMs)).toBeGreaterThan(world.lastIssuedId)
  })
})

describe('losing the lease', () => {
  test('without anything in flight: what waits is answered, and it is gained anew', async () => {
    const world = await OnePrimary.serving()
    const queued = world.add(1)
    world.primary.lose()
    expect(queued.value).toBe('not served')
    await world.serves()
    expect(world.primary.epoch).toBe(2)
    expect(await world.logged()).toEqual([])
  })

  test('with a batch in flight: that one is answered as it turns out', async () => {
    const world = await OnePrimary.serving()
    const inFlight = world.add(1)
    await world.appendArrives()
    const behind = world.add(2)
    world.primary.lose()
    world.primary.lose()
    expect(world.add(3).value).toBe('not served')
    await world.log.settle('lands')
    await turn()
    expect(valuesOf([inFlight, behind])).toEqual(['added', 'not served'])
    await world.serves()
    expect(world.applied).toEqual([1])
  })
})

function payloadOf(number: number): Uint8Array {
  const ids = { followerId: 1 as UserId, followeeId: number as UserId }
  return encodeEvent(userFollow, ids)
}
