import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { ancestorsMax } from '../../../../protocol/limits.ts'
import { tweetConversationHandler } from '../../../../shard/operations/tweet-conversation.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('tweet.conversation', () => {
  test('shows what a tweet replies to, the root first, and the replies to it, newest first', () => {
    const { shard, ada, bob } = world()
    const root = shard.post(ada, 'root')
    const between = shard.post(bob, 'between', { inReplyTo: root })
    const tweetId = shard.post(ada, 'here', { inReplyTo: between })
    const replies = [1, 2, 3].map((number) => shard.post(bob, `${number}`, { inReplyTo: tweetId }))
    shard.post(ada, 'elsewhere', { inReplyTo: root })
    const answer = shard.ask(tweetConversationHandler, stranger, { tweetId })
    expect(ids(answer.ancestors)).toEqual([root, between])
    expect(answer.tweet).toMatchObject({ id: tweetId, inReplyTo: between, counts: { replies: 3 } })
    expect(ids(answer.tweets)).toEqual(replies.reverse())
    expect(answer.users.map(({ id }) => id).sort()).toEqual([ada, bob].sort())
    expect(answer.missing).toBeUndefined()
  })

  test('replies come page by page; deleted ones leave no hole', () => {
    const { shard, ada, bob } = world()
    const tweetId = shard.post(ada, 'root')
    const replies = [1, 2, 3, 4, 5].map((n) => shard.post(bob, `${n}`, { inReplyTo: tweetId }))
    shard.ask(tweetDeleteHandler, bob, { tweetId: replies[2]! })
    const found: TweetId[][] = []
    let before: number | undefined
    do {
      const cursor = before === undefined ? {} : { before }
      const params = { tweetId, limit: 2, ...cursor }
      const page = shard.ask(tweetConversationHandler, stranger, params)
      found.push(ids(page.tweets))
      before = page.olderCursor
    } while (before !== undefined)
    expect(found).toEqual([
      [replies[4], replies[3]],
      [replies[1], replies[0]],
    ])
  })

  test('a deleted ancestor is missing, and the conversation begins behind it', () => {
    const { shard, ada, bob } = world()
    const root = shard.post(ada, 'root')
    const deleted = shard.post(bob, 'oops', { inReplyTo: root })
    const reply = shard.post(ada, 'what?', { inReplyTo: deleted })
    const tweetId = shard.post(bob, 'nothing', { inReplyTo: reply })
    shard.ask(tweetDeleteHandler, bob, { tweetId: deleted })
    const answer = shard.ask(tweetConversationHandler, stranger, { tweetId })
    expect(answer).toMatchObject({ missing: deleted, ancestors: [{ id: reply }] })
    expect(ids(shard.ask(tweetConversationHandler, ada, { tweetId: root }).tweets)).toEqual([])
  })

  test('of a long chain it tells the nearest, and the first of them says what it replies to', () => {
    const { shard, ada } = world()
    const chain = [shard.post(ada, 'root')]
    for (let number = 0; number <= ancestorsMax; number++) {
      chain.push(shard.post(ada, `${number}`, { inReplyTo: chain[number]! }))
    }
    const answer = shard.ask(tweetConversationHandler, ada, { tweetId: chain.at(-1)! })
    expect(ids(answer.ancestors)).toEqual(chain.slice(1, -1))
    expect(answer.missing).toBeUndefined()
    expect(answer.ancestors[0]?.inReplyTo).toBe(chain[0])
  })

  test('of a retweet it is that of the original; what is quoted comes along', () => {
    const { shard, ada, bob } = world()
    const quoted = shard.post(bob, 'quoted')
    const { tweet } = shard.ask(tweetPostHandler, ada, { text: 'see', quoteOf: quoted })
    const reply = shard.post(bob, 'reply', { inReplyTo: tweet.id })
    const { retweetId } = shard.ask(tweetRetweetHandler, bob, { tweetId: tweet.id })
    const answer = shard.ask(tweetConversationHandler, stranger, { tweetId: retweetId })
    expect(answer.tweet.id).toBe(tweet.id)
    expect(ids(answer.tweets)).toEqual([reply])
    expect(ids(answer.referenced ?? [])).toEqual([quoted])
  })

  test('an unknown tweet is absent, a deleted one is not found', () => {
    const { shard, ada } = world()
    const tweetId = shard.newId(6) as TweetId
    const call = (id: TweetId) => shard.call(tweetConversationHandler, ada, { tweetId: id })
    expect(call(tweetId)).toEqual({ kind: 'absent', partition: 6, field: 'tweetId' })
    const deleted = shard.post(ada, 'oops')
    shard.ask(tweetDeleteHandler, ada, { tweetId: deleted })
    expect(call(deleted)).toMatchObject({ kind: 'failed', error: { code: 'not_found' } })
  })
})

function world() {
  const shard = new OneShard()
  const [ada, bob] = shard.signUp('ada', 'bob')
  return { shard, ada, bob }
}

function ids(tweets: readonly { readonly id: TweetId }[]): TweetId[] {
  return tweets.map(({ id }) => id)
}
