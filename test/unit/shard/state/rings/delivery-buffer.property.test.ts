// Deliveries that are gathered before they go into the rings: full blocks, late tweets, blocks that wait for long.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { gathering } from '../../../../../shard/state/rings/delivery-buffer.ts'
import { TimelineRings } from '../../../../../shard/state/rings/timeline-rings.ts'
import { seeded } from '../seeded.ts'
import { deliver, page } from './ring-use.ts'

const everything = { before: Number.MAX_SAFE_INTEGER, limit: 800 }
const usual = { ...gathering }

beforeEach(() => {
  Object.assign(gathering, { ringsMin: 0, directMax: 0 })
})
afterEach(() => {
  Object.assign(gathering, usual)
})

/** What is in a ring, buffered apart. */
function written(rings: TimelineRings, owner: number): number[] {
  const out = new Float64Array(everything.limit)
  return [...out.subarray(0, rings.readBefore(owner, everything, out))]
}

test('of many owners each has the newest of what was delivered to them, whatever came late', () => {
  const seed = Date.now() >>> 0
  console.info(`delivery-buffer: seed ${seed}`)
  const random = seeded(seed)
  const rings = new TimelineRings({ capacityMax: 64, capacityMin: 4 })
  const owners = Array.from({ length: 3_000 }, (_, place) => 1 + place * 5)
  const delivered = new Map<number, number[]>(owners.map((owner) => [owner, []]))
  for (const owner of owners) rings.create(owner)
  for (let step = 0; step < 2_000; step++) {
    const id = 1 + 50 * step - 49 * (random(4) === 0 ? random(Math.min(step, 90) + 1) : 0)
    const followers = owners.filter(() => random(12) === 0)
    const isNew = followers.filter((owner) => !delivered.get(owner)!.includes(id))
    deliver(rings, Uint32Array.from(isNew), { id })
    for (const owner of isNew) delivered.get(owner)!.push(id)
    if (random(40) > 0) continue
    const reader = owners[random(owners.length)]!
    expect(page(rings, reader)).toEqual(newestOf(delivered.get(reader)!))
  }
  for (const owner of owners) {
    if (String(page(rings, owner)) !== String(newestOf(delivered.get(owner)!))) {
      expect(page(rings, owner)).toEqual(newestOf(delivered.get(owner)!))
    }
  }
})

function newestOf(ids: readonly number[]): number[] {
  return ids.toSorted((one, other) => other - one).slice(0, 64)
}

test('what waits in a block that nobody looks at is still known after any number of tweets', () => {
  const rings = new TimelineRings()
  const [idle, busy] = [3, 50_000]
  for (const owner of [idle, busy]) rings.create(owner)
  for (let id = 1; id <= 40; id++) deliver(rings, Uint32Array.of(idle), { id })
  const delivery = { id: 0, isNewest: true }
  const owners = Uint32Array.of(busy)
  for (delivery.id = 41; delivery.id < 700_000; delivery.id++) {
    rings.deliver(owners, { from: 0, to: 1 }, delivery)
  }
  expect(page(rings, idle)).toEqual(Array.from({ length: 40 }, (_, place) => 40 - place))
  expect(page(rings, busy)).toEqual(Array.from({ length: 800 }, (_, place) => 699_999 - place))
})

test('a ring that is dropped and made again has nothing of what was gathered before', () => {
  const rings = new TimelineRings()
  rings.create(7)
  deliver(rings, Uint32Array.of(7), { id: 10 })
  rings.drop(7)
  deliver(rings, Uint32Array.of(7), { id: 11 })
  rings.fill(7, Float64Array.of(10, 11, 12), 3)
  deliver(rings, Uint32Array.of(7), { id: 13 })
  expect(page(rings, 7)).toEqual([13, 12, 11, 10])
  expect(rings.count(7)).toBe(4)
})

test('while rings are lent their owners keep what was gathered for them, and others have theirs written', () => {
  const rings = new TimelineRings()
  const left: [number, number][] = []
  rings.onLeft = (owner, id) => left.push([owner, id])
  for (const owner of [1, 2, 5]) rings.create(owner)
  rings.lend({ from: 1, to: 3 }, 20)
  deliver(rings, Uint32Array.of(5), { id: 21 })
  deliver(rings, Uint32Array.of(1), { id: 19 })
  const collected: number[] = []
  rings.collectBuffered(1, collected)
  expect(collected).toEqual([19])
  expect([written(rings, 1), page(rings, 5)]).toEqual([[], [21]])
  expect(left).toEqual([[1, 19]])
  rings.append(Uint32Array.of(1, 2), { from: 0, to: 2 }, { id: 20, isNewest: true })
  rings.takeBack()
  for (const [owner, id] of left) rings.insert(owner, id)
  expect([1, 2, 5].map((owner) => page(rings, owner))).toEqual([[20, 19], [20], [21]])
})
