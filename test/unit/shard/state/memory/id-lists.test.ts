import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IdLists } from '../../../../../shard/state/memory/id-lists.ts'
import { absent } from '../../../../../shard/state/memory/id-table.ts'
import { idOf, seeded, someId } from '../seeded.ts'

const owner = fc.constantFrom(0, 1, 40, 5_000)
const operation = fc.record({
  owner,
  id: someId,
  kind: fc.constantFrom('insert', 'insert', 'insert', 'remove', 'remove', 'clear'),
})

function idsOf(lists: IdLists, of: number): number[] {
  return Array.from({ length: lists.length(of) }, (_, position) => lists.at(of, position))
}

const ascending = (ids: Iterable<number>) => [...ids].sort((a, b) => a - b)

describe('lists of ids', () => {
  test('stay ascending and distinct for every owner, whatever is inserted and removed', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 150 }), (operations) => {
        const lists = new IdLists()
        const model = new Map<number, Set<number>>()
        for (const { owner, id, kind } of operations) {
          const mine = model.get(owner) ?? new Set()
          model.set(owner, mine)
          expect(lists.has(owner, id)).toBe(mine.has(id))
          if (kind === 'clear') {
            lists.clear(owner)
            mine.clear()
          } else if (kind === 'remove') expect(lists.remove(owner, id)).toBe(mine.delete(id))
          else {
            expect(lists.insert(owner, id)).toBe(!mine.has(id))
            mine.add(id)
          }
        }
        for (const [owner, mine] of model) expect(idsOf(lists, owner)).toEqual(ascending(mine))
      }),
    )
  })

  test('grow by many at once as they do one by one', () => {
    const someIds = fc.uniqueArray(someId, { maxLength: 80 }).map(ascending)
    fc.assert(
      fc.property(someIds, fc.nat(80), owner, (ids, cut, owner) => {
        const lists = new IdLists()
        for (const id of ids.slice(0, cut)) lists.insert(owner, id)
        lists.append(owner, Float64Array.from(ids.slice(cut)), Math.max(0, ids.length - cut))
        expect(idsOf(lists, owner)).toEqual(ids)
        const again = () => lists.append(owner, Float64Array.from(ids), ids.length)
        if (ids.length > 0) expect(again).toThrow(RangeError)
        for (const id of ids) expect(lists.remove(owner, id)).toBe(true)
        expect(lists.length(owner)).toBe(0)
      }),
    )
  })

  test('take many more at once, whatever is in the list already', () => {
    fc.assert(
      fc.property(fc.uniqueArray(someId), fc.uniqueArray(someId), (before, more) => {
        const lists = new IdLists()
        for (const id of before) lists.insert(3, id)
        lists.addMany(3, Float64Array.from(ascending(more)), more.length)
        expect(idsOf(lists, 3)).toEqual(ascending([...new Set([...before, ...more])]))
      }),
    )
  })

  test('are read in pages, newest first, from any id on', () => {
    const limits = fc.integer({ min: -1, max: 30 })
    const before = fc.oneof(someId, fc.constant(Number.POSITIVE_INFINITY))
    fc.assert(
      fc.property(fc.uniqueArray(someId), before, limits, (ids, before, limit) => {
        const lists = new IdLists()
        for (const id of ids) lists.insert(3, id)
        const expected = ascending(ids).filter((id) => id < before)
        expect(lists.lowerBound(3, before)).toBe(expected.length)
        const out = new Float64Array(20)
        const count = lists.readBefore(3, { before, limit }, out)
        expect([...out.subarray(0, count)]).toEqual(
          expected.reverse().slice(0, Math.max(0, Math.min(limit, 20))),
        )
      }),
    )
  })

  test('still are right after 100,000 operations of owners of all sizes', () => {
    const draw = seeded(4)
    const lists = new IdLists()
    const model = new Map<number, Set<number>>()
    for (let step = 0; step < 100_000; step++) {
      // The square makes a few owners large and many small.
      const owner = Math.floor(draw(80) ** 2 / 80)
      const mine = model.get(owner) ?? new Set()
      model.set(owner, mine)
      const id = idOf({ ms: draw(8) > 0 ? 2e10 + step : 2e10 + draw(step + 1) })
      if (draw(10) < ((step >>> 14) % 2 === 0 ? 8 : 2)) {
        if (lists.insert(owner, id) === mine.has(id)) expect.fail(`insert ${id} at ${step}`)
        mine.add(id)
      } else {
        const known = lists.at(owner, draw(lists.length(owner) + 1))
        if (lists.remove(owner, known) !== mine.delete(known)) expect.fail(`remove at ${step}`)
      }
    }
    for (const [owner, mine] of model) expect(idsOf(lists, owner)).toEqual(ascending(mine))
  })

  test('grow to a page of their own and give it back', () => {
    const lists = new IdLists()
    const empty = lists.bytes
    for (let n = 1; n <= 100_000; n++) lists.insert(7, n * 2)
    expect(lists.length(7)).toBe(100_000)
    expect(lists.insert(7, 100_001)).toBe(true)
    expect(lists.at(7, 50_000)).toBe(100_001)
    expect(lists.lowerBound(7, 100_002)).toBe(50_001)
    expect(lists.bytes).toBeLessThan(100_000 * 8 * 2)
    lists.clear(7)
    expect(lists.length(7)).toBe(0)
    expect(lists.bytes).toBeLessThan(empty + 100_000 * 8)
    // What is left are the smaller blocks that the list went through: ready for others.
    const held = lists.bytes
    for (let owner = 0; owner < 100; owner++) for (let n = 1; n <= 100; n++) lists.insert(owner, n)
    expect(lists.bytes - held).toBeLessThan(4_096)
  })

  test('leave little behind where all of them grow side by side', () => {
    const lists = new IdLists()
    for (let n = 1; n <= 64; n++) for (let owner = 0; owner < 2_000; owner++) lists.insert(owner, n)
    // Full blocks of 64 ids, and the blocks of 32 that they came from, merged up to whole pages.
    expect(lists.bytes).toBeLessThan(2_000 * 64 * 8 * 1.7)
  })

  test('use freed room again: 50 generations of lists need no more than the first', () => {
    const lists = new IdLists()
    let bytesOfFirst = 0
    for (let generation = 0; generation < 50; generation++) {
      for (let owner = 0; owner < 20; owner++)
        for (let n = 1; n <= owner * 4; n++) lists.insert(owner, n)
      if (generation === 0) bytesOfFirst = lists.bytes
      for (let owner = 0; owner < 20; owner++)
        for (let n = owner * 4; n >= 1; n--) lists.remove(owner, n)
    }
    expect(lists.bytes).toBe(bytesOfFirst)
  })

  test('start with less than 4 KB, also with the first list in', () => {
    const lists = new IdLists()
    expect(lists.bytes).toBeLessThan(4_096)
    lists.insert(0, 1)
    expect(lists.bytes).toBeLessThan(4_096)
  })

  test('take only ids, and know nothing of owners never seen', () => {
    const lists = new IdLists()
    for (const wrong of [0, -1, Number.NaN]) {
      expect(() => lists.insert(1, wrong)).toThrow(RangeError)
      expect(lists.has(1, wrong)).toBe(false)
      expect(lists.remove(1, wrong)).toBe(false)
    }
    expect(() => lists.insert(absent, 1)).toThrow(RangeError)
    expect(lists.length(99_999)).toBe(0)
    expect(lists.at(99_999, 0)).toBe(absent)
    expect(lists.has(99_999, 1)).toBe(false)
    expect(lists.remove(99_999, 1)).toBe(false)
    expect(lists.lowerBound(99_999, 1)).toBe(0)
  })
})
