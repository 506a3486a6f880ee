import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { favoritesListHandler } from '../../../../shard/operations/favorites-list.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetUnfavoriteHandler } from '../../../../shard/operations/tweet-unfavorite.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('favorites.list', () => {
  test('shows the newest favorite first, whatever tweet is newer, to everybody', () => {
    const { shard, bob, tweets, favor } = world(3)
    favor(1, 2, 0)
    for (const reader of [stranger, bob]) {
      const page = shard.ask(favoritesListHandler, reader, { userId: bob })
      expect(page.tweets.map(({ id }) => id)).toEqual([tweets[0], tweets[2], tweets[1]])
      expect(page.users.map(({ handle }) => handle)).toEqual(['alice'])
      expect(page.olderCursor).toBeUndefined()
    }
  })

  test('tells users of their own what they have to do with each, and others nothing', () => {
    const { shard, alice, bob, favor } = world(1)
    favor(0)
    const viewers = (reader: UserId) =>
      shard.ask(favoritesListHandler, reader, { userId: bob }).tweets.map(({ viewer }) => viewer)
    expect(viewers(bob)).toMatchObject([{ favorited: true }])
    expect(viewers(alice)).toEqual([undefined])
  })

  test('what is marked once more comes first again, and pages go on where they were', () => {
    const { shard, bob, tweets, favor } = world(5)
    favor(0, 1, 2, 3)
    const first = shard.ask(favoritesListHandler, bob, { userId: bob, limit: 2 })
    expect(first.tweets.map(({ id }) => id)).toEqual([tweets[3], tweets[2]])
    shard.ask(tweetUnfavoriteHandler, bob, { tweetId: tweets[2]! })
    favor(4, 2)
    const before = first.olderCursor!
    const second = shard.ask(favoritesListHandler, bob, { userId: bob, before })
    expect(second.tweets.map(({ id }) => id)).toEqual([tweets[1], tweets[0]])
    expect(allPages(shard, bob)).toEqual([2, 4, 3, 1, 0].map((place) => tweets[place]))
  })

  test('marking twice changes nothing, and deleted tweets leave full pages', () => {
    const { shard, alice, bob, tweets, favor } = world(5)
    favor(0, 1, 2, 3, 4, 0, 1)
    for (const place of [4, 2, 0]) shard.ask(tweetDeleteHandler, alice, { tweetId: tweets[place]! })
    expect(allPages(shard, bob)).toEqual([tweets[3], tweets[1]])
  })

  test('I5: others see what everybody may read, and nothing across a block', () => {
    const { shard, alice, bob, tweets, favor } = world(1)
    const [carol] = shard.signUp('carol')
    for (const follower of [bob, carol]) shard.ask(userFollowHandler, follower, { userId: alice })
    const text = 'for friends'
    const { tweet } = shard.ask(tweetPostHandler, alice, { text, visibility: 'followers' })
    shard.ask(tweetFavoriteHandler, bob, { tweetId: tweet.id })
    favor(0)
    const seenBy = (reader: UserId) =>
      shard.ask(favoritesListHandler, reader, { userId: bob }).tweets.map(({ id }) => id)
    expect([bob, carol, stranger].map(seenBy)).toEqual([[tweets[0], tweet.id], tweets, tweets])
    shard.ask(userBlockHandler, alice, { userId: carol })
    expect(seenBy(carol)).toEqual([])
    shard.ask(userUpdateHandler, bob, { protected: true })
    expect(seenBy(stranger)).toEqual([])
  })

  test('somebody unknown is absent, and who has left has none', () => {
    const { shard, bob, favor } = world(1)
    favor(0)
    const userId = shard.newId(4) as UserId
    const absent = { kind: 'absent', partition: 4, field: 'userId' }
    expect(shard.call(favoritesListHandler, stranger, { userId })).toEqual(absent)
    shard.ask(accountDeleteHandler, bob, { password: 'secret of bob' })
    expect(shard.call(favoritesListHandler, stranger, { userId: bob }).kind).not.toBe('answered')
    expect(shard.state.favoriteOrder.length(shard.state.users.indexOf(bob))).toBe(0)
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })
})

function world(count: number) {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  const tweets = Array.from({ length: count }, (_, number) => shard.post(alice, `keep ${number}`))
  const favor = (...places: number[]) => {
    for (const place of places) shard.ask(tweetFavoriteHandler, bob, { tweetId: tweets[place]! })
  }
  return { shard, alice, bob, tweets, favor }
}

function allPages(shard: OneShard, userId: UserId): TweetId[] {
  const found: TweetId[] = []
  let before: number | undefined
  do {
    const params = { userId, limit: 1, ...(before === undefined ? {} : { before }) }
    const page = shard.ask(favoritesListHandler, userId, params)
    found.push(...page.tweets.map(({ id }) => id))
    before = page.olderCursor
  } while (before !== undefined)
  return found
}
