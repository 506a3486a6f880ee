// A fixed rate stays one on paper while the server stands still.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Timetable } from '../../../../loadtest/http/arrivals.ts'

describe('a timetable of four a second', () => {
  const start = () => new Timetable({ nowMs: 10_000, perSecond: 4 })

  test('finds nothing wrong with requests that are sent early', () => {
    const timetable = start()
    for (const nowMs of [10_000, 10_010, 10_020, 10_030]) {
      expect(timetable.sent(nowMs)).toEqual({ lateMs: 0, skippedMs: [] })
    }
  })

  test('counts from when a request was due, where it is sent later', () => {
    const timetable = start()
    timetable.sent(10_000)
    expect(timetable.sent(10_600)).toEqual({ lateMs: 350, skippedMs: [] })
    expect(timetable.sent(10_600)).toEqual({ lateMs: 100, skippedMs: [] })
    expect(timetable.sent(10_600)).toEqual({ lateMs: 0, skippedMs: [] })
  })

  test('does not forget what was due in a second that is over', () => {
    const timetable = start()
    timetable.sent(10_000)
    timetable.sent(10_000)
    expect(timetable.sent(12_100)).toEqual({
      lateMs: 100,
      skippedMs: [1_600, 1_350, 1_100, 850, 600, 350],
    })
  })

  test('goes along with a timer of the generator that drifts', () => {
    const timetable = start()
    let nowMs = 10_000
    for (let second = 0; second < 100; second++, nowMs += 1_002) {
      for (let place = 0; place < 4; place++) {
        expect(timetable.sent(nowMs)).toEqual({ lateMs: 0, skippedMs: [] })
      }
    }
  })

  test('does not forget what was due and had not been sent when all was over', () => {
    const timetable = start()
    timetable.sent(10_000)
    timetable.sent(10_000)
    expect(timetable.ended(11_600)).toEqual([1_100, 850, 600, 350, 100])
    expect(timetable.ended(11_600)).toEqual([])
  })

  test('misses nothing at the end where all was sent early', () => {
    const timetable = start()
    for (let place = 0; place < 4; place++) timetable.sent(10_000)
    expect(timetable.ended(11_000)).toEqual([])
  })

  test('lets nobody off who waited for the last answer of a second', () => {
    const timetable = start()
    for (let place = 0; place < 4; place++) timetable.sent(10_000)
    expect(timetable.sent(11_500).lateMs).toBe(500)
  })
})

test('each second, as many count as were due, however they were sent', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 20, maxLength: 60 })
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 20 }), (gapsMs, perSecond) => {
      const timetable = new Timetable({ nowMs: 0, perSecond })
      let nowMs = 0
      let [counted, sentInSecond, second] = [0, 0, 0]
      for (const gapMs of gapsMs) {
        nowMs += gapMs
        const now = Math.floor(nowMs / 1_000)
        if (now > second) [second, sentInSecond] = [now, 0]
        // A connection that has sent all of a second waits for the next one.
        if (sentInSecond++ >= perSecond) continue
        const { lateMs, skippedMs } = timetable.sent(nowMs)
        counted += 1 + skippedMs.length
        for (const us of [lateMs, ...skippedMs]) expect(us).toBeGreaterThanOrEqual(0)
      }
      expect(counted).toBeGreaterThanOrEqual(second * perSecond - perSecond)
      expect(counted).toBeLessThanOrEqual((second + 1) * perSecond)
    }),
  )
})
