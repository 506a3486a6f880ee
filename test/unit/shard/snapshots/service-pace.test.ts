import { describe, expect, test } from 'vitest'
import { logStart } from '../../../../shard/replication/position.ts'
import { Pace } from '../../../../shard/snapshots/pace.ts'

const reach = (count: number) => ({ position: { epoch: 1, sequence: count }, count })
const minutes = 60_000
const snapshotEntries = 50_000

describe('the pace of snapshots', () => {
  test('one is due after so many entries', () => {
    const pace = new Pace(0)
    expect(pace.isDue(reach(49_999), { snapshotEntries, nowMs: 0 })).toBe(false)
    expect(pace.isDue(reach(50_000), { snapshotEntries, nowMs: 0 })).toBe(true)
    pace.noteSnapshot(reach(50_000), 0)
    expect(pace.isDue(reach(50_000), { snapshotEntries, nowMs: 0 })).toBe(false)
    expect(pace.isDue(reach(99_999), { snapshotEntries, nowMs: 0 })).toBe(false)
    expect(pace.isDue(reach(100_000), { snapshotEntries, nowMs: 0 })).toBe(true)
  })

  test('fewer will do after five minutes, but not next to none', () => {
    const pace = new Pace(0)
    expect(pace.isDue(reach(1_000), { snapshotEntries, nowMs: 5 * minutes - 1 })).toBe(false)
    expect(pace.isDue(reach(1_000), { snapshotEntries, nowMs: 5 * minutes })).toBe(true)
    expect(pace.isDue(reach(999), { snapshotEntries, nowMs: 500 * minutes })).toBe(false)
    pace.noteSnapshot(reach(1_000), 5 * minutes)
    expect(pace.isDue(reach(3_000), { snapshotEntries, nowMs: 9 * minutes })).toBe(false)
  })

  test('what another process has made counts, and an older one does not', () => {
    const pace = new Pace(0)
    pace.noteSnapshot(reach(60_000), 0)
    pace.noteSnapshot({ position: { epoch: 1, sequence: 10 }, count: 99_000 }, 0)
    expect(pace.entriesSince(70_000)).toBe(10_000)
    expect(pace.isDue(reach(70_000), { snapshotEntries, nowMs: 0 })).toBe(false)
  })

  test('a snapshot goes up to where the process was at the look before', () => {
    const pace = new Pace(0)
    expect(pace.look(reach(10))).toBeUndefined()
    expect(pace.look(reach(20))).toEqual(reach(10))
    expect(pace.look(reach(20))).toEqual(reach(20))
  })

  test('nothing is due where nothing is in the log', () => {
    const nothing = { position: logStart, count: 0 }
    expect(new Pace(0).isDue(nothing, { snapshotEntries: 0, nowMs: 500 * minutes })).toBe(false)
  })

  test('after a failure it pauses, longer each time, and never for more than five minutes', () => {
    const pace = new Pace(0)
    expect(pace.isPausing(0)).toBe(false)
    const pausesMs = Array.from({ length: 12 }, () => {
      pace.failed(0)
      let nowMs = 0
      while (pace.isPausing(nowMs)) nowMs += 500
      return nowMs
    })
    expect(pausesMs.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000])
    expect(pausesMs.at(-1)).toBe(5 * minutes)
    pace.succeeded()
    expect(pace.isPausing(0)).toBe(false)
  })
})
