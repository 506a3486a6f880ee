// The replication log's contract, first part: appending and reading.

import { describe, expect, test } from 'vitest'
import { logStart } from '../../shard/replication/position.ts'
import {
  append,
  at,
  bytes,
  contractPartitions,
  granted,
  readAll,
  type Subject,
  texts,
  ttlMs,
  write,
} from './log-contract-harness.ts'

export function describeAppends(subject: Subject): void {
  describe('appends and reads', () => {
    test('an empty log has nothing and ends at its start', async () => {
      expect(await subject.log.head(0)).toEqual(logStart)
      expect(await readAll(subject.log)).toEqual([])
    })

    test('entries come back in order, with positions that count without a hole', async () => {
      const last = await write(subject.log, { batches: [['one'], ['two', 'three'], ['']] })
      const entries = await readAll(subject.log)
      expect(texts(entries)).toEqual(['|', 'one', 'two', 'three', ''])
      expect(entries.map((entry) => entry.position)).toEqual(
        [1, 2, 3, 4, 5].map((sequence) => at(1, sequence)),
      )
      expect(entries.map((entry) => entry.previous)).toEqual([
        logStart,
        ...[1, 2, 3, 4].map((sequence) => at(1, sequence)),
      ])
      expect(entries.map((entry) => entry.isBarrier)).toEqual([true, false, false, false, false])
      expect(last).toEqual(at(1, 5))
      expect(await subject.log.head(0)).toEqual(last)
    })

    test('a read stops at its limit and goes on inside a batch', async () => {
      await write(subject.log, { batches: [['one', 'two', 'three', 'four'], ['five']] })
      const request = { partition: 0, after: at(1, 2), limit: 2 }
      expect(texts(await subject.log.read(request))).toEqual(['two', 'three'])
      const rest = { partition: 0, after: at(1, 4), limit: 10 }
      expect(texts(await subject.log.read(rest))).toEqual(['four', 'five'])
    })

    test('the caller may overwrite its bytes once it has the answer', async () => {
      const { epoch } = await granted(subject.log, {})
      const payload = bytes('kept')
      const previous = at(epoch, 1)
      await subject.log.append({ partition: 0, node: 'a', epoch, previous, payloads: [payload] })
      payload.fill(0)
      expect(texts(await readAll(subject.log, at(epoch, 1)))).toEqual(['kept'])
    })

    test('large and many payloads of one batch all arrive', async () => {
      const { epoch } = await granted(subject.log, {})
      const payloads = Array.from({ length: 500 }, (_, index) =>
        new Uint8Array(index === 250 ? 100_000 : 200).fill(index % 251),
      )
      const previous = at(epoch, 1)
      const result = await subject.log.append({
        partition: 0,
        node: 'a',
        epoch,
        previous,
        payloads,
      })
      expect(result).toEqual({ outcome: 'appended', last: at(epoch, 501) })
      const found = await readAll(subject.log, previous)
      expect(found.length).toBe(500)
      const same = found.every((entry, index) =>
        Buffer.from(entry.payload).equals(payloads[index] as Uint8Array),
      )
      expect(same).toBe(true)
    })

    test('partitions do not see one another', async () => {
      await write(subject.log, { batches: [['zero']] })
      expect(await subject.log.head(1)).toEqual(logStart)
      const { epoch } = await granted(subject.log, { partition: 1 })
      await append(subject.log, { partition: 1, previous: at(epoch, 1), texts: ['uno'] })
      const one = await subject.log.read({ partition: 1, after: at(epoch, 1), limit: 10 })
      expect(texts(one)).toEqual(['uno'])
      expect(texts(await readAll(subject.log))).toEqual(['|', 'zero'])
    })

    test('many partitions append at the same time', async () => {
      const partitions = Array.from({ length: contractPartitions }, (_, index) => index)
      const run = async (partition: number): Promise<void> => {
        let last = at((await granted(subject.log, { partition })).epoch, 1)
        for (let round = 0; round < 20; round++) {
          const batch = [`${partition}:${round}`, '-']
          const result = await append(subject.log, { partition, previous: last, texts: batch })
          if (result.outcome !== 'appended') throw new Error(result.outcome)
          last = result.last
        }
      }
      await Promise.all(partitions.map(run))
      for (const partition of partitions) {
        const found = await subject.log.read({ partition, after: at(1, 1), limit: 1000 })
        const expected = Array.from({ length: 20 }, (_, round) => [`${partition}:${round}`, '-'])
        expect(texts(found)).toEqual(expected.flat())
      }
    })

    test('an append without payloads, or outside its epoch, is a mistake of the caller', async () => {
      const { epoch } = await granted(subject.log, {})
      const request = { partition: 0, node: 'a', epoch, previous: at(epoch, 1) }
      await expect(subject.log.append({ ...request, payloads: [] })).rejects.toThrow(RangeError)
      const payloads = [bytes('x')]
      await expect(
        subject.log.append({ ...request, previous: at(epoch - 1, 4), payloads }),
      ).rejects.toThrow(RangeError)
    })

    test('a probe finds the log in order', async () => {
      await expect(subject.log.probe()).resolves.toBeUndefined()
    })
  })

  describe('outcomes of an append', () => {
    test('I6: a former primary is fenced, whether it knows or not', async () => {
      const last = await write(subject.log, { batches: [['mine']] })
      await subject.medium.advance(ttlMs + 1)
      const successor = await granted(subject.log, { node: 'b' })
      expect(successor.last).toEqual(last)
      expect(await append(subject.log, { previous: last, texts: ['late'] })).toEqual({
        outcome: 'fenced',
      })
      expect(texts(await readAll(subject.log))).toEqual(['|', 'mine', '|'])
    })

    test('nobody appends without ever having held the lease', async () => {
      const result = await append(subject.log, { previous: at(1, 1), texts: ['x'] })
      expect(result).toEqual({ outcome: 'no-lease' })
      await granted(subject.log, {})
      const stranger = await append(subject.log, { node: 'b', previous: at(1, 1), texts: ['x'] })
      expect(stranger).toEqual({ outcome: 'no-lease' })
      expect(texts(await readAll(subject.log))).toEqual(['|'])
    })

    test('a lease that ran out ends the right to append, also when nobody took over', async () => {
      const last = await write(subject.log, { batches: [['in time']] })
      await subject.medium.advance(ttlMs + 1)
      const late = await append(subject.log, { previous: last, texts: ['late'] })
      expect(late).toEqual({ outcome: 'no-lease' })
      expect(await subject.log.head(0)).toEqual(last)
    })

    test('a released lease ends it too', async () => {
      const last = await write(subject.log, { batches: [['x']] })
      await subject.log.release({ partition: 0, node: 'a', epoch: last.epoch })
      const late = await append(subject.log, { previous: last, texts: ['y'] })
      expect(late).toEqual({ outcome: 'no-lease' })
    })

    test('I2: a repeated append is recognized and written once', async () => {
      const last = await write(subject.log, { batches: [['one', 'two']] })
      const again = await append(subject.log, { previous: at(1, 1), texts: ['one', 'two'] })
      expect(again).toEqual({ outcome: 'duplicate', last })
      const next = await append(subject.log, { previous: last, texts: ['three'] })
      expect(next).toEqual({ outcome: 'appended', last: at(1, 4) })
      const older = await append(subject.log, { previous: at(1, 1), texts: ['one', 'two'] })
      expect(older).toEqual({ outcome: 'duplicate', last })
      expect(texts(await readAll(subject.log))).toEqual(['|', 'one', 'two', 'three'])
    })

    test('I1: a repeated append hears that it landed also when the lease is gone', async () => {
      const last = await write(subject.log, { batches: [['landed']] })
      await subject.medium.advance(ttlMs + 1)
      const again = await append(subject.log, { previous: at(1, 1), texts: ['landed'] })
      expect(again).toEqual({ outcome: 'duplicate', last })
    })

    test('an append that overlaps the end in part is a gap', async () => {
      const last = await write(subject.log, { batches: [['one']] })
      const overlap = await append(subject.log, { previous: at(1, 1), texts: ['one', 'two'] })
      expect(overlap).toEqual({ outcome: 'gap', last })
      expect(await subject.log.head(0)).toEqual(last)
    })

    test('an append behind entries that are not there is a gap', async () => {
      const last = await write(subject.log, { batches: [['one']] })
      const ahead = await append(subject.log, { previous: at(1, 7), texts: ['eight'] })
      expect(ahead).toEqual({ outcome: 'gap', last })
      expect(await subject.log.head(0)).toEqual(last)
    })
  })
}
