// A reader of a log that lost its end, once or several times, still gets each entry once and in order.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogEntry } from '../../../../../shard/replication/log.ts'
import {
  comparePositions,
  type LogPosition,
  logStart,
} from '../../../../../shard/replication/position.ts'
import type { StreamEntry } from '../../../../../shard/replication/redis/redis-codec.ts'
import { Cursor } from '../../../../../shard/replication/redis/redis-cursor.ts'

const at = (epoch: number, sequence: number): LogPosition => ({ epoch, sequence })

/** A log as its primary and Redis keep it, with losses that the primary makes good. */
class Log {
  entries: StreamEntry[] = []
  #epoch = 0
  #written = 0

  get last(): LogPosition {
    return this.entries.at(-1)?.position ?? logStart
  }

  acquire(): void {
    this.#epoch++
    this.#push({ payload: new Uint8Array(0), isBarrier: true, origins: [] }, 1)
  }

  append(count: number): void {
    for (let index = 0; index < count; index++) {
      const payload = Buffer.from(String(this.#written++))
      this.#push({ payload, isBarrier: false, origins: [] }, this.last.sequence + 1)
    }
  }

  /** Redis forgets the newest `count` entries; the primary writes them again. */
  lose(count: number): void {
    const missing = this.entries.splice(Math.max(0, this.entries.length - count))
    this.acquire()
    for (const { payload, isBarrier, origins, position } of missing) {
      const again = { payload, isBarrier, origins: [...origins, position] }
      this.#push(again, this.last.sequence + 1)
    }
    this.acquire()
  }

  /** Redis forgets them and nobody knows them any more. */
  forget(count: number): void {
    this.entries.splice(this.entries.length - count)
    this.acquire()
  }

  /** Redis forgets the barriers at the end, and nothing else; whoever takes the lease next writes its own. */
  loseBarriers(): void {
    const last = this.entries.findLastIndex(({ isBarrier }) => !isBarrier)
    this.entries.splice(last + 1)
    this.acquire()
  }

  #push(content: Pick<StreamEntry, 'payload' | 'isBarrier' | 'origins'>, sequence: number): void {
    const previous = this.last
    this.entries.push({ ...content, previous, position: at(this.#epoch, sequence) })
  }

  after(position: LogPosition): StreamEntry[] {
    return this.entries.filter((entry) => comparePositions(entry.position, position) > 0)
  }
}

/** Reads as a tail does: some of what is there now. */
class Reader {
  readonly cursor: Cursor
  readonly got: LogEntry[] = []

  constructor(position: LogPosition = logStart, content = position) {
    this.cursor = new Cursor(position, content)
  }

  read(log: Log, limit = Number.POSITIVE_INFINITY): StreamEntry | undefined {
    const { entries, stray } = this.cursor.take(log.after(this.cursor.after).slice(0, limit))
    this.got.push(...entries)
    return stray
  }

  get texts(): string[] {
    const payloads = this.got.filter(({ isBarrier }) => !isBarrier)
    return payloads.map(({ payload }) => Buffer.from(payload).toString())
  }

  /** Whether every entry says that it follows the one before it. */
  get isContiguous(): boolean {
    return this.got.every((entry, index) => {
      const before = this.got[index - 1]?.position ?? logStart
      return (
        comparePositions(entry.previous, before) === 0 &&
        comparePositions(entry.position, before) > 0
      )
    })
  }
}

const counted = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))

describe('a cursor', () => {
  test('hands over one barrier for what it has, and then what is new', () => {
    const log = new Log()
    log.acquire()
    log.append(4)
    const reader = new Reader()
    reader.read(log, 4)
    expect(reader.cursor.position).toEqual(at(1, 4))
    log.lose(3)
    expect(reader.read(log)).toBeUndefined()
    expect(reader.got.slice(4).map(({ position, isBarrier }) => [position, isBarrier])).toEqual([
      [at(2, 3), true],
      [at(2, 4), false],
      [at(3, 1), true],
    ])
    expect(reader.got[4]?.previous).toEqual(at(1, 4))
    expect(reader.texts).toEqual(counted(4))
  })

  test('stays where it is until the log has come back to it', () => {
    const log = new Log()
    log.acquire()
    log.append(4)
    const reader = new Reader()
    reader.read(log)
    log.lose(3)
    reader.read(log, 3)
    expect(reader.cursor).toMatchObject({ position: at(1, 5), after: at(2, 3), isBehind: true })
    reader.read(log)
    expect(reader.cursor).toMatchObject({ position: log.last, isBehind: false })
    expect(reader.texts).toEqual(counted(4))
  })

  test('says so where the log goes on without what was read', () => {
    const log = new Log()
    log.acquire()
    log.append(4)
    const reader = new Reader()
    reader.read(log)
    log.forget(2)
    expect(reader.read(log)).toBeUndefined()
    expect(reader.cursor.isBehind).toBe(true)
    log.append(1)
    const stray = reader.read(log) as StreamEntry
    const where = { key: 'c:{p0}:log', partition: 0 }
    const failure = reader.cursor.failure(stray, { ...where, trimmed: logStart })
    expect(failure.message).toMatch(/has lost entries up to 1-5.*goes on at 2-2/)
    expect(reader.cursor.failure(stray, { ...where, trimmed: at(2, 1) })).toBeInstanceOf(RangeError)
  })

  test.each([false, true])(
    'goes on where only a barrier is lost; opened at it: %s',
    (isOpenedThere) => {
      const log = new Log()
      log.acquire()
      log.append(4)
      log.acquire()
      let reader = new Reader()
      expect(reader.read(log)).toBeUndefined()
      if (isOpenedThere) reader = new Reader(at(2, 1), at(1, 5))
      for (const epoch of [3, 4]) {
        log.loseBarriers()
        reader.read(log)
        expect(reader.cursor.position).toEqual(at(epoch, 1))
        expect(reader.cursor.content).toEqual(at(1, 5))
      }
      log.append(1)
      expect(reader.read(log)).toBeUndefined()
      expect(reader.texts.at(-1)).toBe('4')
      expect(reader.cursor.position).toEqual(at(4, 2))
    },
  )

  test('tells a hole from the end of a log', () => {
    const log = new Log()
    log.acquire()
    log.append(4)
    log.entries.splice(2, 1)
    const reader = new Reader()
    const stray = reader.read(log) as StreamEntry
    expect(stray.position).toEqual(at(1, 4))
    const where = { key: 'c:{p0}:log', partition: 0, trimmed: logStart }
    expect(reader.cursor.failure(stray, where).message).toMatch(/after 1-2 comes 1-4/)
  })

  test('I2, I3: each entry comes once and in order, whatever is lost and whenever one reads', () => {
    const step = fc.oneof(
      fc.record({ append: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ lose: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ loseBarriers: fc.constant(true) }),
      fc.record({ acquire: fc.constant(true) }),
      fc.record({ read: fc.integer({ min: 1, max: 5 }), reader: fc.nat({ max: 2 }) }),
      fc.record({ reopen: fc.nat({ max: 2 }) }),
    )
    const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const log = new Log()
      log.acquire()
      const readers = [new Reader(), new Reader(), new Reader()]
      const histories = readers.map(() => [] as LogEntry[])
      const reopen = (index: number): void => {
        const reader = readers[index] as Reader
        histories[index]?.push(...reader.got)
        const { position, content } = reader.cursor
        readers[index] = new Reader(position, content)
      }
      for (const one of steps) {
        if ('append' in one) log.append(one.append)
        else if ('lose' in one) log.lose(one.lose)
        else if ('loseBarriers' in one) log.loseBarriers()
        else if ('acquire' in one) log.acquire()
        else if ('reopen' in one) reopen(one.reopen)
        else expect(readers[one.reader]?.read(log, one.read)).toBeUndefined()
      }
      for (const [index, reader] of readers.entries()) {
        expect(reader.read(log)).toBeUndefined()
        reopen(index)
        const whole = Object.assign(new Reader(), { got: histories[index] })
        const entries = log.entries.filter(({ isBarrier }) => !isBarrier)
        expect(whole.texts).toEqual(entries.map(({ payload }) => Buffer.from(payload).toString()))
        expect(whole.isContiguous).toBe(true)
        expect(readers[index]?.cursor.position).toEqual(log.last)
      }
    })
    fc.assert(property, { numRuns: 2000 })
  })
})
