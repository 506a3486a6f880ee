import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const entities = { mentions: [], hashtags: [], urls: [] }

describe('tweet.retweet', () => {
  test('bob passes on what ada wrote: his followers see it, with the original beside it', () => {
    const { shard, ada, bob, cid } = world()
    const tweetId = shard.post(ada, 'a rook')
    const { retweetId, retweets } = shard.ask(tweetRetweetHandler, bob, { tweetId })
    expect(retweets).toBe(1)
    const page = shard.ask(timelineHomeHandler, cid, {})
    expect(page.tweets).toMatchObject([
      { id: retweetId, authorId: bob, text: '', retweetOf: tweetId, entities },
    ])
    expect(page.referenced).toMatchObject([
      { id: tweetId, text: 'a rook', counts: { retweets: 1 }, viewer: { retweeted: false } },
    ])
    expect(page.users.map(({ id }) => id)).toEqual([bob, ada])
  })

  test('the original says to the one who has retweeted it that they have', () => {
    const { shard, ada, bob } = world()
    const tweetId = shard.post(ada, 'a rook')
    shard.ask(tweetRetweetHandler, bob, { tweetId })
    const { tweet } = shard.ask(tweetGetHandler, bob, { tweetId })
    expect(tweet.viewer).toMatchObject({ retweeted: true, favorited: false })
    expect(shard.ask(tweetGetHandler, ada, { tweetId }).tweet.viewer?.retweeted).toBe(false)
  })

  test('it is on the profile, and is no tweet of one’s own that is counted', () => {
    const { shard, ada, bob } = world()
    const tweetId = shard.post(ada, 'a rook')
    const { retweetId } = shard.ask(tweetRetweetHandler, bob, { tweetId })
    const page = shard.ask(timelineUserHandler, stranger, { userId: bob })
    expect(page.tweets.map(({ id }) => id)).toEqual([retweetId])
    expect(page.users).toMatchObject([{ id: bob, counts: { tweets: 0 } }, { id: ada }])
  })

  test('a second time changes nothing, and answers the first', () => {
    const { shard, ada, bob } = world()
    const tweetId = shard.post(ada, 'a rook')
    for (let number = 0; number < 5; number++) shard.post(bob, `${number}`)
    const first = shard.ask(tweetRetweetHandler, bob, { tweetId })
    const logged = shard.log.length
    expect(shard.ask(tweetRetweetHandler, bob, { tweetId })).toEqual(first)
    expect(shard.ask(tweetRetweetHandler, bob, { tweetId: first.retweetId })).toEqual(first)
    expect(shard.log).toHaveLength(logged)
  })

  test('of a retweet it passes on the original; so do a reply and a quote', () => {
    const { shard, ada, bob, cid } = world()
    const tweetId = shard.post(ada, 'a rook')
    const { retweetId } = shard.ask(tweetRetweetHandler, bob, { tweetId })
    const again = shard.ask(tweetRetweetHandler, cid, { tweetId: retweetId })
    expect(again.retweets).toBe(2)
    expect(tweetOf(shard, again.retweetId)).toMatchObject({ retweetOf: tweetId })
    const links = { inReplyTo: retweetId, quoteOf: again.retweetId }
    const { tweet } = shard.ask(tweetPostHandler, cid, { text: 'indeed', ...links })
    expect(tweet).toMatchObject({ inReplyTo: tweetId, quoteOf: tweetId })
  })

  test('one user’s retweets wait for each other, as one original has many names', () => {
    const { shard, ada, bob } = world()
    const [one, other] = [shard.post(ada, 'one'), shard.post(ada, 'other')]
    const claims = (tweetId: TweetId) => shard.prepare(tweetRetweetHandler, bob, { tweetId }).claims
    expect(claims(one)).toEqual(claims(other))
  })

  test('I5: with the original all its retweets go from view, and they come with it', () => {
    const { shard, ada, bob, cid } = world()
    const tweetId = shard.post(ada, 'a rook')
    const { retweetId } = shard.ask(tweetRetweetHandler, bob, { tweetId })
    shard.ask(tweetDeleteHandler, ada, { tweetId })
    expect(home(shard, cid)).toEqual([])
    expect(shard.ask(timelineUserHandler, stranger, { userId: bob }).tweets).toEqual([])
    for (const gone of [tweetId, retweetId]) {
      expect(shard.call(tweetGetHandler, cid, { tweetId: gone })).toMatchObject({
        kind: 'failed',
        error: { code: 'not_found' },
      })
    }
    expect(shard.call(tweetRetweetHandler, cid, { tweetId: retweetId }).kind).toBe('failed')
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })

  test('what came before its original is shown with it, and asked for where that lives', () => {
    const { shard, alice, zoe, yan } = elsewhere()
    const original = shard.newId(partitionOfId(yan)) as TweetId
    const retweet = shard.newId(partitionOfId(zoe)) as TweetId
    shard.ask(liveSubscribeHandler, alice, { channel: 'home' }, { slot: 7 })
    const event = { tweetId: retweet, authorId: zoe, retweetOf: original }
    shard.hear(tweetRetweetHandler.operation, event)
    expect(home(shard, alice)).toEqual([])
    expect(shard.call(tweetGetHandler, alice, { tweetId: retweet })).toEqual({
      kind: 'absent',
      partition: partitionOfId(yan),
      field: 'tweetId',
    })
    const { position } = shard.ask(timelineHomeHandler, alice, {})
    expect(shard.gateway.take()).toEqual([])
    const post = { tweetId: original, authorId: yan, text: 'first', entities }
    shard.hear(tweetPostHandler.operation, post)
    expect(home(shard, alice)).toEqual([retweet])
    expect(pushed(shard)).toEqual([retweet])
    const missed = shard.ask(
      liveSubscribeHandler,
      alice,
      { channel: 'home', position },
      { slot: 7 },
    )
    expect(missed.recovered).toBe(true)
    expect(missed.tweets.map(({ id }) => id)).toEqual([retweet])
  })

  test('a tweet that nobody knows is absent', () => {
    const { shard, bob } = world()
    const tweetId = shard.newId(6) as TweetId
    expect(shard.call(tweetRetweetHandler, bob, { tweetId })).toMatchObject({ kind: 'absent' })
  })
})

describe('a tweet that several have retweeted', () => {
  test('I2: appears once in a timeline, as the oldest of the retweets', () => {
    const { shard, ada, bob, cid } = world()
    const [dan, eve] = shard.signUp('dan', 'eve')
    for (const userId of [dan, eve]) shard.ask(userFollowHandler, cid, { userId })
    const tweetId = shard.post(ada, 'a rook')
    const retweet = (who: UserId) => shard.ask(tweetRetweetHandler, who, { tweetId }).retweetId
    const first = retweet(bob)
    const between = shard.post(bob, 'something else')
    for (const who of [dan, eve]) retweet(who)
    expect(home(shard, cid)).toEqual([between, first])
    expect(pages(shard, cid)).toEqual([between, first])
  })

  test('I2: is left out where the original itself is in the timeline', () => {
    const { shard, ada, bob, cid } = world()
    shard.ask(userFollowHandler, cid, { userId: ada })
    const tweetId = shard.post(ada, 'a rook')
    shard.ask(tweetRetweetHandler, bob, { tweetId })
    expect(home(shard, cid)).toEqual([tweetId])
    // Her own tweet comes back to nobody who wrote it, either.
    shard.ask(userFollowHandler, ada, { userId: bob })
    expect(home(shard, ada)).toEqual([tweetId])
  })

  test('the next oldest takes over when the oldest goes', () => {
    const { shard, ada, bob, cid } = world()
    const [dan] = shard.signUp('dan')
    shard.ask(userFollowHandler, cid, { userId: dan })
    const tweetId = shard.post(ada, 'a rook')
    const [first, second] = [bob, dan].map(
      (who) => shard.ask(tweetRetweetHandler, who, { tweetId }).retweetId,
    ) as [TweetId, TweetId]
    expect(home(shard, cid)).toEqual([first])
    shard.ask(tweetDeleteHandler, bob, { tweetId: first })
    expect(home(shard, cid)).toEqual([second])
  })

  test('is pushed once to whoever has it already, and is among what they missed once', () => {
    const { shard, ada, bob, cid } = world()
    const [dan] = shard.signUp('dan')
    shard.ask(userFollowHandler, cid, { userId: dan })
    const { position } = shard.ask(liveSubscribeHandler, cid, { channel: 'home' }, { slot: 7 })
    const tweetId = shard.post(ada, 'a rook')
    const first = shard.ask(tweetRetweetHandler, bob, { tweetId }).retweetId
    shard.ask(tweetRetweetHandler, dan, { tweetId })
    const [push, ...others] = shard.gateway.take()
    expect(others).toEqual([])
    expect(push).toMatchObject({
      name: 'timeline.tweet',
      data: {
        tweet: { id: first },
        referenced: [{ id: tweetId }],
        users: [{ id: bob }, { id: ada }],
      },
    })
    const missed = shard.ask(liveSubscribeHandler, cid, { channel: 'home', position }, { slot: 7 })
    expect(missed).toMatchObject({ recovered: true, referenced: [{ id: tweetId }] })
    expect(missed.tweets.map(({ id }) => id)).toEqual([first])
  })

  test('whoever shows a retweet is told of new counts and of the end of the original', () => {
    const { shard, ada, bob, cid } = world()
    const tweetId = shard.post(ada, 'a rook')
    shard.ask(tweetRetweetHandler, bob, { tweetId })
    const { position } = shard.ask(liveSubscribeHandler, cid, { channel: 'home' }, { slot: 7 })
    shard.ask(tweetRetweetHandler, ada, { tweetId })
    shard.live.flushCounts()
    expect(shard.gateway.take()).toMatchObject([
      { name: 'tweet.counts', data: { tweetId, retweets: 2 } },
    ])
    shard.ask(tweetDeleteHandler, ada, { tweetId })
    expect(shard.gateway.take()).toMatchObject([{ name: 'tweet.deleted', data: { tweetId } }])
    const missed = shard.ask(liveSubscribeHandler, cid, { channel: 'home', position }, { slot: 7 })
    expect(missed).toMatchObject({ recovered: true, deletedTweetIds: [tweetId] })
  })
})

describe('what tweets refer to', () => {
  test('a quoted tweet comes along, also behind a retweet; not twice, and not if it is gone', () => {
    const { shard, ada, bob, cid } = world()
    const quoted = shard.post(ada, 'a rook')
    const { tweet } = shard.ask(tweetPostHandler, ada, { text: 'see', quoteOf: quoted })
    shard.ask(tweetRetweetHandler, bob, { tweetId: tweet.id })
    shard.ask(tweetPostHandler, bob, { text: 'look', quoteOf: quoted })
    expect(referenced(shard, cid)).toEqual([quoted, tweet.id])
    expect(shard.ask(timelineHomeHandler, ada, {}).referenced).toBeUndefined()
    expect(shard.ask(tweetGetHandler, cid, { tweetId: tweet.id })).toMatchObject({
      referenced: [{ id: quoted }],
      users: [{ id: ada }],
    })
    shard.ask(tweetDeleteHandler, ada, { tweetId: quoted })
    expect(referenced(shard, cid)).toEqual([tweet.id])
  })
})

function world() {
  const shard = new OneShard()
  const [ada, bob, cid] = shard.signUp('ada', 'bob', 'cid')
  shard.ask(userFollowHandler, cid, { userId: bob })
  return { shard, ada, bob, cid }
}

/** A shard of which alice is, who follows two others from elsewhere. */
function elsewhere() {
  const shard = new OneShard({ hosts: ['alice'] })
  const [alice] = shard.signUp('alice')
  const [zoe, yan] = [shard.hearOf('zoe'), shard.hearOf('yan')]
  shard.ask(userFollowHandler, alice, { userId: zoe })
  return { shard, alice, zoe, yan }
}

function home(shard: OneShard, reader: UserId): TweetId[] {
  return shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
}

/** The whole home timeline, one tweet at a time. */
function pages(shard: OneShard, reader: UserId): TweetId[] {
  const found: TweetId[] = []
  let before: number | undefined
  do {
    const cursor = before === undefined ? {} : { before }
    const page = shard.ask(timelineHomeHandler, reader, { limit: 1, ...cursor })
    found.push(...page.tweets.map(({ id }) => id))
    before = page.olderCursor
  } while (before !== undefined)
  return found
}

function referenced(shard: OneShard, reader: UserId): TweetId[] | undefined {
  const page = shard.ask(timelineHomeHandler, reader, {})
  return page.referenced?.map(({ id }) => id)
}

function tweetOf(shard: OneShard, tweetId: TweetId) {
  return shard.ask(tweetGetHandler, stranger, { tweetId }).tweet
}

function pushed(shard: OneShard): unknown[] {
  return shard.gateway.take().map(({ data }) => (data['tweet'] as { id: number }).id)
}
