// The channels `tag:NAME`, from the subscription to the push and back.

import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { resumeItemsMax } from '../../../../protocol/limits.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { liveUnsubscribeHandler } from '../../../../shard/operations/live-unsubscribe.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { tagsPerSocketMax } from '../../../../shard/state/index/limits.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

function world() {
  const shard = new OneShard()
  const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
  const subscribe = (user: UserId, channel: string, slot = 7, position?: string) => {
    const params = { channel, ...(position === undefined ? {} : { position }) }
    const answer = shard.ask(liveSubscribeHandler, user, params, { slot })
    return { ...answer, tweets: answer.tweets.map(({ id }) => id) }
  }
  return { shard, alice, bob, carol, subscribe }
}

describe('the channel of a tag', () => {
  test('begins with the newest page, and goes on with each tweet that has the tag', () => {
    const { shard, alice, bob, subscribe } = world()
    const before = shard.post(bob, 'caw #rook')
    expect(subscribe(alice, 'tag:rook')).toMatchObject({ recovered: false, tweets: [before] })
    const id = shard.post(bob, 'caw caw #Rook #rook #corvid')
    shard.post(bob, 'a rook, untagged')
    const data = { tweet: { id }, users: [{ id: bob }], position: 'k3x9:2', channel: 'tag:rook' }
    expect(shard.gateway.take()).toMatchObject([{ name: 'timeline.tweet', slots: [7], data }])
  })

  test('stands beside the home timeline and other tags, each of which ends by itself', () => {
    const { shard, alice, bob, subscribe } = world()
    shard.ask(userFollowHandler, alice, { userId: bob })
    for (const channel of ['tag:a', 'home', 'tag:b']) subscribe(alice, channel)
    const pushed = () => {
      shard.post(bob, '#a #b')
      return shard.gateway.take().map(({ data }) => data['channel'])
    }
    expect(pushed().sort()).toEqual(['tag:a', 'tag:b', undefined])
    shard.ask(liveUnsubscribeHandler, alice, { channel: 'home' }, { slot: 7 })
    expect(pushed()).toEqual(['tag:a', 'tag:b'])
    shard.ask(liveUnsubscribeHandler, alice, { channel: 'tag:a' }, { slot: 7 })
    expect(pushed()).toEqual(['tag:b'])
    expect(shard.live.subscriberCount).toBe(1)
    shard.ask(liveUnsubscribeHandler, alice, { channel: 'tag:b' }, { slot: 7 })
    expect(pushed()).toEqual([])
    expect(shard.live.subscriberCount).toBe(0)
  })

  test('ends with its socket, and with its gateway', () => {
    const { shard, alice, bob, subscribe } = world()
    subscribe(alice, 'tag:a', 7)
    subscribe(bob, 'tag:a', 8)
    shard.live.disconnectSlot(shard.gateway, 7)
    shard.post(bob, '#a')
    expect(shard.gateway.take()).toMatchObject([{ slots: [8] }])
    shard.live.disconnect(shard.gateway)
    shard.post(bob, '#a')
    expect(shard.gateway.take()).toEqual([])
    expect(shard.live.subscriberCount).toBe(0)
  })

  test('one more tag than a socket may have is refused; one that it has is not', () => {
    const { shard, alice, subscribe } = world()
    for (let number = 0; number < tagsPerSocketMax; number++) subscribe(alice, `tag:t${number}`)
    subscribe(alice, 'tag:t0')
    subscribe(alice, 'home')
    const more = shard.call(liveSubscribeHandler, alice, { channel: 'tag:more' }, { slot: 7 })
    expect(more).toMatchObject({ kind: 'failed', error: { code: 'too_large', field: 'channel' } })
    subscribe(alice, 'tag:more', 9)
  })

  test('I8: with a position, exactly what was missed; where that cannot be told, the newest page', () => {
    const { shard, alice, bob, subscribe } = world()
    shard.post(bob, '#a seen')
    const { position } = subscribe(alice, 'tag:a', 1)
    shard.live.disconnectSlot(shard.gateway, 1)
    const [one, two] = [
      shard.post(bob, '#a 1'),
      shard.post(bob, '#b'),
      shard.post(bob, '#A 2'),
    ].filter((_, place) => place !== 1)
    const back = subscribe(alice, 'tag:a', 2, position)
    expect(back).toMatchObject({ recovered: true, tweets: [two, one], position: 'k3x9:4' })
    for (const lost of ['other:1', 'k3x9:99']) {
      expect(subscribe(alice, 'tag:a', 3, lost)).toMatchObject({ recovered: false })
    }
    for (let number = 0; number < resumeItemsMax; number++) shard.post(bob, `#a ${number}`)
    expect(subscribe(alice, 'tag:a', 4, 'k3x9:4')).toMatchObject({ recovered: true })
    expect(subscribe(alice, 'tag:a', 5, 'k3x9:3')).toMatchObject({ recovered: false })
  })

  test('I5: brings nothing of who is muted or across a block, and says what was deleted', () => {
    const { shard, alice, bob, carol, subscribe } = world()
    subscribe(alice, 'tag:a')
    const tweetId = shard.post(bob, '#a')
    const position = shard.gateway.take()[0]?.data['position'] as string
    shard.ask(tweetDeleteHandler, bob, { tweetId })
    expect(shard.gateway.take()).toMatchObject([{ name: 'tweet.deleted', slots: [7] }])
    shard.ask(userMuteHandler, alice, { userId: bob })
    shard.ask(userBlockHandler, carol, { userId: alice })
    shard.post(bob, '#a')
    shard.post(carol, '#a')
    expect(shard.gateway.take()).toEqual([])
    const back = subscribe(alice, 'tag:a', 8, position)
    expect(back).toMatchObject({ recovered: true, tweets: [], deletedTweetIds: [tweetId] })
    expect(subscribe(alice, 'tag:a', 9).tweets).toEqual([])
  })
})
