// The oracle's rules for promoted tweets, against examples that were worked out by hand.
//
//   ada has 1,000 to spend and promotes tweet 10: three impressions at 100, two for each reader and day
//   bob reads; tweet 20 is his, with a place and a tag

import { describe, expect, test } from 'vitest'
import type { StateRecord } from '../../../../loadtest/oracle/oracle.ts'
import { World } from '../../../../loadtest/oracle/oracle.ts'
import {
  availableMicrosOf,
  endOf,
  impressionsOf,
  isPromotedTo,
  spentMicrosOf,
  statusOf,
} from '../../../../loadtest/oracle/oracle-promotions.ts'
import type { PromotionTerms } from '../../../../loadtest/oracle/records.ts'

const [ada, bob, cid] = [1, 2, 3]
const here = { latitude: 48.2, longitude: 16.4 }
const elsewhere = { latitude: 0, longitude: -179.9 }
const terms = { budgetMicros: 350, pricePerImpressionMicros: 100, frequencyCap: 2 }

const user = (id: number): StateRecord => {
  const name = `u${id}`
  return { type: 'user', id, handle: name, name, createdAt: 0, token: name }
}
const tweet = (id: number, authorId: number, more: object = {}): StateRecord => {
  return { type: 'tweet', id, authorId, text: `text ${id}`, createdAt: 0, ...more }
}
const promotion = (more: Partial<PromotionTerms> = {}): StateRecord => {
  return { type: 'promotion', id: 70, userId: ada, tweetId: 10, ...terms, ...more }
}
/** On day 5. */
const impression = (number: number, userId = bob): StateRecord => {
  return { type: 'impression', promotionId: 70, userId, name: `5.${number}.seal` }
}

function worldOf(...records: StateRecord[]): World {
  const world = new World()
  const tagged = tweet(20, bob, { text: 'a #Nest', location: here })
  const all = [...[ada, bob, cid].map(user), tweet(10, ada), tagged, ...records]
  world.apply({ type: 'fund', userId: ada, fundedMicros: 1_000 })
  for (const record of all) world.apply(record)
  return world
}

const shownTo = (world: World, reader: number, day = 5, tweetIds: readonly number[] = []) => {
  const tweets = tweetIds.map((id) => world.tweet(id))
  return isPromotedTo(world, world.promotion(70), { reader, tweets, day })
}

describe('what an advertiser is told', () => {
  test('each impression counts once, and no more than the budget pays for', () => {
    const some = worldOf(promotion(), impression(1), impression(1), impression(1, cid))
    expect(impressionsOf(some.promotion(70))).toBe(2)
    expect(spentMicrosOf(some.promotion(70))).toBe(200)
    expect(availableMicrosOf(some, ada)).toBe(650)
    const told = [impression(1), impression(2), impression(1, cid), impression(2, cid)]
    const all = worldOf(promotion(), ...told)
    expect(impressionsOf(all.promotion(70))).toBe(3)
    expect(endOf(all, all.promotion(70))).toBe('budget')
    expect(availableMicrosOf(all, ada)).toBe(700)
  })

  test('it is paused, goes on, and ends with its tweet, its advertiser or their suspension', () => {
    const pause: StateRecord = { type: 'pause-promotion', promotionId: 70 }
    const status = (...more: StateRecord[]) => {
      const world = worldOf(promotion(), ...more)
      return [statusOf(world, world.promotion(70)), endOf(world, world.promotion(70))]
    }
    expect(status(pause)).toEqual(['paused', undefined])
    expect(status(pause, { type: 'resume-promotion', promotionId: 70 })[0]).toBe('active')
    expect(status({ type: 'end-promotion', promotionId: 70 })).toEqual(['ended', 'advertiser'])
    expect(status({ type: 'delete', tweetId: 10 })).toEqual(['ended', 'tweet'])
    expect(status({ type: 'suspend', userId: ada })).toEqual(['ended', 'account'])
  })
})

describe('whom a promotion is shown to', () => {
  test('everybody but its author, as often as its cap says, and not where the tweet is anyway', () => {
    const world = worldOf(promotion(), impression(1), impression(2))
    expect([shownTo(world, ada), shownTo(world, bob), shownTo(world, cid)]).toEqual([
      'never',
      'never',
      'must',
    ])
    expect(shownTo(world, bob, 6)).toBe('must')
    expect(shownTo(world, cid, 5, [10])).toBe('never')
  })

  test('nobody who blocks or is blocked, has muted its author, or cannot see it', () => {
    const hides: StateRecord[] = [
      { type: 'block', userId: ada, otherId: bob },
      { type: 'block', userId: bob, otherId: ada },
      { type: 'mute', userId: bob, otherId: ada },
      { type: 'protect', userId: ada },
    ]
    for (const hide of hides) expect(shownTo(worldOf(promotion(), hide), bob)).toBe('never')
  })

  test('those who used its tag, or wrote in its place: not those who passed on what another wrote there', () => {
    const tag = promotion({ hashtags: ['nest'] })
    const near = promotion({ near: { ...here, radiusMeters: 5_000 } })
    const retweet = tweet(30, cid, { text: '', retweetOf: 20 })
    expect(shownTo(worldOf(tag), bob)).toBe('must')
    expect(shownTo(worldOf(tag), cid)).toBe('never')
    expect(shownTo(worldOf(near), bob)).toBe('must')
    expect(shownTo(worldOf(near, tweet(40, bob, { location: elsewhere })), bob)).toBe('never')
    expect(shownTo(worldOf(near, retweet), cid)).toBe('never')
    expect(shownTo(worldOf(tag, { type: 'delete', tweetId: 20 }), bob)).toBe('never')
  })
})
