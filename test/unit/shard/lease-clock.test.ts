import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LeaseClock, leaseMarginPart } from '../../../shard/lease-clock.ts'

const leaseMs = 1_000
const safeMs = leaseMs * (1 - leaseMarginPart)

function clockAt(startMs: number): { clock: LeaseClock; advance(ms: number): void } {
  let nowMs = startMs
  const clock = new LeaseClock({ leaseMs, now: () => nowMs })
  const advance = (ms: number): void => {
    nowMs += ms
  }
  return { clock, advance }
}

describe('a lease', () => {
  test('is not safe before it was granted', () => {
    const { clock } = clockAt(5_000)
    clock.asked()
    expect(clock.isSafe(0)).toBe(false)
  })

  test('counts from when it was asked for, however late the answer came', () => {
    const { clock, advance } = clockAt(5_000)
    const granted = clock.asked()
    advance(safeMs - 1)
    granted(3)
    expect(clock.isSafe(3)).toBe(true)
    expect(clock.isSafe(4)).toBe(false)
    advance(1)
    expect(clock.isSafe(3)).toBe(false)
  })

  test('whose answer came too late was never safe', () => {
    const { clock, advance } = clockAt(0)
    const granted = clock.asked()
    advance(safeMs)
    granted(0)
    expect(clock.isSafe(0)).toBe(false)
  })

  test('lives on when it is prolonged, also when the answers overtake each other', () => {
    const { clock, advance } = clockAt(0)
    const first = clock.asked()
    advance(safeMs / 2)
    const second = clock.asked()
    advance(1)
    second(0)
    first(0)
    advance(safeMs - 2)
    expect(clock.isSafe(0)).toBe(true)
    advance(1)
    expect(clock.isSafe(0)).toBe(false)
  })

  test('that has ended is not begun again by an answer from before', () => {
    const { clock } = clockAt(0)
    const granted = clock.asked()
    granted(0)
    const prolonged = clock.asked()
    clock.ended(0)
    prolonged(0)
    expect(clock.isSafe(0)).toBe(false)
    clock.asked()(0)
    expect(clock.isSafe(0)).toBe(true)
  })
})

test('I6: a holder never feels safe when another one may reign', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 700 }),
    sendMs: fc.integer({ min: 0, max: 400 }),
    answerMs: fc.integer({ min: 0, max: 700 }),
    isLost: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, endsEarly) => {
      const { clock, advance } = clockAt(0)
      let nowMs = 0
      let endsAtMs = 0
      const pass = (ms: number): void => {
        for (let passed = 0; passed < ms; passed += 50) {
          const stepMs = Math.min(50, ms - passed)
          advance(stepMs)
          nowMs += stepMs
          if (nowMs >= endsAtMs) expect(clock.isSafe(0)).toBe(false)
        }
      }
      for (const { waitMs, sendMs, answerMs, isLost } of steps) {
        pass(waitMs)
        const granted = clock.asked()
        pass(sendMs)
        // The log grants it when the request arrives there.
        endsAtMs = nowMs + leaseMs
        pass(answerMs)
        if (!isLost) granted(0)
      }
      if (endsEarly) clock.ended(0)
      expect(endsEarly && clock.isSafe(0)).toBe(false)
      pass(2 * leaseMs)
    }),
  )
})
