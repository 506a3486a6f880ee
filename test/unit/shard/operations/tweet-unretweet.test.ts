import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { tweetUnretweetHandler } from '../../../../shard/operations/tweet-unretweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('tweet.unretweet', () => {
  test('I5: the retweet is gone, the original stays, and counts one less', () => {
    const { shard, ada, bob, cid, tweetId } = world()
    shard.ask(tweetRetweetHandler, ada, { tweetId })
    expect(shard.ask(tweetUnretweetHandler, bob, { tweetId })).toEqual({ retweets: 1 })
    expect(home(shard, cid)).toEqual([])
    const { tweet } = shard.ask(tweetGetHandler, bob, { tweetId })
    expect(tweet).toMatchObject({ counts: { retweets: 1 }, viewer: { retweeted: false } })
  })

  test('any retweet of it names it as well', () => {
    const { shard, ada, bob, retweetId } = world()
    const other = shard.ask(tweetRetweetHandler, ada, { tweetId: retweetId }).retweetId
    expect(shard.ask(tweetUnretweetHandler, bob, { tweetId: other })).toEqual({ retweets: 1 })
    expect(shard.ask(tweetUnretweetHandler, ada, { tweetId: other })).toEqual({ retweets: 0 })
  })

  test('it is found among many, whichever of the two lists is shorter', () => {
    const { shard, ada, bob, tweetId } = world()
    const people = shard.signUp('dan', 'eve', 'fay')
    for (const who of people) shard.ask(tweetRetweetHandler, who, { tweetId })
    expect(shard.ask(tweetUnretweetHandler, people[0], { tweetId })).toEqual({ retweets: 3 })
    for (let number = 0; number < 6; number++) shard.post(bob, `${number}`)
    expect(shard.ask(tweetUnretweetHandler, bob, { tweetId })).toEqual({ retweets: 2 })
    expect(shard.ask(tweetGetHandler, ada, { tweetId }).tweet.counts.retweets).toBe(2)
  })

  test('who has not retweeted it changes nothing; a second time neither', () => {
    const { shard, bob, cid, tweetId } = world()
    const logged = shard.log.length
    expect(shard.ask(tweetUnretweetHandler, cid, { tweetId })).toEqual({ retweets: 1 })
    expect(shard.log).toHaveLength(logged)
    shard.ask(tweetUnretweetHandler, bob, { tweetId })
    expect(shard.ask(tweetUnretweetHandler, bob, { tweetId })).toEqual({ retweets: 0 })
    expect(shard.log).toHaveLength(logged + 1)
  })

  test('to delete the retweet is the same, and both together take effect once', () => {
    const { shard, ada, bob, tweetId, retweetId } = world()
    const unretweet = shard.prepare(tweetUnretweetHandler, bob, { tweetId })
    expect(unretweet.decide().kind).toBe('committed')
    shard.ask(tweetDeleteHandler, bob, { tweetId: retweetId })
    unretweet.land()
    expect(shard.ask(tweetGetHandler, ada, { tweetId }).tweet.counts.retweets).toBe(0)
    expect(shard.ask(tweetRetweetHandler, bob, { tweetId }).retweets).toBe(1)
  })

  test('I7: any order of the logs comes to the same', () => {
    const { shard, ada, bob, tweetId } = world()
    shard.ask(tweetRetweetHandler, ada, { tweetId })
    shard.ask(tweetUnretweetHandler, bob, { tweetId })
    shard.expectRecovery((partitions) => [...partitions])
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })
})

function world() {
  const shard = new OneShard()
  const [ada, bob, cid] = shard.signUp('ada', 'bob', 'cid')
  shard.ask(userFollowHandler, cid, { userId: bob })
  const tweetId = shard.post(ada, 'a rook')
  const { retweetId } = shard.ask(tweetRetweetHandler, bob, { tweetId })
  return { shard, ada, bob, cid, tweetId, retweetId }
}

function home(shard: OneShard, reader: UserId): TweetId[] {
  return shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
}
