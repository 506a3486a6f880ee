import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  Bucket,
  Buckets,
  isFull,
  shapeOf,
  take,
  untilFullMs,
} from '../../../../server/identity/rate-limit.ts'

describe('a token bucket', () => {
  test('gives a burst at once, then as fast as it fills, and says when', () => {
    const shape = shapeOf(10)
    const bucket = new Bucket(shape, 0)
    for (let count = 0; count < 20; count++) expect(take(bucket, shape, 0)).toBe(0)
    expect(take(bucket, shape, 0)).toBe(100)
    expect(take(bucket, shape, 60)).toBe(40)
    expect(take(bucket, shape, 100)).toBe(0)
    expect(untilFullMs(bucket, shape)).toBe(2_000)
    expect(isFull(bucket, shape, 2_099)).toBe(false)
    expect(isFull(bucket, shape, 2_101)).toBe(true)
  })

  test('is without a limit at a rate of 0', () => {
    const shape = shapeOf(0)
    const bucket = new Bucket(shape, 0)
    for (let count = 0; count < 1_000; count++) expect(take(bucket, shape, 0)).toBe(0)
  })

  test('never gives more than its burst and its rate, also when the clock jumps back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.array(fc.integer({ min: -500, max: 2_000 }), { maxLength: 300 }),
        (perSecond, steps) => {
          const shape = shapeOf(perSecond)
          const bucket = new Bucket(shape, 0)
          let nowMs = 0
          let forwardMs = 0
          let taken = 0
          for (const step of steps) {
            nowMs += step
            forwardMs += Math.max(0, step)
            if (take(bucket, shape, nowMs) === 0) taken++
          }
          expect(taken).toBeLessThanOrEqual(shape.burst + (forwardMs * perSecond) / 1000 + 1e-6)
        },
      ),
    )
  })
})

test('buckets by key are bounded: the one that was made first makes room', () => {
  const buckets = new Buckets(shapeOf(1), 2)
  const first = buckets.of('a', 0)
  expect(buckets.of('a', 0)).toBe(first)
  buckets.of('b', 0)
  buckets.of('c', 0)
  expect(buckets.count).toBe(2)
  expect(buckets.of('a', 0)).not.toBe(first)
})
