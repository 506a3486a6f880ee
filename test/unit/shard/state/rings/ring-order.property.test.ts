// Ids that came nearly in order, put in order: against sorting all of them.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderIds } from '../../../../../shard/state/rings/ring-order.ts'

/** Behind three slots that are not to be touched. */
const from = 3

function ordered(ids: readonly number[]): number[] {
  const slots = Float64Array.of(-1, -1, -1, ...ids, -1)
  const count = orderIds(slots, from, ids.length)
  expect([...slots.subarray(0, from), slots.at(-1)]).toEqual([-1, -1, -1, -1])
  return [...slots.subarray(from, from + count)]
}

test('any ids come out ascending, each once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 300 }), (ids) => {
      expect(ordered(ids)).toEqual([...new Set(ids)].sort((a, b) => a - b))
    }),
  )
})

test('so do the tweets of a few sources, each in order and each with a lag of its own', () => {
  const source = fc.record({
    lag: fc.integer({ min: 0, max: 200 }),
    step: fc.integer({ min: 1, max: 9 }),
  })
  fc.assert(
    fc.property(fc.array(source, { minLength: 1, maxLength: 5 }), (sources) => {
      const arrivals = sources.flatMap(({ lag, step }, place) =>
        Array.from({ length: 150 }, (_, n) => ({
          at: n * step + lag,
          id: 1 + 5 * n * step + place,
        })),
      )
      const ids = arrivals.sort((a, b) => a.at - b.at).map(({ id }) => id)
      expect(ordered(ids)).toEqual(ids.toSorted((a, b) => a - b))
    }),
  )
})

test('very many descending ids, which is as far from their order as can be', () => {
  const ids = Array.from({ length: 100_000 }, (_, place) => 100_000 - place)
  expect(ordered(ids)).toEqual(ids.toReversed())
})
