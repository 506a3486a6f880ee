import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { notificationActorsMax } from '../../../../protocol/limits.ts'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { mutesAddThreadHandler } from '../../../../shard/operations/mutes-add-thread.ts'
import { mutesAddWordHandler } from '../../../../shard/operations/mutes-add-word.ts'
import { mutesRemoveThreadHandler } from '../../../../shard/operations/mutes-remove-thread.ts'
import { notificationsListHandler } from '../../../../shard/operations/notifications-list.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { tweetUnfavoriteHandler } from '../../../../shard/operations/tweet-unfavorite.ts'
import { tweetUnretweetHandler } from '../../../../shard/operations/tweet-unretweet.ts'
import { userApproveFollowHandler } from '../../../../shard/operations/user-approve-follow.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { userRejectFollowHandler } from '../../../../shard/operations/user-reject-follow.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUnblockHandler } from '../../../../shard/operations/user-unblock.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { userUnmuteHandler } from '../../../../shard/operations/user-unmute.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

function world() {
  const shard = new OneShard()
  const [ada, bob, eve] = shard.signUp('ada', 'bob', 'eve')
  const tweetId = shard.post(ada, 'rooks at dusk')
  const list = (user: UserId = ada, page: { before?: number; limit?: number } = {}) =>
    shard.ask(notificationsListHandler, user, page)
  const told = (user: UserId = ada) =>
    list(user).notifications.map(({ kind, actorIds, tweetId }) => [kind, actorIds, tweetId])
  const favorite = (user: UserId, of: TweetId = tweetId) =>
    shard.ask(tweetFavoriteHandler, user, { tweetId: of })
  return { shard, ada, bob, eve, tweetId, list, told, favorite }
}

describe('notifications.list', () => {
  test('tells of everything that somebody can do, the newest first, and of nothing of oneself', () => {
    const { shard, ada, bob, tweetId, list, told, favorite } = world()
    const mention = shard.post(bob, 'look, @ada @bob')
    const reply = shard.post(bob, 'so many, @ada', { inReplyTo: tweetId })
    const quote = shard.ask(tweetPostHandler, bob, { text: 'see', quoteOf: tweetId }).tweet.id
    shard.ask(tweetRetweetHandler, bob, { tweetId })
    favorite(bob)
    shard.ask(userFollowHandler, bob, { userId: ada })
    expect(told()).toEqual([
      ['follow', [bob], undefined],
      ['favorite', [bob], tweetId],
      ['retweet', [bob], tweetId],
      ['quote', [bob], quote],
      ['reply', [bob], reply],
      ['mention', [bob], mention],
    ])
    favorite(ada)
    shard.post(ada, 'I, @ada', { inReplyTo: tweetId })
    shard.ask(tweetRetweetHandler, ada, { tweetId })
    const { tweets, users, unreadCount } = list()
    expect(unreadCount).toBe(6)
    expect(tweets.map(({ id }) => id)).toEqual([tweetId, quote, reply, mention])
    expect(users.map(({ id }) => id)).toEqual([bob, ada])
    expect(told(bob)).toEqual([])
  })

  test('what is alike is one entry with a count, at the place of the newest, and keeps its key', () => {
    const { shard, ada, bob, eve, tweetId, list, favorite } = world()
    favorite(bob)
    const { key } = list().notifications[0]!
    expect(key).toBe(`favorite:${tweetId}`)
    shard.ask(userFollowHandler, bob, { userId: ada })
    favorite(eve)
    favorite(ada)
    const [first, second] = list().notifications
    expect(first).toMatchObject({ key, kind: 'favorite', count: 2, actorIds: [eve, bob] })
    expect(first!.createdAt).toBeGreaterThan(second!.createdAt)
    expect(second).toMatchObject({ kind: 'follow', count: 1, actorIds: [bob] })
  })

  test('of very many it names the newest, and counts all', () => {
    const { shard, ada, tweetId, list, favorite } = world()
    const names = Array.from({ length: 30 }, (_, number) => `fan_${number}`)
    const fans = shard.signUp(...names)
    for (const fan of fans) {
      favorite(fan)
      shard.ask(userFollowHandler, fan, { userId: ada })
    }
    shard.ask(tweetUnfavoriteHandler, fans[2]!, { tweetId })
    shard.ask(tweetUnfavoriteHandler, fans[29]!, { tweetId })
    const [follows, favorites] = list().notifications
    const newest = [...fans].reverse()
    expect(favorites).toMatchObject({ count: 28 })
    expect(favorites!.actorIds).toEqual(newest.slice(1, 1 + notificationActorsMax))
    expect(follows).toMatchObject({ kind: 'follow', count: 30 })
    expect(follows!.actorIds).toEqual(newest.slice(0, notificationActorsMax))
  })

  test('follows of another day are another entry, and whoever follows anew is told of once', () => {
    const { shard, ada, bob, eve, list } = world()
    shard.ask(userFollowHandler, bob, { userId: ada })
    shard.nowMs += 24 * 60 * 60 * 1000
    shard.ask(userFollowHandler, eve, { userId: ada })
    expect(list().notifications.map(({ actorIds }) => actorIds)).toEqual([[eve], [bob]])
    shard.ask(userUnfollowHandler, bob, { userId: ada })
    expect(list().notifications.map(({ actorIds }) => actorIds)).toEqual([[eve]])
    shard.ask(userFollowHandler, bob, { userId: ada })
    expect(list().notifications.map(({ actorIds }) => actorIds)).toEqual([[bob, eve]])
  })

  test('what was taken back is gone, and what was deleted', () => {
    const { shard, bob, tweetId, told, favorite } = world()
    favorite(bob)
    shard.ask(tweetRetweetHandler, bob, { tweetId })
    const reply = shard.post(bob, 'so many', { inReplyTo: tweetId })
    shard.ask(tweetUnfavoriteHandler, bob, { tweetId })
    shard.ask(tweetUnretweetHandler, bob, { tweetId })
    expect(told()).toEqual([['reply', [bob], reply]])
    shard.ask(tweetDeleteHandler, bob, { tweetId: reply })
    expect(told()).toEqual([])
    favorite(bob)
    expect(told()).toEqual([['favorite', [bob], tweetId]])
  })

  test('with the tweet goes what was done with it', () => {
    const { shard, ada, bob, tweetId, told, favorite } = world()
    favorite(bob)
    shard.ask(tweetRetweetHandler, bob, { tweetId })
    shard.ask(tweetDeleteHandler, ada, { tweetId })
    expect(told()).toEqual([])
  })

  test('a request is told of while it waits, and its approval to who asked', () => {
    const { shard, ada, bob, eve, told } = world()
    shard.ask(userUpdateHandler, ada, { protected: true })
    for (const user of [bob, eve]) shard.ask(userFollowHandler, user, { userId: ada })
    expect(told()).toEqual([
      ['follow_request', [eve], undefined],
      ['follow_request', [bob], undefined],
    ])
    shard.ask(userApproveFollowHandler, ada, { userId: bob })
    shard.ask(userRejectFollowHandler, ada, { userId: eve })
    expect(told()).toEqual([])
    expect(told(bob)).toEqual([['follow_approved', [ada], undefined]])
    expect(told(eve)).toEqual([])
  })

  test('I5: nothing of somebody who is blocked or muted, also later, and all of it again afterwards', () => {
    const { shard, ada, bob, eve, tweetId, told, list, favorite } = world()
    favorite(bob)
    favorite(eve)
    shard.post(bob, '@ada, look')
    shard.ask(tweetRetweetHandler, bob, { tweetId })
    const before = told()
    for (const [end, again, who, whom] of [
      [userBlockHandler, userUnblockHandler, ada, bob],
      [userBlockHandler, userUnblockHandler, bob, ada],
      [userMuteHandler, userUnmuteHandler, ada, bob],
    ] as const) {
      shard.ask(end as unknown as typeof userMuteHandler, who, { userId: whom })
      expect(list().notifications).toMatchObject([{ kind: 'favorite', actorIds: [eve], count: 1 }])
      expect(list().users.map(({ id }) => id)).toEqual([eve, ada])
      shard.ask(again as unknown as typeof userMuteHandler, who, { userId: whom })
      expect(told()).toEqual(before)
    }
  })

  test('I5: nothing with a muted word, or in a muted thread, be it of one’s own tweet', () => {
    const { shard, ada, bob, tweetId, told, favorite } = world()
    shard.post(bob, '@ada, a crow!')
    shard.ask(mutesAddWordHandler, ada, { word: 'crow' })
    expect(told()).toEqual([])
    favorite(bob)
    const reply = shard.post(bob, 'so many', { inReplyTo: tweetId })
    shard.ask(mutesAddThreadHandler, ada, { tweetId })
    expect(told()).toEqual([])
    shard.ask(mutesRemoveThreadHandler, ada, { tweetId })
    expect(told()).toEqual([
      ['reply', [bob], reply],
      ['favorite', [bob], tweetId],
    ])
  })

  test('I5: nothing that the reader may not read: of protected, suspended or deleted accounts', () => {
    const { shard, bob, eve, tweetId, told, list, favorite } = world()
    favorite(bob)
    shard.post(bob, '@ada, look')
    shard.ask(tweetRetweetHandler, bob, { tweetId })
    shard.ask(tweetPostHandler, eve, { text: '@ada, hush', visibility: 'followers' })
    shard.ask(userUpdateHandler, bob, { protected: true })
    expect(told()).toEqual([])
    shard.ask(userUpdateHandler, bob, { protected: false })
    favorite(eve)
    expect(list().notifications).toHaveLength(3)
    shard.ask(userSuspendHandler, stranger, { handle: 'bob', by: 'moira', reason: 'a test' })
    shard.ask(accountDeleteHandler, eve, { password: 'secret of eve' })
    expect(list()).toMatchObject({ notifications: [], unreadCount: 0 })
  })

  test('pages go on where the last one ended, and say how much is unread in all', () => {
    const { shard, bob, list } = world()
    const mentions = Array.from({ length: 7 }, (_, number) => shard.post(bob, `@ada, ${number}`))
    const found: unknown[] = []
    let before: number | undefined
    do {
      const page = list(undefined, { limit: 3, ...(before === undefined ? {} : { before }) })
      expect(page.unreadCount).toBe(7)
      expect(page.tweets.map(({ id }) => id)).toEqual(page.notifications.map(({ id }) => id))
      found.push(...page.notifications.map(({ tweetId }) => tweetId))
      before = page.olderCursor
    } while (before !== undefined)
    expect(found).toEqual(mentions.reverse())
  })

  test('what is heard of before its tweet is told with the tweet', () => {
    const shard = new OneShard({ hosts: ['ada'] })
    const [ada] = shard.signUp('ada')
    const yan = shard.hearOf('yan')
    // The own log of a replica may lag behind others.
    const tweetId = shard.newId(partitionOfId(ada)) as TweetId
    const favoriteId = shard.newId(partitionOfId(yan))
    const event = { actorId: yan, tweetId, authorId: ada, favoriteId }
    shard.hear(tweetFavoriteHandler.operation, event)
    const list = () => shard.ask(notificationsListHandler, ada, {}).notifications
    expect(list()).toEqual([])
    const entities = { mentions: [], hashtags: [], urls: [] }
    shard.hear(tweetPostHandler.operation, { tweetId, authorId: ada, text: 'late', entities })
    expect(list()).toMatchObject([{ kind: 'favorite', tweetId, actorIds: [yan], count: 1 }])
  })

  test('I7: the logs of others may come in any order', () => {
    const { shard, ada, bob, eve, tweetId, favorite } = world()
    for (const user of [bob, eve]) {
      favorite(user)
      shard.ask(userFollowHandler, user, { userId: ada })
      shard.post(user, '@ada, caw', { inReplyTo: tweetId })
    }
    shard.ask(tweetUnfavoriteHandler, bob, { tweetId })
    shard.expectRecovery((partitions) => [...partitions])
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })
})
