import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbeddedLog } from '../../../../../shard/replication/embedded/embedded.ts'
import { Doorbell } from '../../../../../shard/replication/embedded/embedded-doorbell.ts'
import type { EmbeddedLog } from '../../../../../shard/replication/embedded/embedded-log.ts'
import { LogUnavailable } from '../../../../../shard/replication/log.ts'
import { logStart } from '../../../../../shard/replication/position.ts'
import { eventually } from '../../../../helpers/eventually.ts'
import { temporaryDirectory } from '../../../../helpers/temporary-directory.ts'

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const batchCount = 40

/** A log whose partitions hold a barrier and 40 batches of 100 entries each. */
async function openLongLog(partitions: readonly number[]): Promise<EmbeddedLog> {
  const directory = temporaryDirectory('log')
  const log = await openEmbeddedLog({ directory, partitionCount: 4, acknowledge: 'log' })
  onTestFinished(() => log.close())
  const payloads = Array.from({ length: 100 }, () => new Uint8Array(100))
  for (const partition of partitions) {
    await log.acquire({ partition, node: 'a', ttlMs: 60_000, minEpoch: 0 })
    for (let batch = 0; batch < batchCount; batch++) {
      const previous = { epoch: 1, sequence: 1 + batch * 100 }
      await log.append({ partition, node: 'a', epoch: 1, previous, payloads })
    }
  }
  return log
}

/** Takes a while, as the state machine behind a tail does. */
function work(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

test('a long log comes in slices, with turns of the event loop in between', async () => {
  const log = await openLongLog([0])
  let entryCount = 0
  const tail = log.tail(new Map([[0, logStart]]), {
    onEntries(_, entries) {
      entryCount += entries.length
      work(5)
    },
    onError: (error) => {
      throw error
    },
  })
  let turnsBetween = 0
  while (entryCount < 1 + batchCount * 100) {
    await nextTurn()
    if (entryCount > 0) turnsBetween++
  }
  expect(turnsBetween).toBeGreaterThanOrEqual(3)
  expect(tail.position(0)).toEqual({ epoch: 1, sequence: 1 + batchCount * 100 })
})

test('a long partition does not hold up a second one', async () => {
  const log = await openLongLog([0, 1])
  const order: number[] = []
  log.tail(new Map([0, 1].map((partition) => [partition, logStart])), {
    onEntries(partition) {
      order.push(partition)
      work(5)
    },
    onError: (error) => {
      throw error
    },
  })
  await eventually(() => order.length >= 4, { withinMs: 5000 })
  expect(order.slice(0, 4)).toEqual([0, 1, 0, 1])
})

test('a tail that is closed by its own handler stops at once', async () => {
  const log = await openLongLog([0, 1])
  let calls = 0
  const tail = log.tail(new Map([0, 1].map((partition) => [partition, logStart])), {
    onEntries() {
      calls++
      void tail.close()
    },
    onError: (error) => {
      throw error
    },
  })
  await eventually(() => calls > 0, { withinMs: 5000 })
  await log.probe()
  await nextTurn()
  expect(calls).toBe(1)
})

test('a long read that is under way when the log is closed is told so', async () => {
  const log = await openLongLog([0])
  const read = log.read({ partition: 0, after: logStart, limit: 1e6 })
  await Promise.all([expect(read).rejects.toThrow(LogUnavailable), log.close()])
})

test('a write to the file rings, and several in one turn ring once', async () => {
  const path = join(temporaryDirectory('bell'), 'data')
  writeFileSync(path, '')
  let rings = 0
  const doorbell = new Doorbell({ path, onRing: () => rings++ })
  onTestFinished(() => doorbell.close())
  doorbell.ring()
  doorbell.ring()
  expect(rings).toBe(0)
  await nextTurn()
  expect(rings).toBe(1)
  appendFileSync(path, 'x')
  await eventually(() => rings > 1, { withinMs: 1000 })
  doorbell.close()
  const ringsBefore = rings
  doorbell.ring()
  await nextTurn()
  expect(rings).toBe(ringsBefore)
})
