import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetPinHandler } from '../../../../shard/operations/tweet-pin.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('tweet.pin', () => {
  test('puts a tweet on top of the first page of the profile, in place of another one', () => {
    const { shard, ada, first, second } = world()
    expect(shard.ask(tweetPinHandler, ada, { tweetId: second }).user.pinnedTweetId).toBe(second)
    shard.ask(tweetPinHandler, ada, { tweetId: first })
    const page = shard.ask(timelineUserHandler, stranger, { userId: ada, limit: 1 })
    expect(page.pinned).toMatchObject({ id: first, text: 'first' })
    expect(page.tweets.map(({ id }) => id)).toEqual([second])
    const next = shard.ask(timelineUserHandler, stranger, {
      userId: ada,
      before: page.olderCursor!,
    })
    expect(next.pinned).toBeUndefined()
    const media = shard.ask(timelineUserHandler, stranger, { userId: ada, tab: 'media' })
    expect(media).toEqual({ tweets: [], users: [] })
  })

  test('twice changes nothing', () => {
    const { shard, ada, first } = world()
    shard.ask(tweetPinHandler, ada, { tweetId: first })
    const logged = shard.log.length
    shard.ask(tweetPinHandler, ada, { tweetId: first })
    expect(shard.log).toHaveLength(logged)
  })

  test('a deleted tweet is pinned no longer, also where the pin lands behind the delete', () => {
    const { shard, ada, first, second } = world()
    const pinned = () =>
      shard.ask(userGetHandler, stranger, { user: { id: ada } }).user.pinnedTweetId
    shard.ask(tweetPinHandler, ada, { tweetId: first })
    shard.ask(tweetDeleteHandler, ada, { tweetId: first })
    expect(pinned()).toBeUndefined()
    const late = shard.prepare(tweetPinHandler, ada, { tweetId: second })
    late.decide()
    shard.ask(tweetDeleteHandler, ada, { tweetId: second })
    late.land()
    expect(pinned()).toBeUndefined()
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })

  test("is refused for others' tweets, for a retweet, and for what is not for everyone", () => {
    const { shard, ada, first } = world()
    const [bob] = shard.signUp('bob')
    const { retweetId } = shard.ask(tweetRetweetHandler, bob, { tweetId: first })
    const post = { text: 'whisper', visibility: 'followers' }
    const { tweet } = shard.ask(tweetPostHandler, bob, post)
    for (const tweetId of [first, retweetId, tweet.id]) {
      const refused = { kind: 'refused', code: 'cannot_pin' }
      expect(shard.call(tweetPinHandler, bob, { tweetId })).toMatchObject(refused)
    }
    shard.ask(userBlockHandler, ada, { userId: bob })
    const hidden = shard.call(tweetPinHandler, bob, { tweetId: first })
    expect(hidden).toMatchObject({ error: { code: 'not_found' } })
  })

  test('I5: whom the author blocks is not shown the pinned tweet either', () => {
    const { shard, ada, first } = world()
    const [bob] = shard.signUp('bob')
    shard.ask(tweetPinHandler, ada, { tweetId: first })
    shard.ask(userBlockHandler, ada, { userId: bob })
    const shown = (reader: UserId) => shard.ask(timelineUserHandler, reader, { userId: ada }).pinned
    expect([shown(bob), shown(stranger)?.id]).toEqual([undefined, first])
  })
})

function world() {
  const shard = new OneShard()
  const [ada] = shard.signUp('ada')
  return { shard, ada, first: shard.post(ada, 'first'), second: shard.post(ada, 'second') }
}
