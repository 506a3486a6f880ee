import { describe, expect, test } from 'vitest'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { momentRemoveTweetHandler } from '../../../../shard/operations/moment-remove-tweet.ts'
import { momentUpdateHandler } from '../../../../shard/operations/moment-update.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { world } from '../../../helpers/collection-world.ts'

describe('moment.removeTweet', () => {
  test('takes a tweet out, and with it the cover that it was', () => {
    const { shard, ada, bob, moment } = world()
    const [first, second] = [shard.post(bob, 'one'), shard.post(bob, 'two')]
    const momentId = moment([first, second])
    shard.ask(momentUpdateHandler, ada, { momentId, coverTweetId: first })
    const removed = shard.ask(momentRemoveTweetHandler, ada, { momentId, tweetId: first }).moment
    expect(removed.coverTweetId).toBeUndefined()
    expect(removed.counts.tweets).toBe(1)
    const { tweets } = shard.ask(momentGetHandler, ada, { momentId })
    expect(tweets).toMatchObject([{ id: second }])
  })

  test('also one that was deleted; a second time changes nothing', () => {
    const { shard, ada, bob, moment } = world()
    const tweetId = shard.post(bob, 'one')
    const momentId = moment([tweetId])
    shard.ask(tweetDeleteHandler, bob, { tweetId })
    const remove = () => shard.ask(momentRemoveTweetHandler, ada, { momentId, tweetId }).moment
    expect(remove().counts.tweets).toBe(0)
    expect(remove().counts.tweets).toBe(0)
  })

  test('of a retweet, takes the original out, also when either is deleted', () => {
    for (const deleted of [undefined, 'original', 'retweet']) {
      const { shard, ada, bob, cid, moment } = world()
      const tweetId = shard.post(bob, 'one')
      const momentId = moment([tweetId])
      const { retweetId } = shard.ask(tweetRetweetHandler, cid, { tweetId })
      if (deleted === 'original') shard.ask(tweetDeleteHandler, bob, { tweetId })
      if (deleted === 'retweet') shard.ask(tweetDeleteHandler, cid, { tweetId: retweetId })
      const given = { momentId, tweetId: retweetId }
      const removed = shard.ask(momentRemoveTweetHandler, ada, given).moment
      expect(removed.counts.tweets, deleted).toBe(0)
    }
  })
})
