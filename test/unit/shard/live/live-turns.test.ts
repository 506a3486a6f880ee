// What is told in later turns than that in which it happened: deleted tweets, new counts, and that a gateway is gone.

import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

/** Ada follows bob and has a socket; later turns come when the test says so. */
function world() {
  const shard = new OneShard()
  const [ada, bob] = shard.signUp('ada', 'bob')
  shard.ask(userFollowHandler, ada, { userId: bob })
  const turns: (() => void)[] = []
  shard.defer = (task) => void turns.push(task)
  const turn = (): void => {
    for (const task of turns.splice(0)) task()
  }
  const subscribe = (slot: number, position?: string, user: UserId = ada) => {
    const params = { channel: 'home', ...(position === undefined ? {} : { position }) }
    return shard.ask(liveSubscribeHandler, user, params, { slot })
  }
  const remove = (tweetId: TweetId) => shard.ask(tweetDeleteHandler, bob, { tweetId })
  const pushed = () =>
    shard.gateway.take().map(({ name, slots, data }) => {
      const tweet = (data['tweet'] as { id: TweetId } | undefined)?.id
      return [name, slots.join(), data['tweetId'] ?? tweet]
    })
  return { shard, ada, bob, turns, turn, subscribe, remove, pushed }
}

describe('deleted tweets', () => {
  test('of one turn are told together in the next, behind what was pushed before', () => {
    const { shard, bob, turns, turn, subscribe, remove, pushed } = world()
    subscribe(1)
    const [one, two] = [shard.post(bob, 'one'), shard.post(bob, 'two')]
    remove(one)
    remove(two)
    const three = shard.post(bob, 'three')
    expect(turns).toHaveLength(1)
    turn()
    expect(pushed()).toEqual([
      ['timeline.tweet', '1', one],
      ['timeline.tweet', '1', two],
      ['timeline.tweet', '1', three],
      ['tweet.deleted', '1', one],
      ['tweet.deleted', '1', two],
    ])
    expect(turns).toEqual([])
  })

  test('I8: who comes back before they were told is told with the answer, whatever came since', () => {
    const { shard, bob, turn, subscribe, remove } = world()
    const gone = shard.post(bob, 'gone soon')
    subscribe(1)
    remove(gone)
    shard.post(bob, 'comes before the word of it')
    const position = shard.gateway.take()[0]?.data['position'] as string
    shard.live.disconnectSlot(shard.gateway, 1)
    expect(subscribe(2, position)).toMatchObject({ recovered: true, deletedTweetIds: [gone] })
    shard.live.disconnectSlot(shard.gateway, 2)
    turn()
    expect(shard.gateway.take()).toEqual([])
    expect(subscribe(3, position)).toMatchObject({ recovered: true, deletedTweetIds: [gone] })
    shard.post(bob, 'comes after it')
    const later = shard.gateway.take()[0]?.data['position'] as string
    expect(subscribe(4, later)).not.toHaveProperty('deletedTweetIds')
  })

  test('go to nobody who left meanwhile, nor to who has the slot now', () => {
    const { shard, bob, turn, subscribe, remove, pushed } = world()
    subscribe(1)
    subscribe(2)
    const tweetId = shard.post(bob, 'gone soon')
    remove(tweetId)
    shard.live.disconnectSlot(shard.gateway, 2)
    subscribe(2, undefined, bob)
    shard.gateway.take()
    turn()
    expect(pushed()).toEqual([['tweet.deleted', '1', tweetId]])
  })

  test('get no counts any more, though those were about to be told', () => {
    const { shard, ada, bob, turn, subscribe, remove, pushed } = world()
    subscribe(1)
    const tweetId = shard.post(bob, 'gone soon')
    shard.ask(tweetFavoriteHandler, ada, { tweetId })
    shard.live.flushCounts()
    remove(tweetId)
    shard.gateway.take()
    turn()
    expect(pushed()).toEqual([['tweet.deleted', '1', tweetId]])
  })

  test('I8: of which the word breaks off are told to all who come back for it; the next are told again', () => {
    const { shard, bob, turn, subscribe, remove, pushed } = world()
    subscribe(1)
    const [one, two] = [shard.post(bob, 'one'), shard.post(bob, 'two')]
    const position = shard.gateway.take().at(-1)?.data['position'] as string
    const { deletions } = shard.state.tweets
    const { told } = deletions
    deletions.told = () => {
      throw new Error('a bug')
    }
    remove(one)
    expect(turn).toThrow('a bug')
    expect(shard.gateway.lost).toEqual([1])
    deletions.told = told
    shard.post(bob, 'comes later')
    expect(subscribe(2, position)).toMatchObject({ deletedTweetIds: [one] })
    shard.gateway.take()
    remove(two)
    turn()
    expect(pushed()).toEqual([['tweet.deleted', '1', two]])
  })

  test('that nobody can be told of cost no turn', () => {
    const { shard, bob, turns, turn, remove } = world()
    shard.live.disconnect(shard.gateway)
    turn()
    remove(shard.post(bob, 'gone soon'))
    expect(turns).toEqual([])
  })
})

describe('new counts', () => {
  test('that change while those of the last second are told are told with the next', () => {
    const { shard, ada, bob, turns, turn, subscribe, pushed } = world()
    subscribe(1)
    const [one, two] = [shard.post(bob, 'one'), shard.post(bob, 'two')]
    shard.gateway.take()
    shard.ask(tweetFavoriteHandler, ada, { tweetId: one })
    shard.live.flushCounts()
    shard.ask(tweetFavoriteHandler, ada, { tweetId: two })
    shard.live.flushCounts()
    expect(turns).toHaveLength(1)
    turn()
    expect(pushed()).toEqual([['tweet.counts', '1', one]])
    shard.live.flushCounts()
    turn()
    expect(pushed()).toEqual([['tweet.counts', '1', two]])
  })
})

describe('a gateway that is gone', () => {
  test('I10: is forgotten at once, and its sockets some in each turn', () => {
    const { shard, ada, bob, turns, turn } = world()
    for (let slot = 1; slot <= 1_200; slot++) {
      shard.live.subscriptionsOf(shard.gateway, slot)?.subscribe(shard.state.users.find(ada))
    }
    shard.live.disconnect(shard.gateway)
    expect(shard.live.subscriberCount).toBe(0)
    shard.post(bob, 'nobody is told')
    expect(shard.gateway.take()).toEqual([])
    let count = 0
    for (; turns.length > 0; count++) {
      expect(shard.state.online.get(shard.state.users.find(ada))).toBe(1)
      turn()
    }
    expect(count).toBe(3)
    expect(shard.state.online.get(shard.state.users.find(ada))).toBe(0)
  })

  test('may come back meanwhile, with other sockets', () => {
    const { shard, bob, turns, turn, subscribe, pushed } = world()
    subscribe(1)
    shard.live.disconnect(shard.gateway)
    shard.live.connect(shard.gateway)
    subscribe(2)
    while (turns.length > 0) turn()
    const tweetId = shard.post(bob, 'to the second socket')
    expect(pushed()).toEqual([['timeline.tweet', '2', tweetId]])
  })
})
