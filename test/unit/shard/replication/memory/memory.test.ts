import { expect, test } from 'vitest'
import type { TailHandlers } from '../../../../../shard/replication/log.ts'
import { type Delivery, MemoryLog } from '../../../../../shard/replication/memory/memory.ts'
import { type LogPosition, logStart } from '../../../../../shard/replication/position.ts'

type Held = { deliver: () => void; delivery: Delivery }

/** A log whose deliveries wait until the test makes them. */
function createHeldLog(): { log: MemoryLog; held: Held[] } {
  const held: Held[] = []
  const log = new MemoryLog({
    clock: () => 0,
    schedule: (deliver, delivery) => held.push({ deliver, delivery }),
  })
  return { log, held }
}

function recorder(): { seen: number[]; handlers: TailHandlers } {
  const seen: number[] = []
  const handlers: TailHandlers = {
    onEntries: (_, entries) => seen.push(...entries.map((entry) => entry.position.sequence)),
    onError: (error) => {
      throw error
    },
  }
  return { seen, handlers }
}

async function appendOne(log: MemoryLog, previous: LogPosition): Promise<LogPosition> {
  const request = { partition: 0, node: 'a', epoch: previous.epoch, previous }
  const result = await log.append({ ...request, payloads: [new Uint8Array(1)] })
  if (result.outcome !== 'appended') throw new Error(result.outcome)
  return result.last
}

test('deliveries wait for their schedule, one for each append and tail', async () => {
  const { log, held } = createHeldLog()
  const first = recorder()
  const second = recorder()
  log.tail(new Map([[0, logStart]]), first.handlers)
  log.tail(new Map([[0, logStart]]), second.handlers)
  for (const { deliver } of held.splice(0)) deliver()
  await log.acquire({ partition: 0, node: 'a', ttlMs: 1000, minEpoch: 0 })
  await appendOne(log, { epoch: 1, sequence: 1 })
  expect(held.map(({ delivery }) => delivery.consumer)).toEqual([0, 1, 0, 1])
  expect([first.seen, second.seen]).toEqual([[], []])
  for (const { deliver, delivery } of held) if (delivery.consumer === 1) deliver()
  expect([first.seen, second.seen]).toEqual([[], [1, 2]])
})

test('deliveries that a test makes in the wrong order still hand over in order', async () => {
  const { log, held } = createHeldLog()
  const { seen, handlers } = recorder()
  const tail = log.tail(new Map([[0, logStart]]), handlers)
  await log.acquire({ partition: 0, node: 'a', ttlMs: 1000, minEpoch: 0 })
  const second = await appendOne(log, { epoch: 1, sequence: 1 })
  await appendOne(log, second)
  const [start, barrier, first, last] = held
  first?.deliver()
  expect(seen).toEqual([1, 2])
  expect(tail.position(0)).toEqual(second)
  last?.deliver()
  start?.deliver()
  barrier?.deliver()
  expect(seen).toEqual([1, 2, 3])
})

test('a delivery that comes after its tail was closed does nothing', async () => {
  const { log, held } = createHeldLog()
  const { seen, handlers } = recorder()
  const tail = log.tail(new Map([[0, logStart]]), handlers)
  await log.acquire({ partition: 0, node: 'a', ttlMs: 1000, minEpoch: 0 })
  await tail.close()
  for (const { deliver } of held) deliver()
  expect(seen).toEqual([])
})

test('handles on one log share entries and leases, and close alone', async () => {
  const { log } = createHeldLog()
  const other = new MemoryLog({ clock: () => 0, on: log })
  await log.acquire({ partition: 0, node: 'a', ttlMs: 1000, minEpoch: 0 })
  expect(await other.head(0)).toEqual({ epoch: 1, sequence: 1 })
  await log.close()
  expect(await other.head(0)).toEqual({ epoch: 1, sequence: 1 })
  await expect(log.head(0)).rejects.toThrow(/closed/)
})
