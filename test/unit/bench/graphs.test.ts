import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PowerLaw, randomFrom, Shuffle, twitter2010, twitterLaws } from '../../bench/graphs.ts'

describe('graphs for the benchmarks', () => {
  test('a shuffle gives every index one place, and finds its way back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), fc.nat(1_000), (size, seed) => {
        const shuffle = new Shuffle(size, seed)
        const indexes = Array.from({ length: size }, (_, index) => index)
        const places = indexes.map((index) => shuffle.to(index))
        expect(places.toSorted((left, right) => left - right)).toEqual(indexes)
        expect(places.map((place) => shuffle.from(place))).toEqual(indexes)
      }),
      { numRuns: 50 },
    )
  })

  test('the laws of twitter-2010 meet its totals', () => {
    const { users, edges, followersMax, followsMax } = twitter2010
    const { followers, follows } = twitterLaws(users)
    expect(followers.degreeOf(1)).toBeCloseTo(followersMax, 0)
    expect(follows.degreeOf(1)).toBeCloseTo(followsMax, 0)
    expect(followers.degreeOf(twitter2010.usersWithOver20Followers)).toBeCloseTo(20, 3)
    expect(follows.degreeOf(twitter2010.usersWithOver20Follows)).toBeCloseTo(20, 3)
    // Above a thousand ranks a step of a thousandth adds the same as every rank by itself.
    for (const law of [followers, follows]) expect(totalOf(law) / edges).toBeCloseTo(1, 3)
  })

  test('a smaller graph keeps the mean and the part of the most popular', () => {
    const users = 100_000
    const { followers } = twitterLaws(users)
    expect(totalOf(followers) / users).toBeCloseTo(twitter2010.edges / twitter2010.users, 1)
    expect(followers.degreeOf(1) / users).toBeCloseTo(
      twitter2010.followersMax / twitter2010.users,
      6,
    )
  })

  test('ranks are drawn as often as their degrees say, the same in every run', () => {
    const law = new PowerLaw({ ranks: 1_000, total: 35_000, largest: 5_000, ranksOver20: 160 })
    const draws = 100_000
    const draw = (): Float64Array => {
      const random = randomFrom(7)
      const counts = new Float64Array(law.ranks + 1)
      for (let time = 0; time < draws; time++) counts[law.draw(random)]!++
      return counts
    }
    const counts = draw()
    expect(draw()).toEqual(counts)
    for (const rank of [2, 10, 100]) {
      const expected = (law.degreeOf(rank) / totalOf(law)) * draws
      const deviation = Math.sqrt(expected)
      expect(Math.abs(counts[rank]! - expected)).toBeLessThan(6 * deviation + 0.05 * expected)
    }
  })
})

/** The sum of all degrees; from rank 1,000 on in steps of a thousandth. */
function totalOf(law: PowerLaw): number {
  let total = 0
  for (let rank = 1; rank <= law.ranks; ) {
    const step = Math.min(Math.max(1, Math.floor(rank / 1_000)), law.ranks + 1 - rank)
    total += step * law.degreeOf(rank + (step - 1) / 2)
    rank += step
  }
  return total
}
