import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { promotedEvery } from '../../../../protocol/limits.ts'
import { mutesAddWordHandler } from '../../../../shard/operations/mutes-add-word.ts'
import { promotedPlace } from '../../../../shard/operations/promoted.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { tweetUnfavoriteHandler } from '../../../../shard/operations/tweet-unfavorite.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { userUnmuteHandler } from '../../../../shard/operations/user-unmute.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { PromotionWorld } from '../../../helpers/promotion-world.ts'

function filled(count = 45): PromotionWorld {
  const world = new PromotionWorld()
  world.fill(count)
  return world
}

describe('a promoted tweet on a page', () => {
  test('stands beside the tweets, with its author, and changes nothing else of the page', () => {
    const world = filled()
    const before = world.page(world.alice)
    const { id } = world.promote()
    const { promoted, users, ...page } = world.page(world.alice)
    expect(promoted).toMatchObject([
      { promotionId: id, place: promotedPlace, tweet: { id: world.ad } },
    ])
    expect(users.map((user) => user.id)).toEqual([world.ada, world.bob])
    expect({ ...page, position: '' }).toEqual({
      tweets: before.tweets,
      olderCursor: before.olderCursor,
      position: '',
    })
  })

  test('is at most one in 20, over all pages that belong together', () => {
    const world = filled(130)
    for (let count = 0; count < 8; count++) {
      const tweetId = world.shard.post(world.ada, `rook ${count}`)
      world.promote({ tweetId })
    }
    for (const limits of [[20], [100], [20, 100, 7, 20], [19], [33, 21], [40, 20]]) {
      const places: number[] = []
      let [before, entries] = [undefined as number | undefined, 0]
      for (let page = 0; page < 20; page++) {
        const limit = limits[page % limits.length]!
        const read = world.page(world.alice, before === undefined ? { limit } : { before, limit })
        for (const { place } of read.promoted ?? []) places.push(entries + place)
        const ids = read.promoted?.map(({ tweet }) => tweet.id)
        expect(new Set(ids).size).toBe(ids?.length ?? 0)
        entries += read.tweets.length
        before = read.olderCursor
        if (before === undefined) break
      }
      expect(entries).toBe(130)
      const distances = places.slice(1).map((place, number) => place - places[number]!)
      for (const distance of distances) expect(distance).toBeGreaterThanOrEqual(promotedEvery)
      expect(places.length).toBeLessThanOrEqual(entries / promotedEvery)
      expect(places.length > 0).toBe(limits.some((limit) => limit >= promotedEvery))
    }
  })

  test('is never shown to its author, and a page that has it anyway, or a retweet of it, has it once', () => {
    const world = filled()
    world.promote()
    expect(world.shown(world.bob)).toHaveLength(1)
    world.shard.ask(userFollowHandler, world.ada, { userId: world.bob })
    expect(world.shown(world.ada)).toEqual([])
    world.shard.ask(tweetRetweetHandler, world.bob, { tweetId: world.ad })
    expect(world.shown(world.alice)).toEqual([])
  })

  test('is seen by each reader as often as the cap allows; then others have their place', () => {
    const world = filled()
    const tweetId = world.shard.post(world.ada, 'More rooks')
    const made = [world.promote({ frequencyCap: 1 }), world.promote({ tweetId, frequencyCap: 1 })]
    const seen = made.map(() => {
      const [entry] = world.shown(world.alice)
      world.see(world.alice, entry!)
      return entry!.promotionId
    })
    expect(seen.sort()).toEqual(made.map(({ id }) => id).sort())
    expect(world.shown(world.alice)).toEqual([])
    expect(world.shown(world.bob)).toHaveLength(1)
  })
})

describe('I5: a promoted tweet is not shown to whom it is hidden from', () => {
  const hide: Readonly<Record<string, (world: PromotionWorld) => unknown>> = {
    'the advertiser blocks the reader': ({ shard, ada, alice }) =>
      shard.ask(userBlockHandler, ada, { userId: alice }),
    'the reader blocks the advertiser': ({ shard, ada, alice }) =>
      shard.ask(userBlockHandler, alice, { userId: ada }),
    'the reader mutes the advertiser': ({ shard, ada, alice }) =>
      shard.ask(userMuteHandler, alice, { userId: ada }),
    'the reader mutes a word of it': ({ shard, alice }) =>
      shard.ask(mutesAddWordHandler, alice, { word: 'rooks' }),
    'its author becomes protected': ({ shard, ada }) =>
      shard.ask(userUpdateHandler, ada, { protected: true }),
    'its author becomes protected, though the reader follows them': ({ shard, ada, alice }) => {
      shard.ask(userFollowHandler, alice, { userId: ada })
      shard.ask(userUpdateHandler, ada, { protected: true })
    },
  }

  test.each(Object.entries(hide))('%s', (_what, happen) => {
    const world = filled()
    world.promote()
    expect(world.shown(world.alice)).toHaveLength(1)
    happen(world)
    expect(world.shown(world.alice)).toEqual([])
    expect(JSON.stringify(world.page(world.alice))).not.toContain('The best rooks')
  })

  test('and is back when the reader has it back', () => {
    const world = filled()
    world.promote()
    world.shard.ask(userMuteHandler, world.alice, { userId: world.ada })
    world.shard.ask(userUnmuteHandler, world.alice, { userId: world.ada })
    expect(world.shown(world.alice)).toHaveLength(1)
  })
})

describe('a promotion with a target', () => {
  test('by hashtag: for whoever used it in a tweet, or marked one as a favorite', () => {
    const world = filled()
    const tagged = world.shard.post(world.bob, 'a nest #Rooks')
    world.promote({ hashtags: ['rooks', 'crows'] })
    const shown = (reader: UserId) => world.shown(reader).length
    expect([shown(world.alice), shown(world.bob)]).toEqual([0, 1])
    world.shard.ask(tweetFavoriteHandler, world.alice, { tweetId: tagged })
    expect(shown(world.alice)).toBe(1)
    world.shard.ask(tweetUnfavoriteHandler, world.alice, { tweetId: tagged })
    expect(shown(world.alice)).toBe(0)
    const look = world.shard.post(world.alice, 'look: #CROWS')
    expect(shown(world.alice)).toBe(1)
    world.shard.ask(tweetDeleteHandler, world.alice, { tweetId: look })
    expect(shown(world.alice)).toBe(0)
    world.shard.ask(tweetFavoriteHandler, world.alice, { tweetId: tagged })
    expect(shown(world.alice)).toBe(1)
    world.shard.ask(tweetDeleteHandler, world.bob, { tweetId: tagged })
    expect(shown(world.alice)).toBe(0)
  })

  test('by location: for whoever wrote their newest tweet with a location within the circle', () => {
    const world = filled()
    const near = { latitude: 52.4, longitude: 0.26, radiusMeters: 10_000 }
    world.promote({ near })
    const post = (latitude: number) =>
      world.shard.ask(tweetPostHandler, world.alice, {
        text: 'here',
        location: { latitude, longitude: 0.26 },
      })
    expect(world.shown(world.alice)).toEqual([])
    post(52.45)
    expect(world.shown(world.alice)).toHaveLength(1)
    world.shard.post(world.alice, 'without a place')
    expect(world.shown(world.alice)).toHaveLength(1)
    post(53)
    expect(world.shown(world.alice)).toEqual([])
    const passedOn = { text: 'there', location: { latitude: 52.4, longitude: 0.26 } }
    const { tweet } = world.shard.ask(tweetPostHandler, world.bob, passedOn)
    world.shard.ask(tweetRetweetHandler, world.alice, { tweetId: tweet.id })
    expect(world.shown(world.alice)).toEqual([])
  })
})
