import { expect, test } from 'vitest'
import { mediaIdOf } from '../../../../protocol/media.ts'
import { mediaCreateHandler } from '../../../../shard/operations/media-create.ts'
import { mediaUnusedHandler } from '../../../../shard/operations/media-unused.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

test('a file is unused until a tweet shows it, and again when the last of them is gone', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  const [shown, other] = [
    mediaIdOf(Buffer.alloc(32, 1), 'png'),
    mediaIdOf(Buffer.alloc(32, 2), 'gif'),
  ]
  const file = { mediaId: shown, bytes: 9, width: 6, height: 4, unattachedMs: 1_000_000 }
  const unused = () =>
    shard.ask(mediaUnusedHandler, stranger, { partition: 3, mediaIds: [shown, other] }).unused
  const post = (author: typeof alice) =>
    shard.ask(tweetPostHandler, author, { text: 'media', mediaIds: [shown] }).tweet.id

  shard.ask(mediaCreateHandler, alice, file)
  shard.ask(mediaCreateHandler, bob, file)
  expect(unused(), 'an upload is no use').toEqual([shown, other])
  const tweets = [post(alice), post(bob), post(alice)]
  expect(unused()).toEqual([other])

  shard.ask(tweetDeleteHandler, alice, { tweetId: tweets[0]! })
  shard.ask(tweetDeleteHandler, bob, { tweetId: tweets[1]! })
  expect(unused()).toEqual([other])
  shard.ask(tweetDeleteHandler, alice, { tweetId: tweets[2]! })
  expect(unused()).toEqual([shown, other])
})
