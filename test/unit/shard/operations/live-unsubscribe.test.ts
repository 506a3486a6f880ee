import { describe, expect, test } from 'vitest'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { liveUnsubscribeHandler } from '../../../../shard/operations/live-unsubscribe.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

const channel = 'home'

describe('live.unsubscribe', () => {
  test('ends the pushes to this socket, and to no other of the same user', () => {
    const { shard, alice } = world()
    expect(shard.ask(liveUnsubscribeHandler, alice, { channel }, { slot: 7 })).toEqual({})
    shard.post(alice, 'hello')
    expect(shard.gateway.take()).toMatchObject([{ name: 'timeline.tweet', slots: [8] }])
    shard.ask(liveUnsubscribeHandler, alice, { channel }, { slot: 8 })
    shard.post(alice, 'anybody?')
    expect(shard.gateway.take()).toEqual([])
    expect(shard.live.subscriberCount).toBe(0)
  })

  test('a second time, and without a subscription, is answered alike', () => {
    const { shard, alice } = world()
    for (const slot of [7, 7, 99, 0]) {
      expect(shard.ask(liveUnsubscribeHandler, alice, { channel }, { slot })).toEqual({})
    }
    expect(shard.live.subscriberCount).toBe(1)
  })

  test('a socket can subscribe again', () => {
    const { shard, alice } = world()
    shard.ask(liveUnsubscribeHandler, alice, { channel }, { slot: 7 })
    shard.ask(liveSubscribeHandler, alice, { channel }, { slot: 7 })
    shard.post(alice, 'hello')
    expect(shard.gateway.take()[0]?.slots.toSorted()).toEqual([7, 8])
  })
})

function world() {
  const shard = new OneShard()
  const [alice] = shard.signUp('alice')
  for (const slot of [7, 8]) shard.ask(liveSubscribeHandler, alice, { channel }, { slot })
  return { shard, alice }
}
