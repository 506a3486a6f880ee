import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { auditListHandler } from '../../../../shard/operations/audit-list.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetRemoveHandler } from '../../../../shard/operations/tweet-remove.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const action = { by: 'moira', reason: 'not allowed here' }

describe('tweet.remove', () => {
  test('a tweet goes as if its author had deleted it, and stands in the audit log', () => {
    const shard = new OneShard()
    const [bob] = shard.signUp('bob')
    const tweetId = shard.post(bob, 'buy my rooks')
    expect(shard.ask(tweetRemoveHandler, stranger, { tweetId, ...action })).toEqual({
      tweetId,
      authorId: bob,
    })
    expect(shard.call(tweetGetHandler, bob, { tweetId })).toMatchObject({
      error: { code: 'not_found' },
    })
    const { user } = shard.ask(userGetHandler, stranger, { user: { id: bob } })
    expect(user.counts.tweets).toBe(0)
    const { actions } = shard.ask(auditListHandler, stranger, { partition: partitionOfId(bob) })
    expect(actions).toMatchObject([{ action: 'remove', tweetId, userId: bob, ...action }])
    expect(shard.call(tweetRemoveHandler, stranger, { tweetId, ...action })).toMatchObject({
      error: { code: 'not_found' },
    })
  })

  test('of a retweet the original is to be removed', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const tweetId = shard.post(bob, 'buy my rooks')
    shard.ask(tweetRetweetHandler, alice, { tweetId })
    const { tweetId: retweetId } = shard.log.at(-1)!.event as { readonly tweetId: TweetId }
    expect(
      shard.call(tweetRemoveHandler, stranger, { tweetId: retweetId, ...action }),
    ).toMatchObject({ code: 'is_retweet' })
    shard.ask(tweetRemoveHandler, stranger, { tweetId, ...action })
    expect(shard.call(tweetGetHandler, alice, { tweetId: retweetId }).kind).toBe('failed')
  })

  test('meets a delete of the author at the same time without harm', () => {
    const shard = new OneShard()
    const [bob] = shard.signUp('bob')
    const tweetId = shard.post(bob, 'buy my rooks')
    const claims = shard.prepare(tweetRemoveHandler, stranger, { tweetId, ...action }).claims
    expect(claims).toContain(`tweet ${tweetId}`)
  })
})
