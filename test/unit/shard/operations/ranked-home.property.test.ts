import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { mutesAddWordHandler } from '../../../../shard/operations/mutes-add-word.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { Rankings } from '../../../../shard/state/rankings.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('timeline.home in the order top', () => {
  test('its pages hold what the latest ones hold, each once, whatever their size', () => {
    const { shard, alice, bob, tweets } = world(30)
    for (const place of [3, 17, 17, 25]) favor(shard, [bob, alice], tweets[place]!)
    for (const limit of [1, 3, 7, 29, 30, 100]) {
      const seen = restOf(shard, alice, { limit })
      expect([...seen.ids].sort()).toEqual([...tweets].sort())
      expect(seen.isReranked).toBe(false)
    }
  })

  test('nothing comes twice and nothing is left out, whoever posts and favors meanwhile', () => {
    const deeds = fc.array(
      fc.record({ does: fc.constantFrom('post', 'favor', 'retweet', 'reply'), which: fc.nat(23) }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(
        fc.array(deeds, { maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        (steps, limit) => {
          const { shard, alice, bob, carol, tweets } = world(24)
          const between = [...steps]
          const seen = restOf(shard, alice, { limit }, () => {
            for (const { does, which } of between.shift() ?? []) {
              const tweetId = tweets[which]!
              if (does === 'post') shard.post(bob, 'new')
              else if (does === 'reply') shard.post(bob, 'so?', { inReplyTo: tweetId })
              else if (does === 'favor') favor(shard, [bob, carol], tweetId)
              else shard.call(tweetRetweetHandler, carol, { tweetId })
            }
          })
          expect([...seen.ids].sort()).toEqual([...tweets].sort())
          expect(seen.isReranked).toBe(false)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('I5: what is deleted, muted or no longer followed meanwhile is on no later page', () => {
    const { shard, alice, bob, carol, dan, tweets } = world(6)
    const [ofCarol, ofDan] = [shard.post(carol, 'carol'), shard.post(dan, 'dan')]
    const reply = shard.post(bob, 'to dan', { inReplyTo: ofDan })
    const first = shard.ask(timelineHomeHandler, alice, { order: 'top', limit: 1 })
    const rest = [ofCarol, ofDan, reply, ...tweets].filter((id) => id !== first.tweets[0]!.id)
    shard.ask(tweetDeleteHandler, bob, { tweetId: tweets[0]! })
    shard.ask(userMuteHandler, alice, { userId: carol })
    shard.ask(userUnfollowHandler, alice, { userId: dan })
    const next = { order: 'top', before: first.olderCursor! }
    const shown = shard.ask(timelineHomeHandler, alice, next).tweets.map(({ id }) => id)
    const gone = [tweets[0], ofCarol, ofDan, reply]
    expect([...shown].sort()).toEqual(rest.filter((id) => !gone.includes(id)).sort())
  })

  test('what several have retweeted is there once, on whatever pages they would be', () => {
    const { shard, alice, bob, carol, dan } = world(2)
    const [erin] = shard.signUp('erin')
    const original = shard.post(erin, 'far away')
    const [oldest] = [bob, carol, dan].map(
      (user) => shard.ask(tweetRetweetHandler, user, { tweetId: original }).retweetId,
    )
    expect(restOf(shard, alice, { limit: 1 }).ids.filter((id) => id === oldest)).toHaveLength(1)
    expect(restOf(shard, alice, { limit: 1 }).ids).toHaveLength(3)
    shard.ask(userMuteHandler, alice, { userId: bob })
    expect(restOf(shard, alice, { limit: 1 }).ids).toHaveLength(1)
  })

  test("one's own retweet is there where the original holds a muted word", () => {
    const { shard, alice, bob } = world(0)
    const original = shard.post(bob, 'rain again')
    const { retweetId } = shard.ask(tweetRetweetHandler, alice, { tweetId: original })
    expect(restOf(shard, alice, { limit: 1 }).ids).toEqual([original])
    shard.ask(mutesAddWordHandler, alice, { word: 'rain' })
    expect(restOf(shard, alice, { limit: 1 }).ids).toEqual([retweetId])
  })

  test('where the ranking is gone, it is made for the same moment again, and the page says so', () => {
    const { shard, alice, bob, tweets } = world(20)
    for (const place of [2, 5, 11]) favor(shard, [alice], tweets[place]!)
    const first = shard.ask(timelineHomeHandler, alice, { order: 'top', limit: 8 })
    Object.assign(shard.state, { rankings: new Rankings() })
    shard.post(bob, 'new')
    shard.post(bob, 'so?', { inReplyTo: tweets[1]! })
    const next = { order: 'top', limit: 5, before: first.olderCursor! }
    const second = shard.ask(timelineHomeHandler, alice, next)
    expect(second.reranked).toBe(true)
    const third = restOf(shard, alice, { limit: 5, before: second.olderCursor! })
    const all = [...first.tweets, ...second.tweets].map(({ id }) => id).concat(third.ids)
    expect([...all].sort()).toEqual([...tweets].sort())
    expect(third.isReranked, 'from then on it is kept').toBe(false)
  })

  test('every reading has a ranking of its own, also those of one moment', () => {
    const { shard, alice, tweets } = world(4)
    const top = () => {
      shard.nowMs -= 1
      return shard.ask(timelineHomeHandler, alice, { order: 'top', limit: 1 })
    }
    const [one, two] = [top(), top()]
    expect(one.olderCursor).not.toBe(two.olderCursor)
    for (const { tweets: first, olderCursor } of [one, two]) {
      const rest = restOf(shard, alice, { before: olderCursor!, limit: 2 })
      expect([...first.map(({ id }) => id), ...rest.ids].sort()).toEqual([...tweets].sort())
    }
  })

  test('a cursor that nobody gave out is answered all the same', () => {
    const { shard, alice, tweets } = world(3)
    for (const before of [1, tweets[1]!, Number.MAX_SAFE_INTEGER]) {
      const page = shard.ask(timelineHomeHandler, alice, { order: 'top', before })
      expect(page.tweets.length).toBeLessThanOrEqual(3)
    }
  })

  test('latest keeps no ranking', () => {
    const { shard, alice } = world(30)
    shard.ask(timelineHomeHandler, alice, { order: 'latest', limit: 3 })
    shard.ask(timelineHomeHandler, alice, { limit: 3 })
    expect(shard.state.rankings.bytes).toBe(0)
  })
})

function world(count: number) {
  const shard = new OneShard()
  const [alice, bob, carol, dan] = shard.signUp('alice', 'bob', 'carol', 'dan')
  for (const userId of [bob, carol, dan]) shard.ask(userFollowHandler, alice, { userId })
  const tweets = Array.from({ length: count }, (_, number) => shard.post(bob, `tweet ${number}`))
  return { shard, alice, bob, carol, dan, tweets }
}

function favor(shard: OneShard, users: readonly UserId[], tweetId: TweetId): void {
  for (const user of users) shard.ask(tweetFavoriteHandler, user, { tweetId })
}

/** All pages from a cursor on, and what happens in between. */
function restOf(
  shard: OneShard,
  reader: UserId,
  { limit, before: start }: { limit: number; before?: number },
  between: () => void = () => undefined,
): { ids: TweetId[]; isReranked: boolean } {
  const ids: TweetId[] = []
  let before = start
  let isReranked = false
  do {
    const params = { order: 'top', limit, ...(before === undefined ? {} : { before }) }
    const page = shard.ask(timelineHomeHandler, reader, params)
    ids.push(...page.tweets.map(({ id }) => id))
    isReranked ||= page.reranked === true
    before = page.olderCursor
    between()
  } while (before !== undefined)
  return { ids, isReranked }
}
