import { describe, expect, test } from 'vitest'
import { partitionOfId, type TweetId, type UserId } from '../../../../protocol/ids.ts'
import { pageLimitDefault, resumeItemsMax, timelineLengthMax } from '../../../../protocol/limits.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('live.subscribe', () => {
  test('without a position: the newest page, and pushes from then on', () => {
    const { shard, alice, bob } = world()
    const tweets = Array.from({ length: 25 }, (_, number) => shard.post(bob, `${number}`))
    const { recovered, ...answer } = subscribe(shard, alice)
    expect(recovered).toBe(false)
    expect(answer.tweets).toEqual(tweets.reverse().slice(0, pageLimitDefault))
    expect(answer.position).toBe('k3x9:25')
    const next = shard.post(bob, 'live')
    expect(shard.gateway.take()).toMatchObject([
      {
        name: 'timeline.tweet',
        slots: [7],
        data: { tweet: { id: next }, users: [{ id: bob }], position: 'k3x9:26' },
      },
    ])
  })

  test('with a position: exactly what was missed, in the order of a page', () => {
    const { shard, alice, bob, carol } = world()
    shard.post(bob, 'seen')
    const { position } = shard.ask(timelineHomeHandler, alice, {})
    shard.post(carol, 'not for alice')
    const missed = [shard.post(bob, 'one'), shard.post(alice, 'two'), shard.post(bob, 'three')]
    const answer = subscribe(shard, alice, position)
    expect(answer).toEqual({ recovered: true, tweets: missed.reverse(), position: 'k3x9:5' })
  })

  test('with the position of a push: nothing of it again, everything after it', () => {
    const { shard, alice, bob } = world()
    subscribe(shard, alice)
    shard.post(bob, 'pushed')
    const position = shard.gateway.take()[0]?.data['position'] as string
    expect(subscribe(shard, alice, position)).toMatchObject({ recovered: true, tweets: [] })
    const missed = shard.post(bob, 'missed')
    expect(subscribe(shard, alice, position)).toMatchObject({ recovered: true, tweets: [missed] })
  })

  test('I8: the position of another process cannot be told: the newest page, and recovered is false', () => {
    const { shard, alice, bob } = world()
    const tweet = shard.post(bob, 'hello')
    for (const position of ['other:0', 'other:1', 'k3x9:2', 'k3x9:9999999999']) {
      expect(subscribe(shard, alice, position)).toMatchObject({
        recovered: false,
        tweets: [tweet],
        position: 'k3x9:1',
      })
    }
  })

  test('I8: never a part: the limit is still complete, one more is a fresh page', () => {
    const { shard, alice, bob } = world()
    for (let number = 0; number < resumeItemsMax; number++) shard.post(bob, `${number}`)
    const all = subscribe(shard, alice, 'k3x9:0')
    expect(all.recovered).toBe(true)
    expect(all.tweets).toHaveLength(resumeItemsMax)
    shard.post(bob, 'one too many')
    const page = subscribe(shard, alice, 'k3x9:0')
    expect(page.recovered).toBe(false)
    expect(page.tweets).toHaveLength(pageLimitDefault)
    const rest = subscribe(shard, alice, 'k3x9:1')
    expect(rest).toMatchObject({ recovered: true })
    expect(rest.tweets).toHaveLength(resumeItemsMax)
  })

  test('I8: never a part: what fell out of a timeline of which most is hidden may have been missed', () => {
    const { shard, alice, bob, carol } = world()
    shard.ask(userFollowHandler, alice, { userId: carol })
    shard.ask(userMuteHandler, alice, { userId: carol })
    const { position } = shard.ask(timelineHomeHandler, alice, {})
    const [first] = postMany(shard, bob, 5)
    postMany(shard, carol, timelineLengthMax - 5)
    expect(subscribe(shard, alice, position)).toMatchObject({ recovered: false })
    // The oldest entry is not a missed one for who has seen it.
    const afterFirst = subscribe(shard, alice, 'k3x9:1')
    expect(afterFirst.recovered).toBe(true)
    expect(afterFirst.tweets).toHaveLength(4)
    tweetDeleteHandler.apply(shard.state, { tweetId: first!, authorId: bob })
    expect(subscribe(shard, alice, position)).toMatchObject({ recovered: false })
  })

  test('I8: never a part: nor what fell out behind many retweets of one tweet', () => {
    const { shard, alice, bob, carol } = world()
    const { position } = shard.ask(timelineHomeHandler, alice, {})
    const hit = shard.post(carol, 'everybody retweets it')
    postMany(shard, bob, 10)
    for (let fan = 0; fan < timelineLengthMax - 5; fan++) {
      const authorId = shard.newId(fan % shard.partitionCount) as UserId
      shard.state.users.index.intern(authorId)
      shard.state.follow(alice, authorId)
      shard.nowMs++
      const tweetId = shard.newId(partitionOfId(authorId)) as TweetId
      const retweet = { tweetId, authorId, retweetOf: hit, originalAuthorId: carol }
      tweetRetweetHandler.apply(shard.state, retweet)
    }
    expect(subscribe(shard, alice, position)).toMatchObject({ recovered: false })
  })

  test('I5, I8: what was deleted since the position is told, of those whom the reader follows', () => {
    const { shard, alice, bob, carol } = world()
    const [seen, strange] = [shard.post(bob, 'seen'), shard.post(carol, 'not for alice')]
    const { position } = shard.ask(timelineHomeHandler, alice, {})
    shard.ask(tweetDeleteHandler, bob, { tweetId: seen })
    shard.ask(tweetDeleteHandler, carol, { tweetId: strange })
    const answer = shard.ask(liveSubscribeHandler, alice, { channel: 'home', position })
    expect(answer).toMatchObject({ recovered: true, tweets: [], deletedTweetIds: [seen] })
  })

  test('I5, I8: so is what somebody quotes whom the reader follows, or quotes in what they retweet', () => {
    const { shard, alice, bob, carol } = world()
    const [first, second] = [shard.post(carol, 'a rook'), shard.post(carol, 'a crow')]
    const quote = (author: UserId, quoteOf: TweetId) =>
      shard.ask(tweetPostHandler, author, { text: 'look', quoteOf }).tweet.id
    quote(bob, first)
    shard.ask(tweetRetweetHandler, bob, { tweetId: quote(carol, second) })
    const { position } = shard.ask(timelineHomeHandler, alice, {})
    for (const tweetId of [first, second]) shard.ask(tweetDeleteHandler, carol, { tweetId })
    const answer = shard.ask(liveSubscribeHandler, alice, { channel: 'home', position })
    expect(answer).toMatchObject({ recovered: true, deletedTweetIds: [first, second] })
  })

  test('I5: what was deleted or unfollowed meanwhile is left out', () => {
    const { shard, alice, bob, carol } = world()
    shard.ask(userFollowHandler, alice, { userId: carol })
    const { position } = shard.ask(timelineHomeHandler, alice, {})
    const [kept, deleted] = [shard.post(bob, 'kept'), shard.post(bob, 'deleted')]
    shard.post(carol, 'unfollowed')
    shard.ask(tweetDeleteHandler, bob, { tweetId: deleted })
    shard.ask(userUnfollowHandler, alice, { userId: carol })
    expect(subscribe(shard, alice, position)).toMatchObject({ recovered: true, tweets: [kept] })
  })

  test('over HTTP there is no socket to push to: the answer comes, and nothing else', () => {
    const { shard, alice, bob } = world()
    shard.ask(liveSubscribeHandler, alice, { channel: 'home' })
    expect(shard.live.subscriberCount).toBe(0)
    shard.post(bob, 'hello')
    expect(shard.gateway.take()).toEqual([])
  })

  test('twice on one socket is one subscription', () => {
    const { shard, alice, bob } = world()
    subscribe(shard, alice)
    subscribe(shard, alice)
    shard.post(bob, 'hello')
    expect(shard.gateway.take()).toMatchObject([{ slots: [7] }])
  })
})

describe('I8: a tweet on its way to very many', () => {
  /** Alice follows bob, who is large, and carol; she has seen what there was. */
  function largeWorld() {
    const shard = new OneShard()
    const [alice, bob, carol, dave] = shard.signUp('alice', 'bob', 'carol', 'dave')
    for (const userId of [bob, carol]) shard.ask(userFollowHandler, alice, { userId })
    shard.ask(userFollowHandler, dave, { userId: bob })
    shard.state.largeDeliveryMin = 2
    subscribe(shard, alice)
    const { timelines, online } = shard.state
    const index = shard.state.users.find(alice)
    /** What the fan-out does. */
    const deliver = (tweetId: TweetId): void => {
      timelines.nextRound(() => 1_000)
      timelines.endRound({ appended: 0, left: [[index]] })
      shard.live.pushDelivered(tweetId, online.get(index) === 1 ? [index] : [])
    }
    return { shard, alice, bob, carol, dave, index, deliver }
  }

  test('is missing in the position of what overtakes it, and comes once, by push or by resuming', () => {
    const { shard, alice, bob, carol, deliver } = largeWorld()
    const large = shard.post(bob, 'to very many')
    const small = shard.post(carol, 'to a few')
    const [overtaking, ...others] = shard.gateway.take()
    expect(others).toEqual([])
    expect(overtaking?.data).toMatchObject({ tweet: { id: small }, position: 'k3x9:2!1' })
    const resumed = subscribe(shard, alice, 'k3x9:2!1')
    expect(resumed).toEqual({ recovered: true, tweets: [large], position: 'k3x9:2' })
    deliver(large)
    expect(shard.gateway.take()).toEqual([])
  })

  test('is pushed at its end to those who have been there all the time', () => {
    const { shard, alice, bob, carol, deliver } = largeWorld()
    const large = shard.post(bob, 'to very many')
    shard.post(carol, 'to a few')
    shard.gateway.take()
    deliver(large)
    const [pushed] = shard.gateway.take()
    expect(pushed?.data).toMatchObject({ tweet: { id: large }, position: 'k3x9:2' })
    expect(subscribe(shard, alice, 'k3x9:2')).toMatchObject({ recovered: true, tweets: [] })
  })

  test('is not pushed to who has ended meanwhile a follow by which it came', () => {
    for (const ended of ['nobody', 'bob', 'carol'] as const) {
      const { shard, alice, bob, carol, deliver } = largeWorld()
      const inReplyTo = shard.post(carol, 'how many are they?')
      shard.gateway.take()
      shard.state.largeDeliveryMin = 1
      const large = shard.post(bob, 'very many', { inReplyTo })
      const userId = { nobody: undefined, bob, carol }[ended]
      if (userId !== undefined) shard.ask(userUnfollowHandler, alice, { userId })
      deliver(large)
      expect(shard.gateway.take(), ended).toHaveLength(ended === 'nobody' ? 1 : 0)
    }
  })

  test('I4: a retweet that comes before its original is told once to all who follow, whenever they subscribe', () => {
    for (const when of ['before', 'when it was passed', 'with the original'] as const) {
      const { shard, alice, bob, dave, index } = largeWorld()

      shard.live.disconnectSlot(shard.gateway, 7)
      const { timelines, online } = shard.state
      if (when === 'before') subscribe(shard, alice)
      const tweetId = shard.newId(partitionOfId(bob)) as TweetId
      const retweetOf = shard.newId(partitionOfId(dave)) as TweetId
      const retweet = { tweetId, authorId: bob, retweetOf, originalAuthorId: dave }
      shard.hear(tweetRetweetHandler.operation, retweet)
      timelines.nextRound(() => 1_000)
      const found = online.get(index) === 1 ? [index] : []
      const first = when === 'when it was passed' ? subscribe(shard, alice) : undefined
      expect(first?.tweets ?? []).toEqual([])
      shard.hear(tweetPostHandler.operation, postOf(dave, retweetOf))
      const page = when === 'with the original' ? subscribe(shard, alice).tweets : []
      timelines.endRound({ appended: 0, left: [[index]] })
      shard.live.pushDelivered(tweetId, found)
      const pushed = shard.gateway.take().map(({ data }) => (data['tweet'] as { id: TweetId }).id)
      expect([...page, ...pushed], when).toEqual([tweetId])
    }
  })

  test('is on every page from the first moment', () => {
    const { shard, alice, bob, carol } = largeWorld()
    const tweets = [shard.post(bob, 'to very many'), shard.post(carol, 'to a few')].reverse()
    const page = shard.ask(timelineHomeHandler, alice, {})
    expect(page.tweets.map(({ id }) => id)).toEqual(tweets)
  })
})

function world() {
  const shard = new OneShard()
  const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
  shard.ask(userFollowHandler, alice, { userId: bob })
  return { shard, alice, bob, carol }
}

/** Posts so many tweets here alone, as another process's log may bring them. */
function postMany(shard: OneShard, authorId: UserId, count: number): TweetId[] {
  return Array.from({ length: count }, (_, number) => {
    shard.nowMs++
    const tweetId = shard.newId(partitionOfId(authorId)) as TweetId
    tweetPostHandler.apply(shard.state, postOf(authorId, tweetId, `${number}`))
    return tweetId
  })
}

function postOf(authorId: UserId, tweetId: TweetId, text = 'hello') {
  return { tweetId, authorId, text, entities: { mentions: [], hashtags: [], urls: [] } }
}

function subscribe(shard: OneShard, reader: UserId, position?: string) {
  const params = { channel: 'home', ...(position === undefined ? {} : { position }) }
  const answer = shard.ask(liveSubscribeHandler, reader, params, { slot: 7 })
  const { recovered, tweets, position: now } = answer
  return { recovered, tweets: tweets.map(({ id }) => id), position: now }
}
