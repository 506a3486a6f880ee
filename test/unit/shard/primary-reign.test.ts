import { describe, expect, test } from 'vitest'
import { encodeEvent } from '../../../protocol/event.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { userFollow } from '../../../protocol/operations/user-follow.ts'
import { decodeDigestEntry, isDigestEntry } from '../../../shard/replication/digest-entry.ts'
import { eventually } from '../../helpers/eventually.ts'
import type { Outcome } from '../../helpers/one-primary.ts'
import { digestEveryEntries, OnePrimary, turn } from '../../helpers/one-primary.ts'

const valuesOf = (outcomes: readonly Outcome[]) => outcomes.map(({ value }) => value)

describe('a lease that may have run out', () => {
  test('I6: is as good as lost: nothing is decided on it', async () => {
    const world = await OnePrimary.serving()
    world.isLeaseSafe = false
    expect(world.add(1).value).toBe('not served')
    expect(world.primary.isServing).toBe(false)
    expect(world.isOwned).toBe(false)
    world.isLeaseSafe = true
    await world.serves()
    expect(world.isOwned).toBe(true)
  })
})

describe('a lost lease', () => {
  test('I2: is not taken again before what is in flight has come to its end', async () => {
    const world = await OnePrimary.serving()
    const inFlight = world.add(1)
    await world.appendArrives()
    world.primary.lose()
    const gained = world.primary.gain()
    await turn()
    expect(await world.log.head(0)).toEqual({ epoch: 1, sequence: 1 })
    expect(world.primary.isServing).toBe(false)
    await world.log.settle('lands')
    await gained
    expect(inFlight.value).toBe('added')
    expect(world.applied).toHaveLength(1)
    expect(world.primary.epoch).toBe(2)
  })
})

describe('a lease that runs out while its taker still reads', () => {
  const payload = (number: number) =>
    encodeEvent(userFollow, { followerId: 1 as UserId, followeeId: number as UserId })

  /** @returns a world whose log has three entries of one who is gone, and what the next one does with it. */
  async function inherited() {
    const world = new OnePrimary()
    world.log.fate = 'lands'
    const write = async (node: string, numbers: readonly number[]): Promise<void> => {
      const lease = await world.log.acquire({ partition: 0, node, ttlMs: 1_000, minEpoch: 0 })
      if (lease.outcome !== 'granted') throw new Error(`held by ${lease.holder}`)
      const { epoch } = lease
      const previous = { epoch, sequence: 1 }
      const payloads = numbers.map(payload)
      await world.log.append({ partition: 0, node, epoch, previous, payloads })
      await world.log.release({ partition: 0, node, epoch })
    }
    await write('gone', [1, 2, 3])
    const read = world.log.read.bind(world.log)
    return { world, write, read }
  }

  test.each(['read', 'tail'])(
    'I2, I7: what the next one wrote meanwhile, and its %s brings, is applied once',
    async (way) => {
      const { world, write, read } = await inherited()
      world.log.read = async (request) => {
        world.log.read = read
        const before = await read(request)
        world.nowMs += 2_000
        await write('next', [10, 11])
        if (way === 'read') return read(request)
        world.bring(await read(request))
        return before
      }
      await world.primary.gain()
      // A reign that is over ends at its first write at the latest.
      world.add(20)
      await turn()
      await world.serves()
      world.add(21)
      await eventually(() => world.applied.includes(21), { withinMs: 2_000 })
      const applied = world.applied.filter((number) => number < 20)
      expect(applied).toEqual([1, 2, 3, 10, 11])
    },
  )
})

describe('handing over', () => {
  test('what was decided comes to its end, nothing new is taken, and the lease is free', async () => {
    const world = await OnePrimary.serving()
    const inFlight = world.add(1)
    await world.appendArrives()
    const queued = world.add(2)
    const waiting = world.add(1)
    let epoch: number | undefined
    const handedOver = world.primary.handOver().then((ended) => {
      epoch = ended
    })
    expect(world.add(3).value).toBe('not served')
    expect(world.isOwned).toBe(true)
    await world.log.settle('lands')
    await world.appendArrives()
    expect(epoch).toBeUndefined()
    await world.log.settle('lands')
    await handedOver
    expect(valuesOf([inFlight, queued, waiting])).toEqual(['added', 'added', 'not served'])
    expect(world.isOwned).toBe(false)
    expect(epoch).toBe(1)
    const next = { partition: 0, node: 'other', ttlMs: 1_000, minEpoch: 0 }
    expect(await world.log.acquire(next)).toMatchObject({ outcome: 'granted', epoch: 2 })
    await turn()
    expect(world.primary.isServing).toBe(false)
  })

  test('of what is idle is over at once; of what does not reign it is nothing', async () => {
    const world = await OnePrimary.serving()
    expect(await world.primary.handOver()).toBe(1)
    expect(await world.primary.handOver()).toBeUndefined()
  })

  test('a batch that is refused meanwhile ends it as well', async () => {
    const world = await OnePrimary.serving()
    const outcomes = [world.add(1)]
    await world.appendArrives()
    outcomes.push(world.add(2))
    const handedOver = world.primary.handOver()
    await world.log.settle('is lost')
    await handedOver
    expect(valuesOf(outcomes)).toEqual(['unknown_outcome', 'not served'])
    expect(world.isOwned).toBe(false)
  })

  test('who waits for a lease looks at once when told that it is free', async () => {
    const world = new OnePrimary()
    const other = { partition: 0, node: 'other' }
    await world.log.acquire({ ...other, ttlMs: 60_000, minEpoch: 0 })
    world.pause = () => new Promise(() => undefined)
    const gained = world.primary.gain()
    await turn()
    await world.log.release({ ...other, epoch: 1 })
    await Promise.all([gained, world.primary.gain()])
    expect(world.primary.isServing).toBe(true)
  })

  test('who stands down while gaining does not reign', async () => {
    const world = new OnePrimary()
    await world.log.acquire({ partition: 0, node: 'other', ttlMs: 500, minEpoch: 0 })
    const gained = world.primary.gain()
    world.primary.standDown()
    await gained
    expect(world.primary.isServing).toBe(false)
  })
})

describe('I7: digests', () => {
  test('follow after every thousand entries, alone in a batch, about all entries before', async () => {
    const world = await OnePrimary.serving()
    world.log.fate = 'lands'
    const count = digestEveryEntries * 3
    for (let number = 1; number <= count; number++) world.add(number)
    await eventually(() => world.applied.length === count, { withinMs: 2_000 })
    const entries = await world.log.entries()
    const digests = entries.flatMap(({ payload }, index) =>
      isDigestEntry(payload) ? [[index, Number(decodeDigestEntry(payload).digest)]] : [],
    )
    expect(digests).toHaveLength(2)
    for (const [number, [index, applied]] of digests.entries()) {
      expect(applied).toBe((index ?? 0) - number)
      expect(applied).toBeGreaterThanOrEqual(digestEveryEntries)
    }
  })
})
