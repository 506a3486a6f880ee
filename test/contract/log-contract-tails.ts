// The replication log's contract, third part: following it, trimming it, closing it.

import { describe, expect, test } from 'vitest'
import type { AppendResult, LogEntry } from '../../shard/replication/log.ts'
import { comparePositions, type LogPosition, logStart } from '../../shard/replication/position.ts'
import {
  append,
  at,
  collect,
  contractPartitions,
  granted,
  readAll,
  type Subject,
  texts,
  ttlMs,
  write,
} from './log-contract-harness.ts'

export function describeTails(subject: Subject): void {
  describe('tails', () => {
    test('a tail hands over what is there and then what comes, each entry once', async () => {
      const last = await write(subject.log, { batches: [['one'], ['two', 'three']] })
      const { tail, entries, until } = collect(subject.log, new Map([[0, logStart]]))
      await until(() => entries.get(0)?.length === 4)
      await append(subject.log, { previous: last, texts: ['four', 'five'] })
      await until(() => entries.get(0)?.length === 6)
      expect(texts(entries.get(0))).toEqual(['|', 'one', 'two', 'three', 'four', 'five'])
      expect(tail.position(0)).toEqual(at(1, 6))
      expect(() => tail.position(1)).toThrow(RangeError)
      await tail.close()
    })

    test('a tail resumes after any position, also inside a batch', async () => {
      const last = await write(subject.log, { batches: [['one', 'two', 'three'], ['four']] })
      const middle = collect(subject.log, new Map([[0, at(1, 3)]]))
      await middle.until(() => middle.entries.get(0)?.length === 2)
      expect(texts(middle.entries.get(0))).toEqual(['three', 'four'])
      const end = collect(subject.log, new Map([[0, last]]))
      await append(subject.log, { previous: last, texts: ['five'] })
      await end.until(() => end.entries.get(0)?.length === 1)
      expect(texts(end.entries.get(0))).toEqual(['five'])
    })

    test('a tail on another handle follows all partitions, each in order', async () => {
      const other = await subject.open()
      const partitions = Array.from({ length: contractPartitions }, (_, index) => index)
      const start = new Map(partitions.map((partition) => [partition, logStart]))
      const { entries, until } = collect(other, start)
      const run = async (partition: number): Promise<void> => {
        let last = at((await granted(subject.log, { partition })).epoch, 1)
        for (let round = 0; round < 25; round++) {
          const result = await append(subject.log, { partition, previous: last, texts: ['x', 'y'] })
          last = (result as Extract<AppendResult, { last: LogPosition }>).last
        }
      }
      await Promise.all(partitions.map(run))
      await until(() => partitions.every((partition) => entries.get(partition)?.length === 51))
      for (const partition of partitions) {
        const found = entries.get(partition) as LogEntry[]
        let previous = logStart
        for (const entry of found) {
          expect(entry.previous).toEqual(previous)
          expect(comparePositions(entry.position, previous)).toBeGreaterThan(0)
          previous = entry.position
        }
      }
    })

    test('a tail crosses the barriers of several reigns', async () => {
      const { entries, until } = collect(subject.log, new Map([[0, logStart]]))
      await write(subject.log, { batches: [['one']] })
      await subject.medium.advance(ttlMs + 1)
      await write(subject.log, { node: 'b', batches: [['two']] })
      await granted(subject.log, { node: 'b' })
      await until(() => entries.get(0)?.length === 5)
      expect(texts(entries.get(0))).toEqual(['|', 'one', '|', 'two', '|'])
    })

    test('a closed tail is silent', async () => {
      const last = await write(subject.log, { batches: [['one']] })
      const closed = collect(subject.log, new Map([[0, logStart]]))
      await closed.until(() => closed.entries.get(0)?.length === 2)
      await closed.tail.close()
      const open = collect(subject.log, new Map([[0, last]]))
      await append(subject.log, { previous: last, texts: ['two'] })
      await open.until(() => open.entries.get(0)?.length === 1)
      expect(closed.entries.get(0)?.length).toBe(2)
    })
  })

  describe('trimming', () => {
    test('what was trimmed is gone, and a read from before it says so', async () => {
      await write(subject.log, { batches: [['one', 'two'], ['three'], ['four']] })
      await subject.log.trim(0, at(1, 3))
      expect(texts(await readAll(subject.log, at(1, 3)))).toEqual(['three', 'four'])
      expect(texts(await readAll(subject.log, at(1, 4)))).toEqual(['four'])
      await expect(readAll(subject.log, logStart)).rejects.toThrow(RangeError)
      await expect(readAll(subject.log, at(1, 1))).rejects.toThrow(RangeError)
    })

    test('a trim may end inside a batch', async () => {
      await write(subject.log, { batches: [['one', 'two', 'three'], ['four']] })
      await subject.log.trim(0, at(1, 3))
      await expect(readAll(subject.log, at(1, 2))).rejects.toThrow(RangeError)
      expect(texts(await readAll(subject.log, at(1, 3)))).toEqual(['three', 'four'])
    })

    test('a tail from before the trim stops with a RangeError', async () => {
      await write(subject.log, { batches: [['one'], ['two']] })
      await subject.log.trim(0, at(1, 2))
      const { entries, failure } = collect(subject.log, new Map([[0, logStart]]))
      expect(await failure).toBeInstanceOf(RangeError)
      expect(entries.get(0)).toBeUndefined()
    })

    test('a log that was trimmed to its end still knows where it ends', async () => {
      const last = await write(subject.log, { batches: [['one'], ['two']] })
      await subject.log.trim(0, last)
      expect(await subject.log.head(0)).toEqual(last)
      expect(await readAll(subject.log, last)).toEqual([])
      const next = await append(subject.log, { previous: last, texts: ['three'] })
      expect(next.outcome).toBe('appended')
      const again = await granted(subject.log, {})
      expect(again.last).toEqual(at(1, 4))
      expect(texts(await readAll(subject.log, last))).toEqual(['three', '|'])
    })

    test('trimming twice, or backwards, changes nothing more', async () => {
      await write(subject.log, { batches: [['one'], ['two'], ['three']] })
      await subject.log.trim(0, at(1, 3))
      await subject.log.trim(0, at(1, 3))
      await subject.log.trim(0, at(1, 1))
      await subject.log.trim(1, at(5, 5))
      await expect(readAll(subject.log, at(1, 1))).rejects.toThrow(RangeError)
      expect(texts(await readAll(subject.log, at(1, 3)))).toEqual(['three'])
      expect(await subject.log.head(1)).toEqual(logStart)
    })
  })

  test('a closed log rejects every call', async () => {
    const { epoch } = await granted(subject.log, {})
    await subject.log.close()
    await subject.log.close()
    const previous = at(epoch, 1)
    await expect(subject.log.head(0)).rejects.toThrow(/closed/)
    await expect(readAll(subject.log)).rejects.toThrow(/closed/)
    await expect(append(subject.log, { previous, texts: ['x'] })).rejects.toThrow(/closed/)
    await expect(granted(subject.log, {})).rejects.toThrow(/closed/)
    const leases = [{ partition: 0, epoch }]
    await expect(subject.log.renew({ node: 'a', ttlMs, leases })).rejects.toThrow(/closed/)
    await expect(subject.log.release({ partition: 0, node: 'a', epoch })).rejects.toThrow(/closed/)
    await expect(subject.log.trim(0, previous)).rejects.toThrow(/closed/)
    await expect(subject.log.probe()).rejects.toThrow(/closed/)
    expect(() => collect(subject.log, new Map([[0, logStart]]))).toThrow(/closed/)
  })
}
