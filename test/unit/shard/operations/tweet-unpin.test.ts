import { expect, test } from 'vitest'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { tweetPinHandler } from '../../../../shard/operations/tweet-pin.ts'
import { tweetUnpinHandler } from '../../../../shard/operations/tweet-unpin.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

test('tweet.unpin takes the pinned tweet away, and no other one', () => {
  const shard = new OneShard()
  const [ada] = shard.signUp('ada')
  const [first, second] = [shard.post(ada, 'first'), shard.post(ada, 'second')]
  shard.ask(tweetPinHandler, ada, { tweetId: first })
  const logged = shard.log.length
  expect(shard.ask(tweetUnpinHandler, ada, { tweetId: second }).user.pinnedTweetId).toBe(first)
  expect(shard.log).toHaveLength(logged)
  expect(shard.ask(tweetUnpinHandler, ada, { tweetId: first }).user).not.toHaveProperty(
    'pinnedTweetId',
  )
  expect(shard.ask(timelineUserHandler, stranger, { userId: ada }).pinned).toBeUndefined()
  expect(shard.ask(timelineUserHandler, stranger, { userId: ada }).tweets).toHaveLength(2)
})
