import { afterEach, describe, expect, test } from 'vitest'
import { FlatTable } from '../../../../../shard/state/memory/flat-table.ts'
import { atOnce, setAside } from '../../../../../shard/state/memory/set-aside.ts'
import { TimelineRings } from '../../../../../shard/state/rings/timeline-rings.ts'

const gigabyte = 2 ** 30

afterEach(() => {
  atOnce.bytesMax = 0
})

test('what is set aside whole is zero everywhere, and not resident before it is written', () => {
  atOnce.bytesMax = gigabyte
  const before = process.memoryUsage.rss()
  const numbers = new Float64Array(setAside(8, gigabyte))
  numbers[numbers.length - 1] = 1
  expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([gigabyte / 8, 0, 1])
  expect(process.memoryUsage.rss() - before).toBeLessThan(gigabyte / 4)
})

test('what is more than can be set aside begins small and grows', () => {
  atOnce.bytesMax = gigabyte - 1
  const buffer = setAside(8, gigabyte)
  buffer.grow(16)
  expect([buffer.byteLength, buffer.maxByteLength]).toEqual([16, gigabyte])
})

describe.each([
  { kind: 'set aside whole', atOnceMax: 8 * gigabyte },
  { kind: 'that grows', atOnceMax: 0 },
])('memory $kind', ({ atOnceMax }) => {
  test('holds timelines, and what one view writes the other reads', () => {
    atOnce.bytesMax = atOnceMax
    const ours = new TimelineRings({ capacityMax: 64, capacityMin: 4 })
    const emptyBytes = ours.bytes
    const theirs = TimelineRings.attach(structuredClone(ours.share()))
    for (let owner = 0; owner < 3_000; owner++) {
      theirs.create(owner * 40)
      for (let id = 1; id <= 20; id++) theirs.insert(owner * 40, id)
    }
    const out = new Float64Array(3)
    ours.readBefore(2_999 * 40, { before: Number.MAX_SAFE_INTEGER, limit: 3 }, out)
    expect([...out]).toEqual([20, 19, 18])
    // 3,000 rings with a power of two of entries above 20, and 120,000 places in the table.
    expect(ours.bytes - emptyBytes).toBeGreaterThan(3_000 * 8 * 32)
    expect(ours.bytes).toBeLessThan(10 * 2 ** 20)
  })

  test('is reached whole by whoever enters something after another view made it more', () => {
    atOnce.bytesMax = atOnceMax
    const ours = FlatTable.create()
    const theirs = FlatTable.attach(structuredClone(ours.share()))
    ours.entryFor(100_000)
    const entry = theirs.entryFor(99_999)
    theirs.words[entry] = 7
    expect(ours.words[ours.entryOf(99_999)]).toBe(7)
  })
})
