// What a process keeps of the newest committed entries, and for how long.

import { describe, expect, test } from 'vitest'
import type { LogPosition } from '../../../../../shard/replication/position.ts'
import type { StreamEntry } from '../../../../../shard/replication/redis/redis-codec.ts'
import {
  KeptEntries,
  keptBytesMax,
  keptEntriesMax,
  keptMsMax,
} from '../../../../../shard/replication/redis/redis-kept.ts'

const at = (epoch: number, sequence: number): LogPosition => ({ epoch, sequence })

function entries(first: number, count: number, bytes = 1): StreamEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    position: at(1, first + index),
    previous: at(1, first + index - 1),
    payload: new Uint8Array(bytes),
    isBarrier: false,
    origins: [],
  }))
}

const sequences = (found: readonly StreamEntry[] | undefined): number[] | undefined =>
  found?.map(({ position }) => position.sequence)

describe('kept entries', () => {
  test('are found after each position that is known', () => {
    const kept = new KeptEntries(() => 0)
    kept.note(0, entries(2, 3))
    kept.note(0, entries(5, 1))
    expect(kept.tip(0)).toEqual(at(1, 5))
    expect(sequences(kept.after(0, at(1, 3)))).toEqual([4, 5])
    expect(sequences(kept.after(0, at(1, 1)))).toEqual([2, 3, 4, 5])
    expect(kept.after(0, at(1, 5))).toEqual([])
    expect(kept.after(0, at(0, 0))).toBeUndefined()
    expect(kept.after(1, at(0, 0))).toBeUndefined()
    expect(kept.tip(1)).toBeUndefined()
  })

  test('that come twice are kept once', () => {
    const kept = new KeptEntries(() => 0)
    kept.note(0, entries(2, 3))
    kept.note(0, entries(3, 4))
    kept.note(0, entries(2, 2))
    expect(sequences(kept.after(0, at(1, 1)))).toEqual([2, 3, 4, 5, 6])
    expect(kept.counts.entries).toBe(5)
  })

  test('begin anew where some are missing in between', () => {
    const kept = new KeptEntries(() => 0)
    kept.note(0, entries(2, 3))
    kept.note(0, entries(9, 2))
    expect(kept.after(0, at(1, 3))).toBeUndefined()
    expect(sequences(kept.after(0, at(1, 8)))).toEqual([9, 10])
    expect(kept.counts.entries).toBe(2)
  })

  test('are replaced behind the place where the log went back to', () => {
    const kept = new KeptEntries(() => 0)
    kept.note(0, entries(2, 3))
    kept.note(0, entries(5, 3))
    const barrier = { ...entries(1, 1)[0]!, position: at(2, 1), previous: at(1, 5) }
    kept.replaceAfter(0, { position: at(1, 5), entries: [barrier] })
    expect(kept.tip(0)).toEqual(at(2, 1))
    expect(kept.after(0, at(1, 4))?.map(({ position }) => position)).toEqual([at(1, 5), at(2, 1)])
  })

  test('tell barriers from what would be missed', () => {
    const kept = new KeptEntries(() => 0)
    const barrier = (position: LogPosition, previous: LogPosition): StreamEntry => ({
      ...entries(1, 1)[0]!,
      position,
      previous,
      isBarrier: true,
    })
    expect(kept.contentUpTo(0, at(2, 1))).toEqual(at(2, 1))
    kept.note(0, entries(2, 3))
    kept.note(0, [barrier(at(2, 1), at(1, 4))])
    kept.note(0, [barrier(at(3, 1), at(2, 1))])
    expect(kept.contentUpTo(0, at(3, 1))).toEqual(at(1, 4))
    expect(kept.contentUpTo(0, at(2, 1))).toEqual(at(1, 4))
    // What is not known may be of another history.
    for (const other of [at(2, 2), at(1, 3), at(4, 1)]) {
      expect(kept.contentUpTo(0, other)).toEqual(other)
    }
    kept.replaceAfter(0, { position: at(1, 3), entries: [] })
    expect(kept.tip(0)).toEqual(at(1, 3))
    kept.note(0, [barrier(at(5, 1), at(1, 3))])
    expect(kept.contentUpTo(0, at(5, 1))).toEqual(at(1, 3))
    // One that stands for what was written again is missed, unless it is said what is.
    kept.startOver(0, [barrier(at(6, 3), at(5, 1))], at(6, 2))
    expect(kept.contentUpTo(0, at(6, 3))).toEqual(at(6, 2))
    kept.startOver(0, [barrier(at(7, 3), at(6, 3))], at(7, 3))
    expect(kept.contentUpTo(0, at(7, 3))).toEqual(at(7, 3))
    kept.startOver(0, [barrier(at(6, 3), at(5, 1))], at(6, 2))
    expect(kept.tip(0)).toEqual(at(7, 3))
    // A reader may stand at one that was lost while others have gone on.
    expect(kept.contentUpTo(0, at(2, 1))).toEqual(at(1, 4))
  })

  test('are let go by age, number and size, the oldest first, over all partitions', () => {
    let nowMs = 0
    const kept = new KeptEntries(() => nowMs)
    kept.note(0, entries(2, 10))
    nowMs = keptMsMax
    kept.note(1, entries(2, 10))
    expect(kept.counts.entries).toBe(20)
    nowMs = keptMsMax + 1
    kept.note(1, entries(12, 1))
    expect(kept.after(0, at(1, 5))).toBeUndefined()
    expect(kept.tip(0)).toEqual(at(1, 11))
    expect(kept.counts.entries).toBe(11)
    kept.note(0, entries(12, keptEntriesMax - 5))
    expect(kept.after(1, at(1, 5))).toBeUndefined()
    expect(kept.counts.entries).toBeLessThanOrEqual(keptEntriesMax)
    for (let first = 0; first < 80; first++) {
      kept.note(2, entries(2 + first, 1, 2 ** 20))
      expect(kept.counts.bytes).toBeLessThanOrEqual(keptBytesMax)
    }
    expect(sequences(kept.after(2, at(1, 78)))).toEqual([79, 80, 81])
  })
})
