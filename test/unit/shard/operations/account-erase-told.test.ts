// I5: whoever has a tweet on screen is told of its end, also where it ends with its author's account.

import { expect, test } from 'vitest'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { eraseAll } from '../../../helpers/leaving.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

test('tweets of an account that is erased are told as deleted, to who is there and to who comes back', () => {
  const shard = new OneShard()
  const [bob, carol] = shard.signUp('bob', 'carol')
  shard.ask(userFollowHandler, carol, { userId: bob })
  const tweetId = shard.post(bob, 'not for long')
  const subscribed = shard.ask(liveSubscribeHandler, carol, { channel: 'home' }, { slot: 1 })
  expect(subscribed.tweets).toMatchObject([{ id: tweetId }])
  shard.ask(accountDeleteHandler, bob, { password: 'secret of bob' })
  eraseAll(shard, bob)
  shard.live.flushCounts()
  const pushed = shard.gateway.take().filter(({ name }) => name === 'tweet.deleted')
  expect(pushed).toMatchObject([{ data: { tweetId } }])
  const { position } = subscribed
  const back = shard.ask(liveSubscribeHandler, carol, { channel: 'home', position }, { slot: 2 })
  expect(back).toMatchObject({ recovered: true, tweets: [], deletedTweetIds: [tweetId] })
})
