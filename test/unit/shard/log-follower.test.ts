import { describe, expect, test } from 'vitest'
import type { Partition } from '../../../protocol/ids.ts'
import { LogFollower } from '../../../shard/log-follower.ts'
import type { LogEntry, ReplicationLog, TailHandlers } from '../../../shard/replication/log.ts'
import { MemoryLog } from '../../../shard/replication/memory/memory.ts'
import type { LogPosition } from '../../../shard/replication/position.ts'
import { logStart } from '../../../shard/replication/position.ts'
import { eventually } from '../../helpers/eventually.ts'

describe('the log follower', () => {
  test('applies each entry once and in order, and no barrier', async () => {
    const world = await startWorld()
    await world.append(0, 'a', 'b')
    await world.append(1, 'c')
    await world.follower.follow()
    await world.append(0, 'd')
    await eventually(() => world.applied.length === 4, { withinMs: 2_000 })
    expect(world.applied.filter(([partition]) => partition === 0)).toEqual([
      [0, 'a'],
      [0, 'b'],
      [0, 'd'],
    ])
    expect(world.applied).toContainEqual([1, 'c'])
    expect(world.follower.position(0)).toEqual({ epoch: 1, sequence: 4 })
  })

  test('hears nothing more of a partition whose primary is here, and goes on where that one ended', async () => {
    const world = await startWorld()
    await world.append(0, 'a')
    await world.append(1, 'b')
    await world.follower.follow()
    await Promise.all([world.follower.caughtUp(0), world.follower.caughtUp(1)])
    world.follower.own(0, { epoch: 1, sequence: 2 })
    await world.append(0, 'for the primary here')
    world.follower.applied(0, { epoch: 1, sequence: 3 })
    await world.append(1, 'c')
    await world.follower.caughtUp(1)
    expect(world.applied).toEqual([
      [0, 'a'],
      [1, 'b'],
      [1, 'c'],
    ])
    world.follower.disown(0)
    await world.append(0, 'd')
    await world.follower.caughtUp(0)
    expect(world.applied.at(-1)).toEqual([0, 'd'])
    expect(world.follower.position(0)).toEqual({ epoch: 1, sequence: 4 })
  })

  test('what the primary here did not hear of is brought by the tail', async () => {
    const world = await startWorld()
    await world.follower.follow()
    await world.follower.caughtUp(0)
    world.follower.own(0, { epoch: 1, sequence: 1 })
    await world.append(0, 'landed unheard')
    world.follower.disown(0)
    await world.follower.caughtUp(0)
    expect(world.applied).toEqual([[0, 'landed unheard']])
  })

  test('I2: entries that come in two ways are applied once', async () => {
    const held: (() => void)[] = []
    const world = await startWorld((deliver) => held.push(deliver))
    await world.follower.follow()
    await world.append(0, 'a', 'b')
    const entries = await world.log.read({ partition: 0, after: logStart, limit: 10 })
    world.follower.applyEntries(0, entries)
    while (held.length > 0) held.shift()?.()
    world.follower.applyEntries(0, entries)
    expect(world.applied).toEqual([
      [0, 'a'],
      [0, 'b'],
    ])
    expect(world.follower.appliedCount(0)).toBe(3)
  })

  test('what a snapshot has brought is not read again', async () => {
    const world = await startWorld()
    await world.append(0, 'a', 'b')
    world.follower.startAt(0, { epoch: 1, sequence: 2 })
    await world.follower.follow()
    await world.follower.caughtUp(0)
    expect(world.applied).toEqual([[0, 'b']])
  })

  test('a delivery of an older tail that is still on its way is not applied', async () => {
    const held: (() => void)[] = []
    const world = await startWorld((deliver) => held.push(deliver))
    await world.follower.follow()
    await world.append(0, 'a')
    world.follower.disown(1)
    while (held.length > 0) {
      held.shift()?.()
      await Promise.resolve()
    }
    await eventually(
      () => {
        while (held.length > 0) held.shift()?.()
        return world.applied.length > 0
      },
      { withinMs: 2_000 },
    )
    expect(world.applied).toEqual([[0, 'a']])
  })

  test('many changes of what is followed at once apply each entry once', async () => {
    const world = await startWorld()
    await world.follower.follow()
    for (const partition of [0, 1, 2, 3, 0, 1]) world.follower.disown(partition)
    await world.append(0, 'a')
    await world.follower.caughtUp(0)
    expect(world.applied).toEqual([[0, 'a']])
  })

  test('caughtUp waits for what the log holds now, and for nothing later', async () => {
    const held: (() => void)[] = []
    const world = await startWorld((deliver) => held.push(deliver))
    await world.follower.follow()
    await world.append(0, 'a')
    let isCaughtUp = false
    const caughtUp = world.follower.caughtUp(0).then(() => {
      isCaughtUp = true
    })
    await Promise.resolve()
    expect(isCaughtUp).toBe(false)
    // The wait is for 'a': the delivery of 'b' stays on its way.
    await world.append(0, 'b')
    while (world.applied.length === 0) held.shift()?.()
    await caughtUp
    expect(world.applied).toEqual([[0, 'a']])
  })

  test('caughtUp answers at once where all is there, and where nothing was ever written', async () => {
    const world = await startWorld()
    await world.follower.caughtUp(3)
    expect(world.follower.position(3)).toEqual(logStart)
  })

  test('what the primary here has applied wakes those who wait for it', async () => {
    const world = await startWorld()
    await world.append(0, 'a', 'b')
    const caughtUp = world.follower.caughtUp(0)
    await Promise.resolve()
    world.follower.applied(0, { epoch: 1, sequence: 2 })
    world.follower.applied(0, { epoch: 1, sequence: 3 })
    await caughtUp
    expect(world.applied).toEqual([])
  })

  test('I2: what came in another way, was lost and written again, is not taken from the older tail', async () => {
    const tails: { from: LogPosition | undefined; handlers: TailHandlers }[] = []
    const log = {
      tail: (from: ReadonlyMap<Partition, LogPosition>, handlers: TailHandlers) => {
        tails.push({ from: from.get(0), handlers })
        return { behindSinceMs: undefined, position: () => logStart, close: async () => undefined }
      },
    } as unknown as ReplicationLog
    const { follower, applied } = followerOn(log)
    const at = (epoch: number, sequence: number): LogPosition => ({ epoch, sequence })
    const entry = (position: LogPosition, previous: LogPosition, text?: string): LogEntry => ({
      position,
      previous,
      payload: Buffer.from(text ?? ''),
      isBarrier: text === undefined,
    })
    await follower.follow()
    tails[0]?.handlers.onEntries(0, [entry(at(1, 1), logStart), entry(at(1, 2), at(1, 1), 'a')])
    expect(follower.applyEntries(0, [entry(at(1, 3), at(1, 2), 'b')])).toBe(true)
    // The tail stands at 1-2 still; the log has gone back to there, and holds `b` at 2-2.
    const rewritten = [entry(at(2, 1), at(1, 2)), entry(at(2, 2), at(2, 1), 'b')]
    tails[0]?.handlers.onEntries(0, rewritten)
    tails[0]?.handlers.onEntries(0, [entry(at(2, 3), at(2, 2), 'c')])
    await eventually(() => tails.length === 2, { withinMs: 2_000 })
    expect(tails[1]?.from).toEqual(at(1, 3))
    expect(follower.applyEntries(0, rewritten)).toBe(false)
    tails[1]?.handlers.onEntries(0, [entry(at(2, 2), at(1, 3)), entry(at(2, 3), at(2, 2), 'c')])
    expect(applied.map(([, text]) => text)).toEqual(['a', 'b', 'c'])
    expect(follower.position(0)).toEqual(at(2, 3))
  })

  test('after close nothing is applied any more', async () => {
    const held: (() => void)[] = []
    const world = await startWorld((deliver) => held.push(deliver))
    await world.follower.follow()
    await world.append(0, 'a')
    await world.follower.close()
    for (const deliver of held) deliver()
    expect(world.applied).toEqual([])
  })

  test('a tail that cannot go on is told', async () => {
    const world = await startWorld()
    await world.append(0, 'a', 'b', 'c')
    await world.log.trim(0, { epoch: 1, sequence: 3 })
    await world.follower.follow()
    await eventually(() => world.errors.length === 1, { withinMs: 2_000 })
    expect(world.applied).toEqual([])
  })
})

async function startWorld(schedule: (deliver: () => void) => void = queueMicrotask) {
  const log = new MemoryLog({ clock: () => 0, schedule, partitionCount: 4 })
  const { follower, applied, errors } = followerOn(log)
  const ends = new Map<Partition, LogPosition>()
  for (const partition of [0, 1]) {
    await log.acquire({ partition, node: 'writer', ttlMs: 1_000, minEpoch: 0 })
    ends.set(partition, { epoch: 1, sequence: 1 })
  }
  const append = async (partition: Partition, ...texts: string[]): Promise<void> => {
    const result = await log.append({
      partition,
      node: 'writer',
      epoch: 1,
      previous: ends.get(partition)!,
      payloads: texts.map((text) => Buffer.from(text)),
    })
    if (result.outcome !== 'appended') throw new Error(result.outcome)
    ends.set(partition, result.last)
  }
  return { log, follower, applied, errors, append }
}

function followerOn(log: ReplicationLog) {
  const applied: [Partition, string][] = []
  const errors: Error[] = []
  const follower = new LogFollower({
    log,
    partitionCount: 4,
    pause: async () => undefined,
    applyPayload: (partition, payload) =>
      applied.push([partition, Buffer.from(payload).toString()]),
    onError: (error) => errors.push(error),
  })
  return { follower, applied, errors }
}
