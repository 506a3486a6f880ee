// What is asked for comes in the promised proportions, also in a short run.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { laneCount, shareOf } from '../../../../loadtest/http/autocannon.ts'
import type { Mix } from '../../../../loadtest/http/mix.ts'
import { cardsOf, deal, mixes, mixNamed } from '../../../../loadtest/http/mix.ts'
import { UsageError } from '../../../../loadtest/options.ts'
import { Random } from '../../../../loadtest/std/random.ts'

function counted(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

describe('a mix', () => {
  test.each([
    ['deathstar', 100, { home: 60, profile: 30, post: 10 }],
    ['retwis', 100, { 'sign-up': 5, follow: 15, post: 30, home: 50 }],
    ['read-heavy', 281, { home: 280, post: 1 }],
    ['home', 1, { home: 1 }],
    ['profile', 1, { profile: 1 }],
    ['post', 1, { post: 1 }],
  ])('called %s is a deck of %i cards', (name, size, expected) => {
    expect(cardsOf(mixNamed(name))).toHaveLength(size)
    expect(counted(cardsOf(mixNamed(name)))).toEqual(expected)
  })

  test('that nobody knows is refused with the names of those there are', () => {
    expect(() => mixNamed('constructor')).toThrow(UsageError)
    expect(() => mixNamed('tweets')).toThrow(/home, profile, post, deathstar, retwis, read-heavy/)
  })

  test('holds to its proportions in every deck that is dealt', () => {
    const decks = fc.integer({ min: 1, max: 5 })
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(mixes)),
        decks,
        fc.string(),
        (mix, many, seed) => {
          const size = cardsOf(mix).length
          const dealt = deal(mix, { count: size * many, random: new Random(seed) })
          expect(dealt).toHaveLength(size * many)
          for (let start = 0; start < dealt.length; start += size) {
            expect(counted(dealt.slice(start, start + size))).toEqual(counted(cardsOf(mix)))
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  test('is dealt in whole decks, at least as many as were asked for', () => {
    const random = new Random('whole')
    expect(deal(mixes['deathstar'] as Mix, { count: 101, random })).toHaveLength(200)
    expect(() => deal({}, { count: 1, random })).toThrow(RangeError)
  })

  test('is dealt the same for the same seed', () => {
    const dealt = () => deal(mixNamed('retwis'), { count: 100, random: new Random('same') })
    expect(dealt()).toEqual(dealt())
  })
})

describe('lanes', () => {
  test('share out all connections and the whole rate, none empty and none twice as large', () => {
    const some = fc.integer({ min: 1, max: 5_000 })
    fc.assert(
      fc.property(some, fc.option(some, { nil: undefined }), (connections, rate) => {
        const count = laneCount({ connections, rate })
        for (const total of rate === undefined ? [connections] : [connections, rate]) {
          const shares = Array.from({ length: count }, (_, index) =>
            shareOf(total, { index, count }),
          )
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total)
          expect(Math.min(...shares)).toBeGreaterThan(0)
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
