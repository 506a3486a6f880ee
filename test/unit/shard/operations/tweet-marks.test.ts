import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { tweetBookmarkHandler } from '../../../../shard/operations/tweet-bookmark.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetMarksHandler } from '../../../../shard/operations/tweet-marks.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const none = { favorited: false, retweeted: false, bookmarked: false }

describe('tweet.marks', () => {
  test('says what one user has to do with each tweet, in the order of asking, unknown ones included', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const [one, two, three] = ['one', 'two', 'three'].map((text) => shard.post(alice, text))
    shard.ask(tweetFavoriteHandler, bob, { tweetId: one! })
    shard.ask(tweetBookmarkHandler, bob, { tweetId: one! })
    shard.ask(tweetRetweetHandler, bob, { tweetId: two! })
    shard.ask(tweetFavoriteHandler, alice, { tweetId: three! })
    const unknown = (three! + 16) as TweetId
    const tweetIds = [three!, two!, unknown, one!]
    expect(shard.ask(tweetMarksHandler, stranger, { userId: bob, tweetIds }).marks).toEqual([
      none,
      { ...none, retweeted: true },
      none,
      { ...none, favorited: true, bookmarked: true },
    ])
  })

  test('knows nobody of whom it has not heard', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const userId = (alice + 16) as UserId
    expect(shard.call(tweetMarksHandler, stranger, { userId, tweetIds: [] }).kind).toBe('absent')
  })
})
