import { describe, expect, test } from 'vitest'
import { Deletions, deletionsRememberedMax } from '../../../../../shard/state/tweets/deletions.ts'

describe('deletions', () => {
  test('are those since so many tweets had arrived', () => {
    const deletions = new Deletions()
    deletions.note({ tweet: 7, afterArrival: 10 })
    deletions.note({ tweet: 5, afterArrival: 12 })
    expect([10, 11, 12, 13].map((count) => deletions.since(count))).toEqual([[7, 5], [5], [5], []])
  })

  test('I8: that are told later count from then; until then they are news to everybody', () => {
    const deletions = new Deletions()
    deletions.note({ tweet: 7, afterArrival: 10 })
    deletions.toldLater(7)
    deletions.note({ tweet: 5, afterArrival: 12 })
    expect([11, 13].map((count) => deletions.since(count))).toEqual([[7, 5], [7]])
    deletions.told(new Set([7]), 14)
    expect([11, 13, 14, 15].map((count) => deletions.since(count))).toEqual([[5, 7], [7], [7], []])
  })

  test('I8: cannot be told where they may be forgotten, though many were told at once', () => {
    const deletions = new Deletions()
    const all = new Set<number>()
    for (let tweet = 0; tweet <= deletionsRememberedMax; tweet++) {
      deletions.note({ tweet, afterArrival: tweet })
      deletions.toldLater(tweet)
      all.add(tweet)
    }
    expect(deletions.since(0)).toBeUndefined()
    expect(deletions.since(1)).toHaveLength(all.size)
    deletions.told(all, 9_000)
    expect(deletions.since(9_000)).toBeUndefined()
    expect(deletions.since(9_001)).toEqual([])
  })
})
