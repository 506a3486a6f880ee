import { describe, expect, test } from 'vitest'
import { Rankings } from '../../../../shard/state/rankings.ts'

describe('rankings', () => {
  test('are found by reader and moment, until others need the room: who came last stays', () => {
    const rankings = new Rankings(3_000)
    const ranking = () => new Uint32Array(100)
    for (const reader of [1, 2, 3, 4]) rankings.keep(reader, 77, ranking())
    expect(rankings.find(1, 77)).toHaveLength(100)
    rankings.keep(5, 77, ranking())
    const kept = [1, 2, 3, 4, 5].filter((reader) => rankings.has(reader, 77))
    expect(kept).toEqual([1, 3, 4, 5])
    expect(rankings.find(1, 78)).toBeUndefined()
  })

  test('never take more memory than they may, and one in place of another counts once', () => {
    const rankings = new Rankings(10_000)
    for (let number = 0; number < 1_000; number++) {
      rankings.keep(number % 50, 1, new Uint32Array(number % 800))
      expect(rankings.bytes).toBeLessThanOrEqual(10_000)
    }
    const { bytes } = rankings
    rankings.keep(999 % 50, 1, new Uint32Array(999 % 800))
    expect(rankings.bytes).toBe(bytes)
  })
})
