// The bytes of neighbor lists: every gap comes back, and lists are found in as they were written.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  Cursor,
  decodeInto,
  gapAt,
  lengthAt,
  lengthOf,
  writeGap,
} from '../../../../shard/state/neighbor-code.ts'

const INDEX_MAX = 2 ** 29 - 1

describe('the code of gaps', () => {
  const gap = fc.oneof(
    fc.integer({ min: 0, max: INDEX_MAX }),
    fc.constantFrom(0, 63, 64, 32767, 32768, 2 ** 21 - 1, 2 ** 21, INDEX_MAX),
  )

  test('gives back every gap, and its length from its first byte', () => {
    fc.assert(
      fc.property(gap, (value) => {
        const octets = new Uint8Array(8).fill(0xff)
        expect(writeGap(octets, 2, value)).toBe(2 + lengthOf(value))
        expect(lengthAt(octets, 2)).toBe(lengthOf(value))
        expect(gapAt(octets, 2)).toBe(value)
      }),
    )
  })

  test('never needs more bytes for two gaps joined than for both', () => {
    fc.assert(
      fc.property(gap, gap, (one, other) => {
        const joined = Math.min(one + other + 1, INDEX_MAX)
        expect(lengthOf(joined)).toBeLessThanOrEqual(lengthOf(one) + lengthOf(other))
      }),
    )
  })

  test('finds and decodes what was written', () => {
    const list = fc.uniqueArray(fc.integer({ min: 0, max: INDEX_MAX }), { maxLength: 40 })
    fc.assert(
      fc.property(list, fc.integer({ min: 0, max: INDEX_MAX }), (values, target) => {
        values.sort((a, b) => a - b)
        const octets = new Uint8Array(200)
        let end = 3
        values.forEach((value, i) => {
          end = writeGap(octets, end, value - (i === 0 ? 0 : values[i - 1]! + 1))
        })
        const out = new Uint32Array(60)
        const count = decodeInto(octets, { from: 3, end, previous: -1, to: 2 ** 29 }, out, 0)
        expect([...out.subarray(0, count)]).toEqual(values)
        const cursor = new Cursor()
        cursor.seek(octets, { from: 3, end }, target)
        expect(cursor.value).toBe(values.find((value) => value >= target) ?? -1)
        expect(cursor.previous).toBe(values.findLast((value) => value < target) ?? -1)
      }),
    )
  })
})
