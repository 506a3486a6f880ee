// What the tests of the state's structures share: chance with a seed, and ids of the true shape.

import fc from 'fast-check'
import { idMax } from '../../../../protocol/ids.ts'

/**
 * A row of random numbers that is the same in every run (mulberry32 by Tommy Ettinger, public domain).
 * @returns a function that draws an integer from 0 to `below` - 1
 */
export function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** Puts an id together: see the picture in `protocol/ids.ts`. */
export function idOf(parts: { ms: number; partition?: number; sequence?: number }): number {
  return parts.ms * 4_096 + (parts.partition ?? 0) * 16 + (parts.sequence ?? 0)
}

/** Ids out of a small stock, so that they meet again: small ones, largest ones, neighbours in time. */
export const someId = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 0, max: 12 }).map((less) => idMax - less),
  fc
    .record({ ms: fc.integer({ min: 1e10, max: 1e10 + 3 }), partition: fc.nat(3) })
    .map((parts) => idOf(parts)),
)
