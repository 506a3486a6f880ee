// The codes of neighbor lists: every gap comes back, and lists are found in, and moved, as they were written.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  Cursor,
  copyCodes,
  decodeInto,
  gapAt,
  lengthAt,
  lengthOf,
  writeGap,
} from '../../../../../shard/state/graph/neighbor-code.ts'
import type { Window } from '../../../../../shard/state/memory/slab.ts'

const INDEX_MAX = 2 ** 29 - 1

describe('the code of gaps', () => {
  const borders = [
    2 ** 8,
    2 ** 15 + 2 ** 8,
    2 ** 18 + 2 ** 15 + 2 ** 8,
    2 ** 21 + 2 ** 18 + 2 ** 15 + 2 ** 8,
  ]
  const gap = fc.oneof(
    fc.integer({ min: 0, max: INDEX_MAX }),
    fc.constantFrom(...borders, ...borders.map((border) => border - 1), INDEX_MAX),
  )

  const start = fc.integer({ min: 2, max: 5 })

  test('gives back every gap, and its length from its first half byte', () => {
    fc.assert(
      fc.property(gap, start, (value, at) => {
        const window = windowOf(new Uint8Array(20).fill(0xff))
        expect(writeGap(window, at, value)).toBe(at + lengthOf(value))
        expect(lengthAt(window, at)).toBe(lengthOf(value))
        expect(gapAt(window, at)).toBe(value)
      }),
    )
  })

  test('leaves alone what stands beside it', () => {
    fc.assert(
      fc.property(gap, start, (value, at) => {
        const octets = new Uint8Array(20).fill(0xa5)
        const before = halvesOf(octets)
        const end = writeGap(windowOf(octets), at, value)
        expect(halvesOf(octets).slice(0, at)).toEqual(before.slice(0, at))
        expect(halvesOf(octets).slice(end)).toEqual(before.slice(end))
      }),
    )
  })

  test('is copied whole from any half byte to any other, also over itself', () => {
    const places = fc.record({
      from: fc.integer({ min: 0, max: 40 }),
      length: fc.integer({ min: 0, max: 40 }),
      to: fc.integer({ min: 1, max: 41 }),
      isSame: fc.boolean(),
    })
    const bytes = fc.uint8Array({ minLength: 48, maxLength: 48 })
    fc.assert(
      fc.property(places, bytes, ({ from, length, to, isSame }, source) => {
        const target = isSame ? source : new Uint8Array(48)
        const [expected, around] = [halvesOf(source).slice(from, from + length), halvesOf(target)]
        copyCodes(windowOf(source), { from, end: from + length }, windowOf(target), to)
        const halves = halvesOf(target)
        expect(halves.slice(to, to + length)).toEqual(expected)
        expect(halves.slice(0, to - 1)).toEqual(around.slice(0, to - 1))
        expect(halves.slice(to + length + 1)).toEqual(around.slice(to + length + 1))
      }),
    )
  })

  test('never needs more room for two gaps joined than for both', () => {
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
        const window = windowOf(new Uint8Array(204))
        let end = 3
        values.forEach((value, i) => {
          end = writeGap(window, end, value - (i === 0 ? 0 : values[i - 1]! + 1))
        })
        const out = new Uint32Array(60)
        const count = decodeInto(window, { from: 3, end, previous: -1, to: 2 ** 29 }, out, 0)
        expect([...out.subarray(0, count)]).toEqual(values)
        const cursor = new Cursor()
        cursor.seek(window, { from: 3, end }, target)
        expect(cursor.value).toBe(values.find((value) => value >= target) ?? -1)
        expect(cursor.previous).toBe(values.findLast((value) => value < target) ?? -1)
      }),
    )
  })
})

/** The half bytes of bytes, in the order of their positions. */
function halvesOf(octets: Uint8Array): number[] {
  return [...octets].flatMap((octet) => [octet & 0x0f, octet >>> 4])
}

function windowOf(octets: Uint8Array): Window {
  return { octets, view: new DataView(octets.buffer, octets.byteOffset, octets.length) }
}
