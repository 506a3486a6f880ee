import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  firstIdAt,
  IdGenerator,
  idEpochMs,
  idMax,
  isId,
  parseId,
  partitionOfHandle,
  partitionOfId,
  partitionsMax,
  sequencesPerMs,
  timeOfId,
} from '../../../protocol/ids.ts'

const partition = fc.nat(partitionsMax - 1)
/** Milliseconds since 1970, from the first day of ids to the last one, with room for a few more ids. */
const timeMs = fc.integer({ min: idEpochMs + 1, max: timeOfId(idMax) - 10 })

describe('an id', () => {
  test('says its time and its partition, and is a safe integer to the end of its years', () => {
    fc.assert(
      fc.property(partition, timeMs, (of, ms) => {
        const id = new IdGenerator(of).next(ms)
        expect(isId(id)).toBe(true)
        expect(partitionOfId(id)).toBe(of)
        expect(timeOfId(id)).toBe(ms)
        expect(id).toBeGreaterThanOrEqual(firstIdAt(ms))
        expect(id).toBeLessThan(firstIdAt(ms + 1))
      }),
    )
    expect(new Date(timeOfId(idMax)).getUTCFullYear()).toBe(2095)
  })

  test('survives its decimal string, and nothing else is an id', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: idMax }), (id) => {
        expect(parseId(String(id))).toBe(id)
      }),
    )
    const others = ['', '0', '-1', '01', '1.0', '1e3', ' 1', '1 ', '9007199254740993', '１']
    for (const text of [...others, '99999999999999999', 'NaN', '0x1']) {
      expect(parseId(text)).toBeUndefined()
    }
    for (const value of [0, -1, 1.5, Number.NaN, idMax + 1, '1', null, undefined, 1n]) {
      expect(isId(value)).toBe(false)
    }
  })
})

describe('the ids of one partition', () => {
  test('grow strictly, however the clock jumps, and never lose their partition', () => {
    const clock = fc.array(fc.integer({ min: -5, max: 2 }), { maxLength: 200 })
    fc.assert(
      fc.property(partition, clock, (of, jumps) => {
        const ids = new IdGenerator(of)
        let nowMs = idEpochMs + 1_000
        let last = 0
        for (const jump of jumps) {
          nowMs += jump
          const id = ids.next(nowMs)
          expect(id).toBeGreaterThan(last)
          expect(partitionOfId(id)).toBe(of)
          last = id
        }
      }),
    )
  })

  test('of one millisecond are 16; the next one takes the next millisecond', () => {
    const ids = new IdGenerator(7)
    const nowMs = idEpochMs + 1_000
    const given = Array.from({ length: sequencesPerMs + 1 }, () => ids.next(nowMs))
    expect(new Set(given.map(timeOfId))).toEqual(new Set([nowMs, nowMs + 1]))
    expect(given.filter((id) => timeOfId(id) === nowMs)).toHaveLength(sequencesPerMs)
    expect(timeOfId(ids.next(nowMs + 5))).toBe(nowMs + 5)
  })

  test('are larger than every one that a predecessor gave out, also where its clock was ahead', () => {
    fc.assert(
      fc.property(partition, timeMs, fc.nat(100_000), (of, ms, behind) => {
        const predecessor = new IdGenerator(of)
        const last = Array.from({ length: 20 }, () => predecessor.next(ms)).at(-1)!
        const successor = new IdGenerator(of)
        successor.observe(last)
        successor.observe(new IdGenerator(of).next(Math.max(idEpochMs + 1, ms - 50)))
        expect(successor.next(Math.max(idEpochMs + 1, ms - behind))).toBeGreaterThan(last)
      }),
    )
  })
})

describe('the partition of a handle', () => {
  test('is that of the handle in any case, and below the count', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_]{1,15}$/), partition, (handle, count) => {
        const of = partitionOfHandle(handle, count + 1)
        expect(of).toBe(partitionOfHandle(handle.toUpperCase(), count + 1))
        expect(of).toBeLessThan(count + 1)
      }),
    )
  })

  test('spreads handles evenly', () => {
    const counts = new Array<number>(64).fill(0)
    for (let number = 0; number < 6_400; number++) {
      const of = partitionOfHandle(`user_${number}`, 64)
      counts[of] = counts[of]! + 1
    }
    // 100 each on average; with an even hash, five standard deviations are 50.
    expect(Math.min(...counts)).toBeGreaterThan(50)
    expect(Math.max(...counts)).toBeLessThan(150)
  })

  test('never changes: users stay where they are', () => {
    const of = ['ada', 'bob', 'carol'].map((handle) => partitionOfHandle(handle, 64))
    expect(of).toEqual([61, 1, 12])
  })
})
