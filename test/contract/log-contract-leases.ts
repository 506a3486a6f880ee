// The replication log's contract, second part: who may append, on one handle and on two.

import { describe, expect, test } from 'vitest'
import type { Lease, ReplicationLog } from '../../shard/replication/log.ts'
import { logStart } from '../../shard/replication/position.ts'
import {
  append,
  at,
  granted,
  readAll,
  type Subject,
  texts,
  ttlMs,
  write,
} from './log-contract-harness.ts'

export function describeLeases(subject: Subject): void {
  describe('leases', () => {
    test('a held lease names its holder and when to ask again', async () => {
      await granted(subject.log, {})
      await subject.medium.advance(ttlMs / 4)
      const lease = await subject.log.acquire({ partition: 0, node: 'b', ttlMs, minEpoch: 0 })
      expect(lease).toMatchObject({ outcome: 'held', holder: 'a' })
      const { remainingMs } = lease as Extract<Lease, { outcome: 'held' }>
      expect(remainingMs).toBeGreaterThan(0)
      expect(remainingMs).toBeLessThanOrEqual((ttlMs * 3) / 4)
      expect(texts(await readAll(subject.log))).toEqual(['|'])
    })

    test('the holder may acquire again and starts a new epoch', async () => {
      const last = await write(subject.log, { batches: [['first reign']] })
      const again = await granted(subject.log, {})
      expect(again).toEqual({ outcome: 'granted', epoch: last.epoch + 1, last })
      const stale = await append(subject.log, { previous: last, texts: ['x'] })
      expect(stale).toEqual({ outcome: 'fenced' })
      const fresh = await append(subject.log, { previous: at(again.epoch, 1), texts: ['second'] })
      expect(fresh.outcome).toBe('appended')
    })

    test('a renewed lease lives on, another one runs out', async () => {
      const { epoch } = await granted(subject.log, {})
      await granted(subject.log, { partition: 1 })
      await subject.medium.advance((ttlMs * 2) / 3)
      const leases = [{ partition: 0, epoch }]
      expect(await subject.log.renew({ node: 'a', ttlMs, leases })).toEqual([])
      await subject.medium.advance((ttlMs * 2) / 3)
      const first = await subject.log.acquire({ partition: 0, node: 'b', ttlMs, minEpoch: 0 })
      expect(first.outcome).toBe('held')
      const second = await subject.log.acquire({ partition: 1, node: 'b', ttlMs, minEpoch: 0 })
      expect(second.outcome).toBe('granted')
    })

    test('a renewal tells which leases are lost', async () => {
      const held = await granted(subject.log, { partition: 0 })
      const expired = await granted(subject.log, { partition: 1 })
      const taken = await granted(subject.log, { partition: 2 })
      const superseded = await granted(subject.log, { partition: 3 })
      const renewed = { partition: 0, epoch: held.epoch }
      await subject.medium.advance((ttlMs * 2) / 3)
      await subject.log.renew({ node: 'a', ttlMs, leases: [renewed] })
      await subject.medium.advance((ttlMs * 2) / 3)
      await granted(subject.log, { partition: 2, node: 'b' })
      await granted(subject.log, { partition: 3 })
      const lost = await subject.log.renew({
        node: 'a',
        ttlMs,
        leases: [
          renewed,
          { partition: 1, epoch: expired.epoch },
          { partition: 2, epoch: taken.epoch },
          { partition: 3, epoch: superseded.epoch },
          { partition: 4, epoch: 1 },
        ],
      })
      expect([...lost].sort()).toEqual([1, 2, 3, 4])
    })

    test('a released lease is free at once', async () => {
      const { epoch } = await granted(subject.log, {})
      await subject.log.release({ partition: 0, node: 'a', epoch })
      expect((await granted(subject.log, { node: 'b' })).epoch).toBeGreaterThan(epoch)
    })

    test('who has lost a lease cannot release it for its successor', async () => {
      const { epoch } = await granted(subject.log, {})
      await subject.medium.advance(ttlMs + 1)
      await granted(subject.log, { node: 'b' })
      await subject.log.release({ partition: 0, node: 'a', epoch })
      const lease = await subject.log.acquire({ partition: 0, node: 'c', ttlMs, minEpoch: 0 })
      expect(lease).toMatchObject({ outcome: 'held', holder: 'b' })
    })

    test('epochs only grow, and beyond every epoch the caller has seen', async () => {
      const epochs: number[] = []
      for (const minEpoch of [0, 0, 41, 7]) {
        const { epoch } = await granted(subject.log, { minEpoch })
        await subject.log.release({ partition: 0, node: 'a', epoch })
        epochs.push(epoch)
      }
      expect(epochs).toEqual([1, 2, 42, 43])
    })

    test('each barrier names the position before it', async () => {
      const first = await write(subject.log, { batches: [['one'], ['two']] })
      await subject.medium.advance(ttlMs + 1)
      const second = await write(subject.log, { node: 'b', batches: [['three']] })
      await granted(subject.log, { node: 'b' })
      const barriers = (await readAll(subject.log)).filter((entry) => entry.isBarrier)
      expect(barriers.map((entry) => entry.previous)).toEqual([logStart, first, second])
      expect(barriers.map((entry) => entry.position.sequence)).toEqual([1, 1, 1])
    })
  })

  describe('two handles on one medium', () => {
    test('one sees what the other has appended, as soon as that was answered', async () => {
      const other = await subject.open()
      const last = await write(subject.log, { batches: [['hello']] })
      expect(await other.head(0)).toEqual(last)
      expect(texts(await readAll(other))).toEqual(['|', 'hello'])
    })

    test('I6: the successor on one handle fences the primary on the other', async () => {
      const other = await subject.open()
      const last = await write(subject.log, { batches: [['mine']] })
      const refused = await other.acquire({ partition: 0, node: 'b', ttlMs, minEpoch: 0 })
      expect(refused).toMatchObject({ outcome: 'held', holder: 'a' })
      await subject.medium.advance(ttlMs + 1)
      const { epoch } = await granted(other, { node: 'b' })
      const late = await append(subject.log, { previous: last, texts: ['late'] })
      expect(late).toEqual({ outcome: 'fenced' })
      const renewal = { node: 'a', ttlMs, leases: [{ partition: 0, epoch: last.epoch }] }
      expect(await subject.log.renew(renewal)).toEqual([0])
      const next = await append(other, { node: 'b', previous: at(epoch, 1), texts: ['yours'] })
      expect(next.outcome).toBe('appended')
    })

    test('I6: of many who ask at once, one reigns', async () => {
      const other = await subject.open()
      const asked = [subject.log, other, subject.log, other].map((handle, index) =>
        handle.acquire({ partition: 0, node: `node-${index}`, ttlMs, minEpoch: 0 }),
      )
      const outcomes = (await Promise.all(asked)).map((lease) => lease.outcome).sort()
      expect(outcomes).toEqual(['granted', 'held', 'held', 'held'])
    })

    test('each handle appends to its own partitions at the same time', async () => {
      const other = await subject.open()
      const run = async (handle: ReplicationLog, partition: number): Promise<void> => {
        let last = at((await granted(handle, { partition })).epoch, 1)
        for (let round = 0; round < 30; round++) {
          const result = await append(handle, { partition, previous: last, texts: [`${round}`] })
          if (result.outcome !== 'appended') throw new Error(result.outcome)
          last = result.last
        }
      }
      await Promise.all([run(subject.log, 0), run(other, 1), run(subject.log, 2), run(other, 3)])
      for (const partition of [0, 1, 2, 3]) {
        expect(await subject.log.head(partition)).toEqual(at(1, 31))
      }
    })
  })
}
