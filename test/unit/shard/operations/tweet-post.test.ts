import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../../../protocol/ids.ts'
import { accountCreateHandler } from '../../../../shard/operations/account-create.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { userGetHandler } from '../../../../shard/operations/user-get.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('tweet.post', () => {
  test('alice posts: the answer is the whole tweet, and one entry is logged', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const logged = shard.log.length
    const { tweet } = shard.ask(tweetPostHandler, alice, { text: 'Good morning' })
    expect(tweet).toEqual({
      id: tweet.id,
      authorId: alice,
      text: 'Good morning',
      createdAt: timeOfId(tweet.id),
      entities: { mentions: [], hashtags: [], urls: [] },
      counts: { favorites: 0, retweets: 0, replies: 0 },
      viewer: { favorited: false, retweeted: false, bookmarked: false },
    })
    expect(partitionOfId(tweet.id)).toBe(partitionOfId(alice))
    expect(shard.log).toHaveLength(logged + 1)
    const { user } = shard.ask(userGetHandler, alice, { user: { id: alice } })
    expect(user.counts.tweets).toBe(1)
  })

  test('mentions of somebody who exists say who it is; tags and links are found', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const text = '@bob and @nobody: #rooks live at https://example.com/rooks'
    const { tweet } = shard.ask(tweetPostHandler, alice, { text })
    expect(tweet.entities).toEqual({
      mentions: [
        { handle: 'bob', userId: bob, start: 0, end: 4 },
        { handle: 'nobody', start: 9, end: 16 },
      ],
      hashtags: [{ tag: 'rooks', start: 18, end: 24 }],
      urls: [{ url: 'https://example.com/rooks', start: 33, end: 58 }],
    })
  })

  test('a place and a quoted tweet stay with it', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const quoteOf = shard.post(bob, 'original')
    const location = { latitude: 52.52, longitude: -13.405 }
    const { tweet } = shard.ask(tweetPostHandler, alice, { text: 'look', quoteOf, location })
    expect(tweet).toMatchObject({ quoteOf, location })
    const read = shard.ask(tweetGetHandler, stranger, { tweetId: tweet.id }).tweet
    expect(read).toMatchObject({ quoteOf, location })
  })

  test('a reply names what it answers, and counts there', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const question = shard.post(alice, 'why?')
    const { tweet } = shard.ask(tweetPostHandler, bob, { text: 'because', inReplyTo: question })
    expect(tweet).toMatchObject({ inReplyTo: question })
    expect(repliesTo(shard, question)).toBe(1)
    shard.post(alice, 'I see', { inReplyTo: question })
    expect(repliesTo(shard, question)).toBe(2)
  })

  test('a reply that came before what it answers counts as soon as that is there', () => {
    const shard = new OneShard({ hosts: ['alice'] })
    const [alice] = shard.signUp('alice')
    const [zoe, yan] = [shard.hearOf('zoe'), shard.hearOf('yan')]
    const question = shard.newId(partitionOfId(yan)) as TweetId
    const answer = shard.newId(partitionOfId(zoe)) as TweetId
    const entities = { mentions: [], hashtags: [], urls: [] }
    const reply = { tweetId: answer, authorId: zoe, text: 'because', entities }
    shard.hear(tweetPostHandler.operation, { ...reply, inReplyTo: question })
    expect(shard.call(tweetGetHandler, alice, { tweetId: question }).kind).toBe('absent')
    shard.hear(tweetPostHandler.operation, {
      tweetId: question,
      authorId: yan,
      text: 'why?',
      entities,
    })
    expect(repliesTo(shard, question)).toBe(1)
    expect(shard.ask(tweetGetHandler, alice, { tweetId: question }).tweet.text).toBe('why?')
  })

  test.each(['inReplyTo', 'quoteOf'] as const)('%s of an unknown tweet is absent', (field) => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const tweetId = shard.newId(6) as TweetId
    const params = { text: 'hm', [field]: tweetId }
    expect(shard.call(tweetPostHandler, alice, params)).toEqual({
      kind: 'absent',
      partition: 6,
      field,
    })
  })

  test.each(['inReplyTo', 'quoteOf'] as const)('%s of a deleted tweet is not found', (field) => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const tweetId = shard.post(bob, 'oops')
    shard.ask(tweetDeleteHandler, bob, { tweetId })
    const params = { text: 'hm', [field]: tweetId }
    expect(shard.call(tweetPostHandler, alice, params)).toMatchObject({
      kind: 'failed',
      error: { code: 'not_found', field },
    })
  })

  test('media that nobody uploaded are not found', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const params = { text: 'look', mediaIds: ['m1'] }
    expect(shard.call(tweetPostHandler, alice, params)).toMatchObject({
      kind: 'failed',
      error: { code: 'not_found', field: 'mediaIds' },
    })
    expect(shard.call(tweetPostHandler, alice, { text: 'look', mediaIds: [] }).kind).toBe(
      'answered',
    )
  })
})

describe('a retry of tweet.post with its operation id (I2)', () => {
  test('is answered with the first tweet, and nothing is logged', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const params = { text: 'once', operationId: 'op-1' }
    const first = shard.ask(tweetPostHandler, alice, params)
    const logged = shard.log.length
    expect(shard.ask(tweetPostHandler, alice, params)).toEqual(first)
    expect(shard.log).toHaveLength(logged)
    const { user } = shard.ask(userGetHandler, alice, { user: { id: alice } })
    expect(user.counts.tweets).toBe(1)
  })

  test('claims the same as the first, so that it waits for it; others claim nothing of it', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const claims = (actor: typeof alice, operationId?: string) =>
      shard.prepare(tweetPostHandler, actor, {
        text: 'once',
        ...(operationId === undefined ? {} : { operationId }),
      }).claims
    expect(claims(alice, 'op-1')).toEqual(claims(alice, 'op-1'))
    expect(claims(alice)).toEqual([])
    expect(
      new Set([claims(alice, 'op-1'), claims(alice, 'op-2'), claims(bob, 'op-1')].flat()).size,
    ).toBe(3)
  })

  test('another person with the same id posts their own', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const hers = shard.ask(tweetPostHandler, alice, { text: 'hers', operationId: 'op-1' })
    const his = shard.ask(tweetPostHandler, bob, { text: 'his', operationId: 'op-1' })
    expect(his.tweet.id).not.toBe(hers.tweet.id)
    expect(his.tweet.text).toBe('his')
  })

  test('is told where the tweet was deleted in between', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const params = { text: 'once', operationId: 'op-1' }
    const { tweet } = shard.ask(tweetPostHandler, alice, params)
    shard.ask(tweetDeleteHandler, alice, { tweetId: tweet.id })
    expect(shard.call(tweetPostHandler, alice, params)).toMatchObject({
      kind: 'failed',
      error: { code: 'not_found', message: 'This operation made a tweet that was deleted since.' },
    })
  })

  test('is not taken for another operation: a first tweet may have the id of the sign-up', () => {
    const shard = new OneShard()
    const account = { handle: 'alice', name: 'Alice', password: 'secret of alice' }
    const operationId = 'op-1'
    const { user } = shard.ask(accountCreateHandler, stranger, { ...account, operationId })
    const posted = shard.call(tweetPostHandler, user.id, { text: 'my first', operationId })
    expect(posted).toMatchObject({ kind: 'answered', answer: { tweet: { text: 'my first' } } })
  })
})

function repliesTo(shard: OneShard, tweetId: TweetId): number {
  return shard.ask(tweetGetHandler, stranger, { tweetId }).tweet.counts.replies
}
