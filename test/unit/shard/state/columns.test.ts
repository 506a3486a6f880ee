import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Float64Column, Uint8Column, Uint32Column } from '../../../../shard/state/columns.ts'

describe.each([
  { name: 'Uint32Column', make: () => new Uint32Column(), most: 2 ** 32 - 1 },
  { name: 'Uint8Column', make: () => new Uint8Column(), most: 255 },
  { name: 'Float64Column', make: () => new Float64Column(), most: Number.MAX_SAFE_INTEGER },
])('$name', ({ make, most }) => {
  test('answers like a Map with 0 for what was never set, however far it is written', () => {
    const written = fc.record({ index: fc.nat(3_000), value: fc.integer({ min: 0, max: most }) })
    fc.assert(
      fc.property(fc.array(written, { maxLength: 50 }), (writes) => {
        const column = make()
        const model = new Map<number, number>()
        for (const { index, value } of writes) {
          column.set(index, value)
          model.set(index, value)
        }
        for (const { index } of writes) {
          for (const near of [index, index + 1, index * 2]) {
            expect(column.get(near)).toBe(model.get(near) ?? 0)
          }
        }
      }),
    )
  })

  test('grows by doubling, and reading never grows it', () => {
    const column = make()
    const empty = column.bytes
    expect(column.get(1_000_000)).toBe(0)
    expect(column.bytes).toBe(empty)
    column.set(15, 1)
    expect(column.bytes).toBe(empty)
    column.set(16, 1)
    expect(column.bytes).toBe(empty * 2)
    expect(column.get(15)).toBe(1)
  })
})

test('the parts of a sum may come in any order: a count that went below zero comes back right', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 1, 1, -1, -1, 1], { minLength: 6 }), (parts) => {
      const column = new Uint32Column()
      for (const part of parts) column.add(3, part)
      expect(column.get(3)).toBe(2)
      expect(column.get(2)).toBe(0)
    }),
  )
})
