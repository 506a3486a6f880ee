// The timeline rings in two threads: one writes, the other reads meanwhile.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { TimelineRings } from '../../../../../shard/state/rings/timeline-rings.ts'

const NOTHING_NEWER = Number.MAX_SAFE_INTEGER

function page(rings: TimelineRings, owner: number, before = NOTHING_NEWER, limit = 2000): number[] {
  const out = new Float64Array(limit)
  return [...out.subarray(0, rings.readBefore(owner, { before, limit }, out))]
}

describe('two threads', () => {
  test('what one view writes the other reads, growth included', () => {
    const ours = new TimelineRings({ capacityMax: 64, capacityMin: 4 })
    ours.create(1)
    const theirs = TimelineRings.attach(structuredClone(ours.share()))
    for (let owner = 0; owner < 3000; owner++) {
      theirs.create(owner * 40)
      for (let id = 1; id <= 20; id++) theirs.insert(owner * 40, id)
    }
    expect(ours.ringCount).toBe(3001)
    expect(page(ours, 2999 * 40, 4)).toEqual([3, 2, 1])
    expect(ours.insert(2999 * 40, 21)).toBe(true)
    expect(page(theirs, 2999 * 40, NOTHING_NEWER, 2)).toEqual([21, 20])
    ours.drop(0)
    expect(theirs.has(0)).toBe(false)
  })

  test('a page read while a worker delivers never repeats, skips back or loses the newest', async () => {
    const rings = new TimelineRings({ capacityMax: 32, capacityMin: 4 })
    const owners = Uint32Array.from({ length: 50 }, (_, i) => i * 7)
    for (const owner of owners) rings.create(owner)
    const module = new URL('../../../../../shard/state/rings/timeline-rings.ts', import.meta.url)
      .href
    const worker = new Worker(DELIVERING, {
      eval: true,
      workerData: { module, shared: rings.share(), owners },
    })
    let isDelivering = true
    const ended = once(worker, 'exit').finally(() => {
      isDelivering = false
    })
    const out = new Float64Array(32)
    const newestSeen = new Map<number, number>()
    for (let round = 0; isDelivering; round++) {
      const owner = owners[round % owners.length]!
      const count = rings.readBefore(owner, { before: NOTHING_NEWER, limit: 32 }, out)
      // The other thread lost its processor in the middle of a change.
      if (count < 0) continue
      for (let i = 1; i < count; i++) {
        // Every tenth id comes five places late, so a page may lack at most one for a moment.
        if (out[i - 1]! - out[i]! > 2 || out[i - 1]! <= out[i]!) expect([...out]).toBe('in order')
      }
      if (count > 0 && out[0]! < (newestSeen.get(owner) ?? 0)) expect([...out]).toBe('advancing')
      newestSeen.set(owner, count > 0 ? out[0]! : 0)
      if (round % 1000 === 0) await new Promise(setImmediate)
    }
    await ended
    expect(newestSeen.get(0)).toBeGreaterThan(1)
    expect(page(rings, 0)).toEqual(Array.from({ length: 32 }, (_, i) => 40_000 - i))
  })
})

/** Delivers the ids 1 to 40,000; those that end in 1 come five places late. */
const DELIVERING = `
const { workerData } = require('node:worker_threads')
import(workerData.module).then(({ TimelineRings }) => {
  const rings = TimelineRings.attach(workerData.shared)
  const { owners } = workerData
  const deliver = (id, isNewest) => {
    rings.append(owners, { from: 0, to: owners.length }, { id, isNewest })
    for (const owner of rings.left.slice(0, rings.leftCount)) rings.insert(owner, id)
  }
  for (let id = 1; id <= 40000; id++) {
    if (id % 10 !== 1) deliver(id, true)
    if (id % 10 === 6) deliver(id - 5, false)
  }
})
`
