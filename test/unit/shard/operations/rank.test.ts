import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { halfLifeMs } from '../../../../shard/operations/rank.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { tweetUnretweetHandler } from '../../../../shard/operations/tweet-unretweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('the rank of a tweet', () => {
  test('of equals, the newer one comes first', () => {
    const { shard, bob, topOf } = world()
    const tweets = ['one', 'two', 'three'].map((text) => shard.post(bob, text))
    expect(topOf()).toEqual([...tweets].reverse())
  })

  test('grows with favorites, and twice as much with retweets and replies', () => {
    const { shard, bob, fans, topOf } = world()
    const [favored, passedOn, answered, plain] = ['a', 'b', 'c', 'd'].map((text) =>
      shard.post(bob, text),
    ) as [TweetId, TweetId, TweetId, TweetId]
    favor(shard, fans.slice(0, 3), favored)
    for (const fan of fans.slice(0, 2)) shard.ask(tweetRetweetHandler, fan, { tweetId: passedOn })
    const replies = [0, 1, 2].map((fan) => shard.post(fans[fan]!, 'so?', { inReplyTo: answered }))
    expect(topOf()).toEqual([answered, passedOn, favored, plain])
    for (const [fan, tweetId] of replies.entries()) {
      shard.ask(tweetDeleteHandler, fans[fan]!, { tweetId })
    }
    shard.ask(tweetUnretweetHandler, fans[0]!, { tweetId: passedOn })
    expect(topOf(), 'what was taken back does not count').toEqual([
      ...[favored, passedOn, plain, answered],
    ])
  })

  test('a doubling is worth six hours: three favorites now stand against fifteen of twelve', () => {
    const { shard, bob, fans, topOf } = world()
    const old = shard.post(bob, 'old')
    favor(shard, fans, old)
    shard.nowMs += 2 * halfLifeMs - 60_000
    const young = shard.post(bob, 'young')
    favor(shard, fans.slice(0, 3), young)
    expect(topOf()).toEqual([old, young])
    shard.nowMs += 120_000
    const younger = shard.post(bob, 'younger')
    favor(shard, fans.slice(0, 3), younger)
    expect(topOf()).toEqual([younger, old, young])
  })

  test('grows with what the reader did with the author: favorites, replies, retweets', () => {
    const { shard, alice, bob, carol, dan, topOf } = world()
    const [ofBob, ofCarol, ofDan] = [bob, carol, dan].map((user) => shard.post(user, 'before')) as [
      TweetId,
      TweetId,
      TweetId,
    ]
    const later = [bob, carol, dan].map((user) => shard.post(user, 'later'))
    favor(shard, [alice], ofBob)
    shard.post(alice, 'why?', { inReplyTo: ofDan })
    shard.ask(tweetRetweetHandler, alice, { tweetId: ofDan })
    favor(shard, [alice], ofCarol)
    favor(shard, [alice], shard.post(carol, 'more'))
    const top = topOf().filter((id) => later.includes(id))
    expect(top).toEqual([later[2], later[1], later[0]])
  })

  test('a retweet counts what others did with the original, and is as old as the retweet', () => {
    const { shard, bob, fans, topOf } = world()
    const [erin] = shard.signUp('erin')
    const original = shard.post(erin, 'not followed')
    favor(shard, fans, original)
    shard.nowMs += 24 * 60 * 60 * 1000
    const plain = shard.post(bob, 'plain')
    const { retweetId } = shard.ask(tweetRetweetHandler, bob, { tweetId: original })
    expect(topOf()).toEqual([retweetId, plain])
  })
})

function world() {
  const shard = new OneShard()
  const [alice, bob, carol, dan] = shard.signUp('alice', 'bob', 'carol', 'dan')
  const fans = shard.signUp(...Array.from({ length: 15 }, (_, number) => `fan_${number}`))
  for (const userId of [bob, carol, dan]) shard.ask(userFollowHandler, alice, { userId })
  const topOf = () =>
    shard.ask(timelineHomeHandler, alice, { order: 'top' }).tweets.map(({ id }) => id)
  return { shard, alice, bob, carol, dan, fans, topOf }
}

function favor(shard: OneShard, users: readonly UserId[], tweetId: TweetId): void {
  for (const user of users) shard.ask(tweetFavoriteHandler, user, { tweetId })
}
