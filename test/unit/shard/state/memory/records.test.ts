import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Records } from '../../../../../shard/state/memory/records.ts'

describe.each([1, 2, 4, 8, 16])('records of %i words', (words) => {
  test('answer like a Map with 0 for what was never set, however far they are written', () => {
    const written = fc.record({
      index: fc.nat(20_000),
      word: fc.nat(words - 1),
      value: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    })
    fc.assert(
      fc.property(fc.array(written, { maxLength: 50 }), (writes) => {
        const records = new Records(words)
        const model = new Map<string, number>()
        for (const { index, word, value } of writes) {
          records.set(index, word, value)
          model.set(`${index} ${word}`, value)
        }
        for (const { index } of writes) {
          for (const near of [index, index + 1, index * 2]) {
            for (let word = 0; word < words; word++) {
              expect(records.get(near, word)).toBe(model.get(`${near} ${word}`) ?? 0)
            }
          }
        }
      }),
    )
  })
})

test('memory grows with the records that are written, and reading never grows it', () => {
  const records = new Records(4)
  expect(records.get(1_000_000, 3)).toBe(0)
  expect(records.bytes).toBe(0)
  records.set(15, 0, 1)
  expect(records.bytes).toBe(16 * 16)
  records.set(16, 0, 1)
  expect(records.bytes).toBe(32 * 16)
  records.set(100_000, 0, 1)
  expect(records.bytes).toBe(Math.ceil(100_000 / 4_096) * 4_096 * 16)
  expect(records.get(15, 0)).toBe(1)
})

test('the parts of a sum may come in any order: a count that went below zero comes back right', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 1, 1, -1, -1, 1], { minLength: 6 }), (parts) => {
      const field = new Records(2).field(1)
      for (const part of parts) field.add(3, part)
      expect(field.get(3)).toBe(2)
      expect(field.get(2)).toBe(0)
    }),
  )
})

test('a record is a part of a cache line', () => {
  expect(() => new Records(3)).toThrow(RangeError)
  expect(() => new Records(32)).toThrow(RangeError)
})
