import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { mediaIdOf } from '../../../../protocol/media.ts'
import { mediaCreateHandler } from '../../../../shard/operations/media-create.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('timeline.user', () => {
  test("shows a user's own tweets, the newest first, and the author once", () => {
    const { shard, ada, tweets } = adaPosts(3)
    const {
      tweets: page,
      users,
      olderCursor,
    } = shard.ask(timelineUserHandler, stranger, {
      userId: ada,
    })
    expect(page.map(({ id }) => id)).toEqual([...tweets].reverse())
    expect(page.map(({ viewer }) => viewer)).toEqual([undefined, undefined, undefined])
    expect(users).toMatchObject([{ id: ada, counts: { tweets: 3 } }])
    expect(olderCursor).toBeUndefined()
  })

  test('whoever is signed in sees their favorites and whether they follow the author', () => {
    const { shard, ada, tweets } = adaPosts(2)
    const [bob] = shard.signUp('bob')
    shard.ask(tweetFavoriteHandler, bob, { tweetId: tweets[0]! })
    shard.ask(userFollowHandler, bob, { userId: ada })
    const page = shard.ask(timelineUserHandler, bob, { userId: ada })
    expect(page.tweets.map(({ viewer }) => viewer?.favorited)).toEqual([false, true])
    expect(page.users).toMatchObject([{ viewer: { following: true } }])
  })

  test('pages of every size hold each tweet once, and the last has no cursor', () => {
    const { shard, ada, tweets } = adaPosts(5)
    for (const limit of [1, 2, 3, 4, 5, 6, 100]) {
      expect(allPages(shard, { userId: ada, limit })).toEqual([...tweets].reverse())
    }
  })

  test.each([
    { deleted: [4], left: [3, 2, 1, 0] },
    { deleted: [0], left: [4, 3, 2, 1] },
    { deleted: [0, 1, 2], left: [4, 3] },
    { deleted: [3, 1], left: [4, 2, 0] },
    { deleted: [0, 1, 2, 3, 4], left: [] },
  ])('deleted ones at $deleted leave full pages and no empty last one', ({ deleted, left }) => {
    const { shard, ada, tweets } = adaPosts(5)
    for (const place of deleted) shard.ask(tweetDeleteHandler, ada, { tweetId: tweets[place]! })
    for (const limit of [1, 2, 3, 5]) {
      const seen = allPages(shard, { userId: ada, limit })
      expect(seen).toEqual(left.map((place) => tweets[place]))
    }
  })

  test('a cursor goes on where it was, whatever is posted or deleted meanwhile', () => {
    const { shard, ada, tweets } = adaPosts(4)
    const first = shard.ask(timelineUserHandler, stranger, { userId: ada, limit: 2 })
    expect(first.olderCursor).toBe(tweets[2])
    shard.post(ada, 'newer')
    shard.ask(tweetDeleteHandler, ada, { tweetId: tweets[2]! })
    const before = first.olderCursor as number
    const second = shard.ask(timelineUserHandler, stranger, { userId: ada, before })
    expect(second.tweets.map(({ id }) => id)).toEqual([tweets[1], tweets[0]])
  })

  test('tabs: only the replies, to oneself as well; only what shows a photo', () => {
    const { shard, ada, tweets } = adaPosts(3)
    const mediaId = mediaIdOf(Buffer.alloc(32, 7), 'jpg')
    const size = { bytes: 9, width: 640, height: 480 }
    shard.ask(mediaCreateHandler, ada, { mediaId, ...size, unattachedMs: 86_400_000 })
    const show = { text: 'look', mediaIds: [mediaId] }
    const shown = shard.ask(tweetPostHandler, ada, show).tweet.id
    const reply = shard.post(ada, 'and so on', { inReplyTo: tweets[0]! })
    const both = shard.ask(tweetPostHandler, ada, { ...show, inReplyTo: shown }).tweet.id
    const read = (tab: string) => allPages(shard, { userId: ada, limit: 1, tab })
    expect(read('replies')).toEqual([both, reply])
    expect(read('media')).toEqual([both, shown])
    expect(read('tweets')).toEqual([both, reply, shown, ...[...tweets].reverse()])
    shard.ask(tweetDeleteHandler, ada, { tweetId: both })
    expect([read('replies'), read('media')]).toEqual([[reply], [shown]])
    shard.expectRecovery((partitions) => partitions)
  })

  test('twenty where nobody says how many', () => {
    const { shard, ada } = adaPosts(21)
    const { tweets, olderCursor } = shard.ask(timelineUserHandler, stranger, { userId: ada })
    expect(tweets).toHaveLength(20)
    expect(olderCursor).toBe(tweets.at(-1)?.id)
  })

  test('somebody unknown is absent, somebody silent has an empty page', () => {
    const { shard, ada } = adaPosts(0)
    const userId = shard.newId(4) as UserId
    const absent = { kind: 'absent', partition: 4, field: 'userId' }
    expect(shard.call(timelineUserHandler, stranger, { userId })).toEqual(absent)
    const silent = { tweets: [], users: [] }
    expect(shard.ask(timelineUserHandler, stranger, { userId: ada })).toEqual(silent)
    expect(shard.ask(timelineUserHandler, ada, { userId: ada, before: 1 })).toEqual(silent)
  })
})

function adaPosts(count: number) {
  const shard = new OneShard()
  const [ada] = shard.signUp('ada')
  const tweets = Array.from({ length: count }, (_, number) => shard.post(ada, `tweet ${number}`))
  return { shard, ada, tweets }
}

function allPages(shard: OneShard, params: { userId: UserId; limit: number; tab?: string }) {
  const { limit } = params
  const seen: TweetId[] = []
  let before: { before?: number } = {}
  for (;;) {
    const page = shard.ask(timelineUserHandler, stranger, { ...params, ...before })
    expect(page.tweets.length).toBeLessThanOrEqual(limit)
    seen.push(...page.tweets.map(({ id }) => id))
    if (page.olderCursor === undefined) return seen
    expect(page.tweets).toHaveLength(limit)
    before = { before: page.olderCursor }
  }
}
