// The memory of the rings and the follow graph in two threads, at the moment when it grows. The threads are two views
// here, so that each interleaving is the same in every run.

import { describe, expect, test } from 'vitest'
import { Adjacency } from '../../../../../shard/state/graph/adjacency.ts'
import { Slab } from '../../../../../shard/state/memory/slab.ts'
import { TimelineRings } from '../../../../../shard/state/rings/timeline-rings.ts'
import { neighborsOf } from '../graph/model-graph.ts'
import { grownMeanwhile } from './grown-meanwhile.ts'

const sizes = { blockUnits: Uint32Array.of(200), pageUnits: 256 }
/** Where the slab counts its growths: its second word. */
const growthsWord = 1

function growOnce(slab: Slab): void {
  for (const { length } = slab.words; slab.words.length === length; ) slab.allocate(0)
}

describe('views of a slab that grows while they are made', () => {
  test('reach all of it after the next refresh: of who attaches', () => {
    const ours = Slab.create(sizes)
    const theirs = grownMeanwhile(
      () => Slab.attach(ours.share()),
      () => growOnce(ours),
    )
    theirs.refresh()
    expect(theirs.words).toHaveLength(ours.words.length)
    expect(theirs.slots).toHaveLength(ours.slots.length)
  })

  test('and of who has been there before', () => {
    const ours = Slab.create(sizes)
    const theirs = Slab.attach(ours.share())
    growOnce(ours)
    grownMeanwhile(
      () => theirs.refresh(),
      () => growOnce(ours),
    )
    theirs.refresh()
    expect(theirs.words).toHaveLength(ours.words.length)
  })

  test('find the followers of a celebrity whose blocks are in the new part', () => {
    const ours = new Adjacency()
    for (let node = 0; node < 50; node++) for (let i = 0; i < 40; i++) ours.add(node, i * 1000)
    const { slab } = ours.share()
    const theirs = grownMeanwhile(
      () => Adjacency.attach(ours.share()),
      () => {
        const { byteLength } = slab.buffer
        for (let i = 0; slab.buffer.byteLength === byteLength; i++) ours.add(60 + (i % 20), i * 300)
      },
    )
    const followers = Array.from({ length: 3000 }, (_, i) => i * 999)
    for (const follower of followers) ours.add(100, follower)
    expect(neighborsOf(theirs, 100)).toEqual(followers)
    expect(theirs.has(100, 999)).toBe(true)
  })

  test('write what a ring in the new part is delivered', () => {
    const ours = new TimelineRings({ capacityMax: 64, capacityMin: 64 })
    const { slab } = ours.share()
    let owner = 0
    const theirs = grownMeanwhile(
      () => TimelineRings.attach(ours.share()),
      () => {
        const { byteLength } = slab.buffer
        while (slab.buffer.byteLength === byteLength) ours.create(owner++)
      },
    )
    const range = { from: 0, to: 1 }
    const id = 7
    expect(theirs.append(Uint32Array.of(owner - 1), range, { id, isNewest: true })).toBe(1)
    const out = new Float64Array(1)
    expect(ours.readBefore(owner - 1, { before: id + 1, limit: 1 }, out)).toBe(1)
    expect(out[0]).toBe(id)
  })
})

test('a list that leads to where the views do not reach is looked for once more, not taken for an empty one', () => {
  const ours = new Adjacency()
  const [one, other] = [Adjacency.attach(ours.share()), Adjacency.attach(ours.share())]
  const followers = Array.from({ length: 30_000 }, (_, i) => i * 999)
  for (const follower of followers) ours.add(100, follower)
  // As if they had seen all growths, and made their views before the last of them.
  new Uint32Array(ours.share().slab.buffer)[growthsWord] = 0
  expect(one.has(100, 29_999 * 999)).toBe(true)
  expect(neighborsOf(other, 100)).toEqual(followers)
})
