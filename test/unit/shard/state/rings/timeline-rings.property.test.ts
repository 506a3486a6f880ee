// The timeline rings: what is in one, in which order, and what happens to it.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TimelineRings } from '../../../../../shard/state/rings/timeline-rings.ts'
import { deliver, nothingNewer, page } from './ring-use.ts'

function ringsWith(owner: number, ids: readonly number[], capacityMax = 8): TimelineRings {
  const rings = new TimelineRings({ capacityMax, capacityMin: 4 })
  rings.create(owner)
  for (const id of ids) rings.insert(owner, id)
  return rings
}

describe('one timeline', () => {
  test('an owner without a ring takes nothing and shows nothing', () => {
    const rings = new TimelineRings()
    expect(rings.insert(7, 1)).toBe(false)
    expect(rings.count(7)).toBe(0)
    expect(page(rings, 7)).toEqual([])
    rings.drop(7)
    expect(rings.ringCount).toBe(0)
  })

  test('shows the newest first and forgets the oldest when it is full', () => {
    const rings = ringsWith(5, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(page(rings, 5)).toEqual([10, 9, 8, 7, 6, 5, 4, 3])
    expect(page(rings, 5, 6, 2)).toEqual([5, 4])
    expect(rings.insert(5, 2)).toBe(false)
    expect(rings.insert(5, 7)).toBe(false)
  })

  test('a late id finds its place, also across the seam of a full ring', () => {
    const rings = ringsWith(5, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    expect(rings.insert(5, 85)).toBe(true)
    expect(rings.insert(5, 45)).toBe(true)
    expect(page(rings, 5)).toEqual([100, 90, 85, 80, 70, 60, 50, 45])
  })

  test('creating a ring twice keeps what is in it', () => {
    const rings = ringsWith(5, [1, 2])
    rings.create(5)
    expect(page(rings, 5)).toEqual([2, 1])
  })

  test('filling takes the newest of what it is given', () => {
    const rings = ringsWith(5, [1])
    rings.fill(5, Float64Array.of(2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 9)
    expect(page(rings, 5)).toEqual([10, 9, 8, 7, 6, 5, 4, 3])
    expect(rings.insert(5, 12)).toBe(true)
    expect(page(rings, 5, nothingNewer, 2)).toEqual([12, 10])
  })

  test('keeps ids of 53 bits exactly', () => {
    const largest = Number.MAX_SAFE_INTEGER
    const rings = ringsWith(5, [largest - 1, largest - 2, largest])
    expect(page(rings, 5, Number.POSITIVE_INFINITY)).toEqual([largest, largest - 1, largest - 2])
  })

  test('refuses what is no id, no owner or no size', () => {
    const rings = ringsWith(5, [])
    expect(() => rings.insert(5, 0)).toThrow(RangeError)
    expect(() => rings.insert(5, Number.NaN)).toThrow(RangeError)
    expect(() => rings.create(-1)).toThrow(RangeError)
    expect(() => rings.create(2 ** 32)).toThrow(RangeError)
    expect(() => new TimelineRings({ capacityMax: 8, capacityMin: 9 })).toThrow(RangeError)
  })

  test('says so when the memory set aside is used up, and keeps the rings there are', () => {
    const rings = new TimelineRings({ bytesMax: 1 })
    expect(() => {
      for (let owner = 0; owner < 10_000; owner++) rings.fill(owner, Float64Array.of(owner + 1), 1)
    }).toThrow('slab is full')
    expect(page(rings, 0)).toEqual([1])
    expect(rings.insert(0, 2)).toBe(true)
  })
})

describe('many timelines', () => {
  test('a delivery reaches each owner that has a ring, and only the range asked for', () => {
    const rings = new TimelineRings()
    for (let owner = 0; owner < 3000; owner += 2) rings.create(owner)
    const owners = Uint32Array.from({ length: 3000 }, (_, owner) => owner)
    expect(deliver(rings, owners, { from: 10, to: 2000, id: 99 })).toBe(995)
    expect(deliver(rings, owners, { to: 10, id: 99 })).toBe(5)
    expect(deliver(rings, owners, { from: 2000, to: 9_999, id: 99 })).toBe(500)
    expect(page(rings, 4)).toEqual([99])
    expect(rings.count(5)).toBe(0)
  })

  test('memory of dropped and outgrown rings is used again', () => {
    const rings = new TimelineRings({ capacityMax: 256, capacityMin: 4 })
    const ids = Float64Array.from({ length: 256 }, (_, i) => i + 1)
    for (let owner = 0; owner < 500; owner++) rings.fill(owner, ids, 256)
    const bytes = rings.bytes
    for (let owner = 0; owner < 500; owner++) rings.drop(owner)
    for (let owner = 0; owner < 500; owner++) rings.create(owner)
    const owners = Uint32Array.from({ length: 500 }, (_, owner) => owner)
    for (let id = 1; id <= 256; id++) deliver(rings, owners, { id })
    expect(rings.bytes).toBeLessThan(bytes + 10 * 64 * 1024)
    expect(page(rings, 499)).toEqual([...ids].reverse())
  })

  test('hold the same content in whatever order the ids come', () => {
    const order = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(order, fc.integer({ min: 2, max: 16 }), (ids, capacityMax) => {
        const rings = new TimelineRings({ capacityMax, capacityMin: 2 })
        rings.create(0)
        for (const id of ids) rings.insert(0, id)
        const newest = [...ids].sort((a, b) => b - a).slice(0, capacityMax)
        expect(page(rings, 0)).toEqual(newest)
      }),
    )
  })
})

describe('ids that come late', () => {
  const delivered = (ids: readonly number[], capacityMax = 8): TimelineRings => {
    const rings = new TimelineRings({ capacityMax, capacityMin: 4 })
    rings.create(5)
    for (const id of ids) deliver(rings, Uint32Array.of(5), { id })
    return rings
  }

  test('are read in their place, before and after the ring is put in order', () => {
    const rings = delivered([10, 40, 20, 50, 30])
    expect(page(rings, 5)).toEqual([50, 40, 30, 20, 10])
    expect(page(rings, 5, 40, 2)).toEqual([30, 20])
    rings.order(5)
    expect(page(rings, 5)).toEqual([50, 40, 30, 20, 10])
    expect(page(rings, 5, 40, 2)).toEqual([30, 20])
  })

  test('push the oldest out of a full ring, in whichever round of the hand those were written', () => {
    const rings = delivered([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 55, 95, 85])
    expect(page(rings, 5)).toEqual([100, 95, 90, 85, 80, 70, 60, 55])
  })

  test.each([
    { when: 'a ring that is not full', ids: [10, 40, 20, 30, 20], shown: [40, 30, 20, 10] },
    {
      when: 'a full one, where it takes the place of the oldest',
      ids: [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 95, 110, 95],
      shown: [110, 100, 95, 90, 80, 70, 60],
    },
  ])('are shown once where they came twice: $when', ({ ids, shown }) => {
    const rings = delivered(ids)
    expect(page(rings, 5)).toEqual(shown)
    rings.order(5)
    expect(page(rings, 5)).toEqual(shown)
    expect(rings.count(5)).toBe(shown.length)
    for (const id of [120, 130]) deliver(rings, Uint32Array.of(5), { id })
    expect(page(rings, 5)).toEqual([130, 120, ...shown].slice(0, 8))
  })
})
