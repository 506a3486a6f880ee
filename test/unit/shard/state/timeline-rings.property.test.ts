// The timeline rings against the plainest model there is: a set of ids per owner, of which a reader
// sees the newest.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TimelineRings } from '../../../../shard/state/timeline-rings.ts'
import { seeded } from './seeded.ts'

const NOTHING_NEWER = Number.MAX_SAFE_INTEGER

/** What TimelineRings promises, without any of its means. */
class ModelRings {
  readonly rings = new Map<number, number[]>()
  readonly capacityMax: number

  constructor(capacityMax: number) {
    this.capacityMax = capacityMax
  }

  insert(owner: number, id: number): boolean {
    const ring = this.rings.get(owner)
    if (!ring || ring.includes(id)) return false
    if (ring.length === this.capacityMax && id < ring[0]!) return false
    ring.push(id)
    ring.sort((a, b) => a - b)
    if (ring.length > this.capacityMax) ring.shift()
    return true
  }

  fill(owner: number, ids: readonly number[]): void {
    this.rings.set(owner, ids.slice(-this.capacityMax))
  }

  readBefore(owner: number, before: number, limit: number): number[] {
    const older = (this.rings.get(owner) ?? []).filter((id) => id < before)
    return older.reverse().slice(0, limit)
  }
}

function page(rings: TimelineRings, owner: number, before = NOTHING_NEWER, limit = 2000): number[] {
  const out = new Float64Array(limit)
  return [...out.subarray(0, rings.readBefore(owner, { before, limit }, out))]
}

function ringsWith(owner: number, ids: readonly number[], capacityMax = 8): TimelineRings {
  const rings = new TimelineRings({ capacityMax, capacityMin: 4 })
  rings.create(owner)
  for (const id of ids) rings.insert(owner, id)
  return rings
}

function expectSame(rings: TimelineRings, model: ModelRings, owners: Iterable<number>): void {
  expect(rings.ringCount).toBe(model.rings.size)
  for (const owner of owners) {
    expect(rings.has(owner)).toBe(model.rings.has(owner))
    expect(rings.count(owner)).toBe(model.rings.get(owner)?.length ?? 0)
    expect(page(rings, owner)).toEqual(model.readBefore(owner, NOTHING_NEWER, 2000))
  }
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
    expect(page(rings, 5, NOTHING_NEWER, 2)).toEqual([12, 10])
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
    expect(rings.insertMany(owners, { from: 10, to: 2000 }, 99)).toBe(995)
    expect(rings.insertMany(owners, { from: 0, to: 9_999 }, 99)).toBe(505)
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
    for (let id = 1; id <= 256; id++) rings.insertMany(owners, { from: 0, to: 500 }, id)
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
    for (const id of ids) rings.insertMany(Uint32Array.of(5), { from: 0, to: 1 }, id)
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
    for (const id of [120, 130]) rings.insertMany(Uint32Array.of(5), { from: 0, to: 1 }, id)
    expect(page(rings, 5)).toEqual([130, 120, ...shown].slice(0, 8))
  })
})

/** Sparse owners: blocks of neighbors with wide gaps between them. */
const ownerOf = (choice: number): number => (choice % 3) * 100_000 + Math.floor(choice / 3)
const OWNERS = Array.from({ length: 12 }, (_, choice) => ownerOf(choice))

describe('any mix of operations', () => {
  test('leaves what the model says', () => {
    const owner = fc.constantFrom(...OWNERS)
    const id = fc.integer({ min: 1, max: 80 })
    const operation = fc.oneof(
      { weight: 8, arbitrary: fc.tuple(fc.constant('insert' as const), owner, id) },
      { weight: 3, arbitrary: fc.tuple(fc.constant('deliver' as const), owner, id) },
      { weight: 3, arbitrary: fc.tuple(fc.constant('create' as const), owner, id) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('drop' as const), owner, id) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('fill' as const), owner, id) },
      { weight: 2, arbitrary: fc.tuple(fc.constant('read' as const), owner, id) },
      { weight: 1, arbitrary: fc.tuple(fc.constant('order' as const), owner, id) },
    )
    const capacityMin = fc.integer({ min: 2, max: 6 })
    const capacityMore = fc.integer({ min: 0, max: 10 })
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 200, size: 'max' }),
        capacityMin,
        capacityMore,
        (operations, smallest, more) => {
          const capacityMax = smallest + more
          const rings = new TimelineRings({ capacityMin: smallest, capacityMax })
          const model = new ModelRings(capacityMax)
          for (const [name, of, value] of operations) perform(rings, model, name, of, value)
          expectSame(rings, model, OWNERS)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('leaves what the model says after 100,000 operations', () => {
    const seed = Date.now() >>> 0
    console.info(`timeline-rings: 100,000 operations with seed ${seed}`)
    const random = seeded(seed)
    const rings = new TimelineRings({ capacityMax: 16, capacityMin: 4 })
    const model = new ModelRings(16)
    const owners = Array.from({ length: 300 }, (_, choice) => ownerOf(choice))
    const names = ['create', 'insert', 'insert', 'deliver', 'deliver', 'order', 'read'] as const
    for (let step = 0; step < 100_000; step++) {
      const name = random(200) === 0 ? 'drop' : random(200) === 0 ? 'fill' : names[random(7)]!
      const id = 1 + Math.max(0, Math.floor(step / 10) - random(random(2) === 0 ? 4 : 400))
      perform(rings, model, name, owners[random(owners.length)]!, id)
    }
    expectSame(rings, model, owners)
  })
})

/** `expect` itself takes longer than the operation, so it is called only to report a difference. */
function expectEqual(actual: unknown, expected: unknown): void {
  if (String(actual) !== String(expected)) expect(actual).toEqual(expected)
}

type Name = 'insert' | 'deliver' | 'create' | 'drop' | 'fill' | 'read' | 'order'

function perform(
  rings: TimelineRings,
  model: ModelRings,
  name: Name,
  owner: number,
  value: number,
): void {
  if (name === 'insert') expectEqual(rings.insert(owner, value), model.insert(owner, value))
  if (name === 'create') {
    rings.create(owner)
    if (!model.rings.has(owner)) model.fill(owner, [])
  }
  if (name === 'drop') {
    rings.drop(owner)
    model.rings.delete(owner)
  }
  if (name === 'fill') {
    const ids = Array.from({ length: value % 23 }, (_, i) => 3 * i + value)
    rings.fill(owner, Float64Array.from(ids), ids.length)
    model.fill(owner, ids)
  }
  if (name === 'deliver') {
    const isNew = (each: number) => model.rings.get(each)?.includes(value) !== true
    const owners = OWNERS.filter((each) => each >= owner && isNew(each))
    const taken = owners.filter((each) => model.insert(each, value)).length
    const delivered = rings.insertMany(Uint32Array.from(owners), { from: 0, to: 99 }, value)
    expectEqual(delivered, taken)
  }
  if (name === 'order') rings.order(owner)
  if (name === 'read') {
    const limit = value % 7
    expectEqual(page(rings, owner, value, limit), model.readBefore(owner, value, limit))
  }
}
