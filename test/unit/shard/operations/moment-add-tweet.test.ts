import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { momentTweetsMax } from '../../../../protocol/limits.ts'
import { momentAddTweetHandler } from '../../../../shard/operations/moment-add-tweet.ts'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { forbidden, notFound, world } from '../../../helpers/collection-world.ts'

describe('moment.addTweet', () => {
  test('puts tweets at the end, or where one says, each once', () => {
    const { shard, ada, bob, moment } = world()
    const tweets = ['one', 'two', 'three', 'four'].map((text) => shard.post(bob, text))
    const momentId = moment([tweets[0]!, tweets[1]!])
    const add = (tweetId: (typeof tweets)[0], place?: number) =>
      shard.ask(momentAddTweetHandler, ada, {
        momentId,
        tweetId,
        ...(place === undefined ? {} : { place }),
      })
    add(tweets[2]!, 0)
    add(tweets[3]!, 100)
    add(tweets[0]!)
    const shown = shard.ask(momentGetHandler, ada, { momentId }).tweets.map(({ id }) => id)
    expect(shown).toEqual([tweets[2], tweets[0], tweets[1], tweets[3]])
  })

  test('of a retweet, takes the original', () => {
    const { shard, ada, bob, cid, moment } = world()
    const original = shard.post(bob, 'one')
    shard.ask(tweetRetweetHandler, cid, { tweetId: original })
    const retweet = shard.state.retweetsOf.at(shard.state.tweets.find(original), 0) as TweetId
    const momentId = moment([original])
    const { moment: same } = shard.ask(momentAddTweetHandler, ada, { momentId, tweetId: retweet })
    expect(same.counts.tweets).toBe(1)
  })

  test('only what the owner can see, and only by the owner', () => {
    const { shard, ada, bob, dan, block, moment } = world()
    const tweetId = shard.post(bob, 'one')
    const momentId = moment()
    const byDan = shard.call(momentAddTweetHandler, dan, { momentId, tweetId })
    expect(byDan).toMatchObject(forbidden('momentId'))
    block(bob, ada)
    const added = shard.call(momentAddTweetHandler, ada, { momentId, tweetId })
    expect(added).toMatchObject(notFound('tweetId'))
  })

  test('a moment has at most so many', () => {
    const { shard, ada, bob, moment } = world()
    const momentId = moment()
    for (let count = 0; count < momentTweetsMax; count++) {
      shard.state.collections.put(momentId, shard.newId(3))
    }
    const added = shard.call(momentAddTweetHandler, ada, {
      momentId,
      tweetId: shard.post(bob, 'x'),
    })
    expect(added).toMatchObject({ kind: 'failed', error: { code: 'too_large' } })
  })
})
