// The timeline rings against the plainest model there is: a set of ids per owner, of which a reader
// sees the newest.
import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { gathering } from '../../../../../shard/state/rings/delivery-buffer.ts'
import { TimelineRings } from '../../../../../shard/state/rings/timeline-rings.ts'
import { seeded } from '../seeded.ts'
import { deliver, nothingNewer, page } from './ring-use.ts'

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

function expectSame(rings: TimelineRings, model: ModelRings, owners: Iterable<number>): void {
  expect(rings.ringCount).toBe(model.rings.size)
  for (const owner of owners) {
    expect(rings.has(owner)).toBe(model.rings.has(owner))
    expect(rings.count(owner)).toBe(model.rings.get(owner)?.length ?? 0)
    expect(page(rings, owner)).toEqual(model.readBefore(owner, nothingNewer, 2000))
  }
}

/** Sparse owners: blocks of neighbors with wide gaps between them. */
const ownerOf = (choice: number): number => (choice % 3) * 100_000 + Math.floor(choice / 3)
const OWNERS = Array.from({ length: 12 }, (_, choice) => ownerOf(choice))

describe.each([
  { how: 'one by one', when: { ...gathering } },
  { how: 'gathered', when: { ringsMin: 0, directMax: 0 } },
  { how: 'in both ways', when: { ringsMin: 0, directMax: 3 } },
  { how: 'gathered while there are many rings', when: { ringsMin: 6, directMax: 0 } },
])('any mix of operations, with deliveries $how,', ({ when }) => {
  const usual = { ...gathering }
  afterEach(() => {
    Object.assign(gathering, usual)
  })

  test('leaves what the model says', () => {
    Object.assign(gathering, when)
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
    Object.assign(gathering, when)
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
    for (const each of owners) model.insert(each, value)
    deliver(rings, Uint32Array.from(owners), { id: value })
  }
  if (name === 'order') rings.order(owner)
  if (name === 'read') {
    const limit = value % 7
    expectEqual(page(rings, owner, value, limit), model.readBefore(owner, value, limit))
  }
}
