// Every push once, and no memory of those that are settled.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PushLedger } from '../../../../loadtest/soak/push-ledger.ts'
import { Random } from '../../../../loadtest/std/random.ts'

const watchers = new Set([1, 2])
const ledgerOf = () => new PushLedger({ graceMs: 1_000 })

describe('a ledger of pushes', () => {
  test('is content when everybody had the tweet, before or after it was acknowledged', () => {
    const ledger = ledgerOf()
    ledger.pushed({ tweetId: 7, watcher: 1, nowMs: 0 })
    expect(ledger.isComplete).toBe(true)
    ledger.posted({ tweetId: 7, watchers, nowMs: 1 })
    expect(ledger.isComplete).toBe(false)
    ledger.pushed({ tweetId: 7, watcher: 2, nowMs: 2 })
    expect(ledger.isComplete).toBe(true)
    ledger.sweep(1_000)
    expect([ledger.missed, ledger.doubled, ledger.arrived, ledger.open]).toEqual([0, 0, 2, 0])
  })

  test('misses what has not come in time, and not a moment earlier', () => {
    const ledger = ledgerOf()
    ledger.posted({ tweetId: 7, watchers, nowMs: 0 })
    ledger.pushed({ tweetId: 7, watcher: 2, nowMs: 5 })
    ledger.sweep(999)
    expect(ledger.missed).toBe(0)
    ledger.sweep(1_000)
    expect([ledger.missed, ledger.open]).toEqual([1, 0])
  })

  test('sees that somebody had a tweet twice', () => {
    const ledger = ledgerOf()
    ledger.posted({ tweetId: 7, watchers, nowMs: 0 })
    for (const watcher of [1, 2, 2]) ledger.pushed({ tweetId: 7, watcher, nowMs: 5 })
    expect(ledger.doubled).toBe(1)
  })

  test('asks nothing of a post that was never acknowledged', () => {
    const ledger = ledgerOf()
    ledger.pushed({ tweetId: 7, watcher: 1, nowMs: 0 })
    ledger.sweep(Infinity)
    expect([ledger.missed, ledger.open]).toEqual([0, 0])
  })

  test('counts exactly what is lost and what is doubled, in any order', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const random = new Random(seed)
        const ledger = ledgerOf()
        const events: (() => void)[] = []
        let [lost, doubled] = [0, 0]
        for (let tweetId = 1; tweetId <= 20; tweetId++) {
          const audience = new Set([1, 2, 3, 4].filter(() => random.chance(0.7)))
          events.push(() => ledger.posted({ tweetId, watchers: audience, nowMs: 0 }))
          for (const watcher of audience) {
            const times = random.below(3)
            if (times === 0) lost++
            if (times === 2) doubled++
            for (let time = 0; time < times; time++) {
              events.push(() => ledger.pushed({ tweetId, watcher, nowMs: 0 }))
            }
          }
        }
        for (const event of random.shuffle(events)) event()
        ledger.sweep(Infinity)
        expect([ledger.missed, ledger.doubled]).toEqual([lost, doubled])
      }),
    )
  })
})
