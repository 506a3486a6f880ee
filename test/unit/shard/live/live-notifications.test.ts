// The channel `notifications`, from the subscription to the push and back.

import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import type { Notification } from '../../../../protocol/notifications.ts'
import { toldAtOnceMax } from '../../../../shard/live/live-notifications.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { liveUnsubscribeHandler } from '../../../../shard/operations/live-unsubscribe.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userApproveFollowHandler } from '../../../../shard/operations/user-approve-follow.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

const channel = 'notifications'
type Pushed = {
  readonly notification: Notification
  readonly position: string
  readonly unreadCount: number
}

function world() {
  const shard = new OneShard()
  const [ada, bob, eve] = shard.signUp('ada', 'bob', 'eve')
  const tweetId = shard.post(ada, 'rooks at dusk')
  const subscribe = (user: UserId, slot = 7, position?: string) => {
    const params = { channel, ...(position === undefined ? {} : { position }) }
    return shard.ask(liveSubscribeHandler, user, params, { slot })
  }
  return { shard, ada, bob, eve, tweetId, subscribe, pushed: () => pushedBy(shard) }
}

/** What was pushed in the channel since the last look. */
function pushedBy({ gateway }: OneShard): Pushed[] {
  const pushes = gateway.take().filter(({ name }) => name === 'notification')
  return pushes.map(({ data }) => data as unknown as Pushed)
}

describe('the channel of notifications', () => {
  test('begins with the newest page, and goes on with each entry as it becomes', () => {
    const { shard, ada, bob, eve, tweetId, subscribe } = world()
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    const first = subscribe(ada)
    expect(first).toMatchObject({
      recovered: false,
      unreadCount: 1,
      notifications: [{ kind: 'favorite', actorIds: [bob], count: 1, read: false }],
      tweets: [{ id: tweetId }],
    })
    shard.ask(tweetFavoriteHandler, eve, { tweetId })
    const [push] = shard.gateway.take().filter(({ name }) => name === 'notification')
    expect(push).toMatchObject({ slots: [7] })
    expect(push!.data).toMatchObject({
      notification: { key: `favorite:${tweetId}`, actorIds: [eve, bob], count: 2 },
      tweets: [{ id: tweetId }],
      users: [{ id: eve }, { id: bob }, { id: ada }],
      unreadCount: 1,
    })
    expect(push!.data['position']).not.toBe(first.position)
  })

  test('brings every kind to whom it concerns, and to nobody else', () => {
    const { shard, ada, bob, eve, tweetId, subscribe, pushed } = world()
    subscribe(ada, 7)
    subscribe(eve, 8)
    shard.post(bob, '@ada')
    shard.post(bob, 'so many', { inReplyTo: tweetId })
    shard.ask(tweetPostHandler, bob, { text: 'see', quoteOf: tweetId })
    shard.ask(tweetRetweetHandler, bob, { tweetId })
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    shard.ask(userFollowHandler, bob, { userId: ada })
    shard.ask(userUpdateHandler, ada, { protected: true })
    shard.ask(userFollowHandler, eve, { userId: ada })
    const kinds = ['mention', 'reply', 'quote', 'retweet', 'favorite', 'follow', 'follow_request']
    expect(shard.gateway.pushes.every(({ slots }) => slots.join() === '7')).toBe(true)
    expect(pushed().map(({ notification }) => notification.kind)).toEqual(kinds)
    shard.ask(userApproveFollowHandler, ada, { userId: eve })
    const [push] = shard.gateway.take()
    expect(push).toMatchObject({ slots: [8], data: { notification: { kind: 'follow_approved' } } })
  })

  test('I5: nothing comes of those who are muted or blocked', () => {
    const { shard, ada, bob, eve, tweetId, subscribe, pushed } = world()
    subscribe(ada)
    shard.ask(userMuteHandler, ada, { userId: bob })
    shard.post(bob, '@ada')
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    shard.ask(userFollowHandler, bob, { userId: ada })
    const mention = shard.post(eve, '@ada')
    expect(pushed()).toMatchObject([{ notification: { tweetId: mention }, unreadCount: 1 }])
    shard.ask(userBlockHandler, eve, { userId: ada })
    shard.post(eve, '@ada, goodbye')
    expect(pushed()).toEqual([])
  })

  test('I8: who comes back is told what happened since, and of deleted tweets', () => {
    const { shard, ada, bob, eve, tweetId, subscribe, pushed } = world()
    const gone = shard.post(bob, '@ada, gone soon')
    shard.post(bob, 'of nobody')
    subscribe(ada)
    shard.ask(tweetFavoriteHandler, bob, { tweetId })
    const { position } = pushed()[0]!
    shard.live.disconnectSlot(shard.gateway, 7)
    shard.ask(tweetFavoriteHandler, eve, { tweetId })
    const mention = shard.post(eve, '@ada')
    shard.ask(tweetDeleteHandler, bob, { tweetId: gone })
    const back = subscribe(ada, 9, position)
    expect(back).toMatchObject({ recovered: true, deletedTweetIds: [gone], unreadCount: 2 })
    expect(back.notifications).toMatchObject([
      { kind: 'mention', tweetId: mention },
      { kind: 'favorite', actorIds: [eve, bob] },
    ])
    expect(subscribe(ada, 9, back.position).notifications).toEqual([])
    expect(pushed()).toEqual([])
  })

  test('I5, I8: so is who was shown a quoted tweet beside an entry, at once and coming back', () => {
    const { shard, ada, bob, eve, subscribe, pushed } = world()
    const [first, second] = [shard.post(eve, 'a rook'), shard.post(eve, 'a crow')]
    subscribe(ada)
    for (const quoteOf of [first, second]) {
      shard.ask(tweetPostHandler, bob, { text: 'look, @ada', quoteOf })
    }
    const { position } = pushed().at(-1)!
    shard.ask(tweetDeleteHandler, eve, { tweetId: first })
    const told = { name: 'tweet.deleted', slots: [7], data: { tweetId: first } }
    expect(shard.gateway.take()).toEqual([told])
    shard.live.disconnectSlot(shard.gateway, 7)
    shard.ask(tweetDeleteHandler, eve, { tweetId: second })
    const back = subscribe(ada, 9, position)
    expect(back).toMatchObject({ recovered: true, deletedTweetIds: [first, second] })
  })

  test('I8: a position of another process, or of another channel, gives the newest page', () => {
    const { ada, subscribe } = world()
    const { position } = subscribe(ada)
    for (const lost of [position.replace('k3x9', 'other'), 'k3x9:1', 'k3x9:900!0', 'k3x9:0!900']) {
      expect(subscribe(ada, 7, lost).recovered, lost).toBe(false)
    }
    expect(subscribe(ada, 7, position).recovered).toBe(true)
  })

  test('I8: what was heard of before its tweet is told with it, or to who comes back after it', () => {
    const shard = new OneShard({ hosts: ['ada'] })
    const [ada] = shard.signUp('ada')
    const yan = shard.hearOf('yan')
    const subscribe = (slot: number, position?: string) => {
      const params = { channel, ...(position === undefined ? {} : { position }) }
      return shard.ask(liveSubscribeHandler, ada, params, { slot })
    }
    subscribe(7)
    const tweetId = shard.newId(partitionOfId(ada)) as TweetId
    const ids = () => ({ tweetId: shard.newId(partitionOfId(yan)) as TweetId, authorId: yan })
    const favoriteId = shard.newId(partitionOfId(yan))
    const favorite = { actorId: yan, tweetId, authorId: ada, favoriteId }
    shard.hear(tweetFavoriteHandler.operation, favorite)
    const retweet = { ...ids(), retweetOf: tweetId, originalAuthorId: ada }
    shard.hear(tweetRetweetHandler.operation, retweet)
    expect(pushedBy(shard)).toEqual([])
    const { position } = subscribe(8)
    shard.live.disconnectSlot(shard.gateway, 8)
    const entities = { mentions: [], hashtags: [], urls: [] }
    shard.hear(tweetPostHandler.operation, { tweetId, authorId: ada, text: 'late', entities })
    const pushes = pushedBy(shard)
    expect(pushes.map(({ notification }) => notification.kind)).toEqual(['favorite', 'retweet'])
    const back = subscribe(8, position)
    expect(back).toMatchObject({ recovered: true, notifications: [{ kind: 'retweet' }, {}] })
    // Whoever is cut off between the two is told of the second one again, rather than never.
    expect(subscribe(9, pushes[0]!.position).notifications).toHaveLength(2)
    expect(subscribe(9, pushes[1]!.position).notifications).toHaveLength(0)
  })

  test('of whom very much is noticed, the rest of a second is told when it is over', () => {
    const { shard, ada, tweetId, subscribe, pushed } = world()
    subscribe(ada)
    const fans = shard.signUp(...Array.from({ length: 12 }, (_, number) => `fan_${number}`))
    for (const fan of fans) shard.ask(tweetFavoriteHandler, fan, { tweetId })
    const atOnce = pushed()
    expect(atOnce).toHaveLength(toldAtOnceMax)
    const back = subscribe(ada, 9, atOnce.at(-1)!.position)
    expect(back.notifications, 'nothing is missing meanwhile').toMatchObject([{ count: 12 }])
    shard.live.disconnectSlot(shard.gateway, 9)
    shard.live.flushCounts()
    expect(pushed()).toMatchObject([{ notification: { count: 12 } }])
    shard.live.flushCounts()
    expect(pushed()).toEqual([])
    shard.post(fans[0]!, '@ada')
    expect(pushed()).toHaveLength(1)
  })

  test('I10: of the many of whom very much is noticed, one is told in each turn', () => {
    const { shard, ada, bob, subscribe, pushed } = world()
    const authors = [ada, bob]
    const tweets = authors.map((author, place) => {
      subscribe(author, 1 + place)
      return shard.post(author, 'noticed by many')
    })
    const fans = shard.signUp(...Array.from({ length: 12 }, (_, number) => `fan_${number}`))
    for (const fan of fans) {
      for (const tweetId of tweets) shard.ask(tweetFavoriteHandler, fan, { tweetId })
    }
    pushed()
    const turns: (() => void)[] = []
    shard.defer = (task) => void turns.push(task)
    shard.live.flushCounts()
    const told: number[] = []
    while (turns.length > 0) {
      turns.shift()!()
      told.push(shard.gateway.take().filter(({ name }) => name === 'notification').length)
    }
    expect(told.filter((count) => count > 0)).toEqual([1, 1])
  })

  test('stands beside the home timeline, and ends by itself or with its socket', () => {
    const { shard, ada, bob, subscribe, pushed } = world()
    shard.ask(liveSubscribeHandler, ada, { channel: 'home' }, { slot: 7 })
    subscribe(ada)
    shard.ask(liveUnsubscribeHandler, ada, { channel: 'home' }, { slot: 7 })
    shard.post(bob, '@ada')
    expect(pushed()).toHaveLength(1)
    expect(shard.live.subscriberCount).toBe(1)
    shard.ask(liveUnsubscribeHandler, ada, { channel }, { slot: 7 })
    expect(shard.live.subscriberCount).toBe(0)
    subscribe(ada, 8)
    shard.live.disconnectSlot(shard.gateway, 8)
    shard.post(bob, '@ada')
    expect(pushed()).toEqual([])
  })
})
