import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { erasedAtOnceMax } from '../../../../protocol/limits.ts'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { accountEraseHandler } from '../../../../shard/operations/account-erase.ts'
import { listCreateHandler } from '../../../../shard/operations/list-create.ts'
import { listFollowHandler } from '../../../../shard/operations/list-follow.ts'
import { listGetHandler } from '../../../../shard/operations/list-get.ts'
import { tweetBookmarkHandler } from '../../../../shard/operations/tweet-bookmark.ts'
import { tweetConversationHandler } from '../../../../shard/operations/tweet-conversation.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userFollowRequestsHandler } from '../../../../shard/operations/user-follow-requests.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { digestOf } from '../../../../shard/snapshots/digest.ts'
import { world } from '../../../helpers/collection-world.ts'
import { eraseAll } from '../../../helpers/leaving.ts'
import { stranger } from '../../../helpers/one-shard.ts'

const password = 'secret of ada'

describe('account.erase', () => {
  test('takes back all that the account counted for', () => {
    const { shard, ada, bob, cid, list } = world()
    const tweetId = shard.post(bob, 'stays')
    const listId = shard.ask(listCreateHandler, bob, { name: 'Birds' }).list.id
    shard.post(ada, 'a reply', { inReplyTo: tweetId })
    shard.ask(tweetFavoriteHandler, ada, { tweetId })
    shard.ask(tweetBookmarkHandler, ada, { tweetId })
    shard.ask(tweetRetweetHandler, ada, { tweetId })
    shard.ask(listFollowHandler, ada, { listId })
    shard.ask(userFollowHandler, ada, { userId: bob })
    shard.ask(userFollowHandler, cid, { userId: ada })
    list([cid])
    shard.ask(accountDeleteHandler, ada, { password })
    eraseAll(shard, ada)
    const counts = { favorites: 0, retweets: 0, replies: 0 }
    expect(shard.ask(tweetGetHandler, cid, { tweetId }).tweet.counts).toEqual(counts)
    const { user: left } = shard.ask(userGetHandler, stranger, { user: { id: bob } })
    expect(left.counts).toMatchObject({ followers: 0 })
    const { user: follower } = shard.ask(userGetHandler, stranger, { user: { id: cid } })
    expect(follower.counts).toMatchObject({ following: 0 })
    expect(shard.ask(listGetHandler, cid, { listId }).list.counts.followers).toBe(0)
    expect(shard.ask(tweetConversationHandler, cid, { tweetId }).tweets).toEqual([])
  })

  test('nothing is left in the tables', () => {
    const { shard, ada, bob, list, moment } = world()
    const tweetId = shard.post(ada, 'one')
    list([bob])
    moment([tweetId])
    shard.ask(tweetFavoriteHandler, ada, { tweetId })
    shard.ask(accountDeleteHandler, ada, { password })
    eraseAll(shard, ada)
    const { state } = shard
    const user = state.users.indexOf(ada)
    expect(state.authored.length(user)).toBe(0)
    expect(state.tweets.findBody(tweetId)).toBe(-1)
    expect(state.followings.degree(user)).toBe(0)
    expect(state.collections.size).toBe(0)
    for (const kind of state.markKinds()) {
      expect(state.marks(kind).length(user), kind).toBe(kind === 'departures' ? 1 : 0)
    }
    expect(state.users.cardOf(user)).toMatchObject({ handle: 'ada', name: '', bio: '' })
    expect(state.accounts.passwordHash(ada)).toBeUndefined()
  })

  test('many facts are taken in steps of so many', () => {
    const { shard, ada, bob } = world()
    for (let count = 0; count < erasedAtOnceMax * 2; count++) shard.post(ada, `tweet ${count}`)
    const tweetId = shard.post(bob, 'stays')
    shard.ask(tweetFavoriteHandler, ada, { tweetId })
    shard.ask(accountDeleteHandler, ada, { password })
    expect(eraseAll(shard, ada)).toBe(3)
  })

  test('what was decided before the deletion and lands behind it is erased as well', () => {
    const { shard, ada, bob } = world()
    const post = shard.prepare(tweetPostHandler, ada, { text: 'late' })
    post.decide()
    shard.ask(accountDeleteHandler, ada, { password })
    shard.ask(accountEraseHandler, stranger, { userId: ada, isFirst: true })
    const landed = post.land()
    if (landed.kind !== 'answered') throw new Error('the post was decided')
    const { id: tweetId } = landed.answer.tweet
    const seen = shard.call(tweetGetHandler, bob, { tweetId })
    expect(seen).toMatchObject({ kind: 'failed', error: { code: 'not_found' } })
    eraseAll(shard, ada)
    expect(shard.state.tweets.findBody(tweetId)).toBe(-1)
  })

  test('requests to follow the account are over', () => {
    const { shard, ada, bob, cid, protect } = world()
    protect(ada)
    protect(bob)
    shard.ask(userFollowHandler, cid, { userId: ada })
    shard.ask(userFollowHandler, ada, { userId: bob })
    shard.ask(accountDeleteHandler, ada, { password })
    expect(shard.ask(userFollowRequestsHandler, bob, {}).users).toEqual([])
    eraseAll(shard, ada)
    expect(shard.state.requests.size).toBe(0)
  })

  test('an account that is there is left alone', () => {
    const { shard, ada } = world()
    const tweetId = shard.post(ada, 'mine') as TweetId
    for (const isFirst of [true, false]) {
      const answer = shard.ask(accountEraseHandler, stranger, { userId: ada, isFirst })
      expect(answer).toEqual({ changed: false })
    }
    expect(shard.ask(tweetGetHandler, ada, { tweetId }).tweet.id).toBe(tweetId)
  })

  test('primary and replica hold the same after each step (I7)', () => {
    const { shard, ada, bob, cid } = world()
    for (let count = 0; count < erasedAtOnceMax + 3; count++) shard.post(ada, `tweet ${count}`)
    shard.ask(userFollowHandler, ada, { userId: bob })
    shard.ask(userFollowHandler, cid, { userId: ada })
    shard.ask(accountDeleteHandler, ada, { password })
    let hasMore = true
    for (let step = 0; hasMore; step++) {
      for (let partition = 0; partition < shard.partitionCount; partition++) {
        const digests = [shard.state, shard.replica].map((state) =>
          digestOf(state, partition, { slice: 0, slices: 1 }),
        )
        expect(digests[1]).toBe(digests[0])
      }
      const params = { userId: ada, isFirst: step === 0 }
      hasMore = shard.ask(accountEraseHandler, stranger, params).changed
    }
  })
})
