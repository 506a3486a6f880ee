import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { Live } from '../../../../shard/live/live.ts'
import { alone } from '../../../../shard/live/live-ports.ts'
import type { GatewayLink } from '../../../../shard/live/live-subscribers.ts'
import { shownTweetsMax } from '../../../../shard/live/live-subscribers.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetUnfavoriteHandler } from '../../../../shard/operations/tweet-unfavorite.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { FakeGateway } from '../../../helpers/fake-gateway-link.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('a new tweet', () => {
  test('goes once to each gateway, with the slots of all followers who are online there', () => {
    const { shard, alice, bob, carol } = world()
    const second = new FakeGateway()
    shard.live.connect(second)
    subscribe(shard, alice, 1)
    subscribe(shard, alice, 2)
    subscribe(shard, carol, 3)
    subscribe(shard, carol, 1, second)
    const id = shard.post(bob, 'hello')
    const pushed = shard.gateway.take()
    expect(pushed).toMatchObject([{ name: 'timeline.tweet', data: { tweet: { id } } }])
    expect(pushed[0]?.slots.toSorted()).toEqual([1, 2, 3])
    expect(second.take()).toEqual([{ ...pushed[0], slots: [1] }])
    expect(shard.live.pushCount).toBe(4)
  })

  test('comes with its author and the counts of all, and with the flags of nobody', () => {
    const { shard, alice, bob } = world()
    subscribe(shard, alice, 1)
    shard.post(bob, 'hello')
    const { tweet, users } = shard.gateway.take()[0]!.data as {
      tweet: object
      users: readonly object[]
    }
    expect(tweet).toMatchObject({ text: 'hello', counts: { favorites: 0 } })
    expect(tweet).not.toHaveProperty('viewer')
    expect(users).toMatchObject([{ id: bob, counts: { tweets: 1, followers: 2 } }])
    expect(users[0]).not.toHaveProperty('viewer')
  })

  test("reaches the author's own sockets, and nobody who does not follow", () => {
    const { shard, alice, bob } = world()
    subscribe(shard, alice, 1)
    subscribe(shard, bob, 2)
    shard.post(alice, 'mine')
    expect(shard.gateway.take()).toMatchObject([{ slots: [1] }])
  })

  test('finds hundreds of sockets of one gateway', () => {
    const { shard, alice, bob } = world()
    const slots = Array.from({ length: 300 }, (_, number) => number + 1)
    for (const slot of slots) subscribe(shard, alice, slot)
    shard.post(bob, 'hello')
    expect(shard.gateway.take()[0]?.slots).toEqual(slots)
  })
})

describe('a push that breaks', () => {
  test('I8: is told to those whom it was for, and reaches nobody later', () => {
    const { shard, alice, bob, carol } = world()
    subscribe(shard, alice, 1)
    subscribe(shard, carol, 2)
    const id = shard.post(bob, 'for both')
    shard.gateway.take()
    const { tweets, users } = shard.state
    const { writeBody } = tweets
    tweets.writeBody = () => {
      throw new Error('a bug')
    }
    expect(() => shard.live.pushDelivered(id, [users.find(alice)])).toThrow('a bug')
    tweets.writeBody = writeBody
    expect(shard.gateway.take()).toEqual([])
    expect(shard.gateway.lost).toEqual([1])
    shard.post(carol, 'for herself')
    expect(shard.gateway.take()).toMatchObject([{ name: 'timeline.tweet', slots: [2] }])
  })

  test('I8: where nobody knows whom it was for, is told to all who listen', () => {
    const { shard, alice, carol } = world()
    subscribe(shard, alice, 1)
    subscribe(shard, carol, 2)
    shard.live.broke()
    expect(shard.gateway.lost).toEqual([1, 2])
    shard.post(alice, 'mine')
    expect(shard.gateway.take()).toMatchObject([{ slots: [1] }])
  })
})

describe('new counts', () => {
  test('are pushed once a flush, however often they change, with how things are then', () => {
    const { shard, alice, bob, carol } = world()
    subscribe(shard, alice, 1)
    const tweetId = shard.post(bob, 'hot')
    shard.gateway.take()
    shard.ask(tweetFavoriteHandler, alice, { tweetId })
    shard.ask(tweetFavoriteHandler, carol, { tweetId })
    shard.ask(tweetUnfavoriteHandler, alice, { tweetId })
    shard.post(carol, 'wow', { inReplyTo: tweetId })
    expect(shard.gateway.take()).toEqual([])
    shard.live.flushCounts()
    const data = { tweetId, favorites: 1, retweets: 0, replies: 1 }
    expect(shard.gateway.take()).toEqual([{ name: 'tweet.counts', slots: [1], data }])
    shard.live.flushCounts()
    expect(shard.gateway.take()).toEqual([])
  })

  test('go only to sockets that were shown the tweet: by a push, a page or a read', () => {
    const { shard, alice, bob, carol } = world()
    for (const slot of [1, 2, 3]) subscribe(shard, carol, slot)
    const tweetId = shard.post(alice, 'not for carol')
    shard.ask(timelineHomeHandler, carol, {}, { slot: 2 })
    shard.ask(tweetGetHandler, carol, { tweetId }, { slot: 3 })
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    shard.live.flushCounts()
    expect(shard.gateway.take()).toMatchObject([{ name: 'tweet.counts', slots: [3] }])
  })

  test('of many tweets go to each socket for those that it shows', () => {
    const { shard, alice, bob, carol } = world()
    const [one, two] = [shard.post(alice, 'one'), shard.post(alice, 'two')]
    for (const [slot, tweetId] of [
      [1, one],
      [2, two],
      [3, one],
      [3, two],
    ] as const) {
      subscribe(shard, carol, slot)
      shard.ask(tweetGetHandler, carol, { tweetId }, { slot })
    }
    for (const tweetId of [one, two]) shard.ask(tweetFavoriteHandler, bob, { tweetId })
    shard.live.flushCounts()
    const seen = shard.gateway.take().map(({ slots, data }) => [data['tweetId'], slots])
    expect(new Map(seen as [TweetId, number[]][])).toEqual(
      new Map([
        [one, [1, 3]],
        [two, [2, 3]],
      ]),
    )
  })

  test('of a tweet that was deleted before the flush are not told any more', () => {
    const { shard, alice, bob } = world()
    subscribe(shard, alice, 1)
    const tweetId = shard.post(bob, 'oops')
    shard.ask(tweetFavoriteHandler, alice, { tweetId })
    shard.ask(tweetDeleteHandler, bob, { tweetId })
    expect(shard.gateway.take().map(({ name }) => name)).toEqual([
      'timeline.tweet',
      'tweet.deleted',
    ])
    shard.live.flushCounts()
    expect(shard.gateway.take()).toEqual([])
  })

  test('of what was shown long ago are not told, of the newest shown ones they are', () => {
    const { shard, alice, bob } = world()
    subscribe(shard, alice, 1)
    const tweets = Array.from({ length: shownTweetsMax + 1 }, (_, number) =>
      shard.post(bob, `${number}`),
    )
    shard.gateway.take()
    for (const place of [0, 1]) {
      shard.ask(tweetFavoriteHandler, alice, { tweetId: tweets[place]! })
    }
    shard.live.flushCounts()
    expect(shard.gateway.take().map(({ data }) => data['tweetId'])).toEqual([tweets[1]])
  })
})

describe('a deleted tweet', () => {
  test('is told to the sockets that were shown it, on every gateway, and to no others', () => {
    const { shard, alice, bob, carol } = world()
    const second = new FakeGateway()
    shard.live.connect(second)
    const tweetId = shard.post(bob, 'before anybody was online')
    subscribe(shard, alice, 1)
    subscribe(shard, carol, 2)
    subscribe(shard, alice, 3, second)
    shard.ask(timelineHomeHandler, alice, {}, { slot: 1 })
    shard.live.subscriptionsOf(second, 3)?.show(shard.state.tweets.find(tweetId))
    shard.ask(tweetDeleteHandler, bob, { tweetId })
    const deleted = { name: 'tweet.deleted', data: { tweetId } }
    expect(shard.gateway.take()).toEqual([{ ...deleted, slots: [1] }])
    expect(second.take()).toEqual([{ ...deleted, slots: [3] }])
  })
})

describe('who is online', () => {
  test('a socket that closes gets nothing any more; the user stays online with another', () => {
    const { shard, alice, bob } = world()
    const index = shard.state.users.find(alice)
    subscribe(shard, alice, 1)
    subscribe(shard, alice, 2)
    shard.live.disconnectSlot(shard.gateway, 1)
    expect(shard.state.online.get(index)).toBe(1)
    shard.post(bob, 'hello')
    expect(shard.gateway.take()).toMatchObject([{ slots: [2] }])
    shard.live.disconnectSlot(shard.gateway, 2)
    shard.live.disconnectSlot(shard.gateway, 2)
    expect(shard.state.online.get(index)).toBe(0)
    expect(shard.live.subscriberCount).toBe(0)
  })

  test('a gateway that is gone is forgotten with all its sockets; the others stay', () => {
    const { shard, alice, bob, carol } = world()
    const second = new FakeGateway()
    shard.live.connect(second)
    subscribe(shard, alice, 1)
    subscribe(shard, carol, 2)
    subscribe(shard, carol, 5, second)
    shard.live.disconnect(shard.gateway)
    expect(shard.live.subscriberCount).toBe(1)
    expect(shard.state.online.get(shard.state.users.find(alice))).toBe(0)
    expect(shard.state.online.get(shard.state.users.find(carol))).toBe(1)
    expect(shard.live.subscriptionsOf(shard.gateway, 1)).toBeUndefined()
    shard.post(bob, 'hello')
    expect(shard.gateway.take()).toEqual([])
    expect(second.take()).toMatchObject([{ slots: [5] }])
    shard.live.disconnect(shard.gateway)
    shard.live.disconnectSlot(shard.gateway, 1)
    expect(shard.live.subscriberCount).toBe(1)
  })

  test('a socket that signs in as somebody else gets what is theirs, and nothing of before', () => {
    const { shard, alice, bob, carol } = world()
    subscribe(shard, alice, 1)
    const tweetId = shard.post(alice, 'shown to alice')
    subscribe(shard, bob, 1)
    shard.gateway.take()
    shard.ask(tweetFavoriteHandler, carol, { tweetId })
    shard.live.flushCounts()
    shard.post(alice, 'not for bob')
    expect(shard.gateway.take()).toEqual([])
    shard.post(bob, 'mine')
    expect(shard.gateway.take()).toMatchObject([{ slots: [1] }])
    expect(shard.state.online.get(shard.state.users.find(alice))).toBe(0)
  })

  test('a request over HTTP, which has no slot, can subscribe nothing', () => {
    const { shard } = world()
    expect(shard.live.subscriptionsOf(shard.gateway, 0)).toBeUndefined()
  })

  test('an ended session is told to all gateways', () => {
    const { shard, alice } = world()
    const second = new FakeGateway()
    shard.live.connect(second)
    shard.live.endSession(alice, 'hash')
    expect([shard.gateway.endedSessions, second.endedSessions]).toEqual([['hash'], ['hash']])
  })

  test('an ended session is told by a replica later than by the primary, and by nobody else', () => {
    const { shard, alice } = world()
    const later: (() => void)[] = []
    const ports = {
      ...alone,
      isServing: () => false,
      later: (task: () => void) => later.push(task),
    }
    const replica = new Live(shard.state, 'k3x9', ports)
    replica.connect(shard.gateway)
    replica.endSession(alice, 'hash')
    expect(shard.gateway.endedSessions).toEqual([])
    for (const task of later) task()
    expect(shard.gateway.endedSessions).toEqual(['hash'])
    const elsewhere = new Live(new ShardState(), 'k3x9')
    elsewhere.connect(shard.gateway)
    elsewhere.endSession(alice, 'other')
    expect(shard.gateway.endedSessions).toEqual(['hash'])
  })
})

function world() {
  const shard = new OneShard()
  const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
  for (const follower of [alice, carol]) shard.ask(userFollowHandler, follower, { userId: bob })
  return { shard, alice, bob, carol }
}

function subscribe(
  shard: OneShard,
  user: UserId,
  slot: number,
  link: GatewayLink = shard.gateway,
): void {
  shard.live.subscriptionsOf(link, slot)?.subscribe(shard.state.users.find(user))
}
