// The commands of the model test that pass tweets on: retweets, quotes, and what takes them back.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { TweetId } from '../../protocol/ids.ts'
import type { World } from './comparison.ts'
import type { ModelTweet } from './model.ts'

export type RetweetCommand = {
  do: 'retweet' | 'unretweet' | 'quote'
  user: number
  tweet: number
}

const n = fc.nat({ max: 1000 })

export const retweetArbitrary: fc.Arbitrary<RetweetCommand> = fc.record({
  do: fc.constantFrom(
    'retweet' as const,
    'retweet' as const,
    'retweet' as const,
    'unretweet' as const,
    'quote' as const,
  ),
  user: n,
  tweet: n,
})

export function isRetweetCommand<C extends { do: string }>(
  command: C | RetweetCommand,
): command is RetweetCommand {
  return ['retweet', 'unretweet', 'quote'].includes(command.do)
}

/** Does it to the cluster and to the model. */
export async function runRetweets(command: RetweetCommand, world: World): Promise<void> {
  const { users, tweets } = world.model
  const user = users[command.user % users.length]!.id
  const tweet = tweets[command.tweet % Math.max(1, tweets.length)]
  if (tweet === undefined) return
  if (command.do === 'retweet') return retweet({ user, tweet }, world)
  if (command.do === 'unretweet') return unretweet({ user, tweet }, world)
  return quote({ user, tweet }, world)
}

async function retweet(
  { user, tweet }: { user: number; tweet: ModelTweet },
  { cluster, model }: World,
): Promise<void> {
  const tweetId = tweet.id as TweetId
  const answer = await cluster.call('tweet.retweet', { tweetId }, { actor: user })
  if ('error' in answer) {
    expect(model.isHidden(user, tweet) && answer.error.code === 'not_found').toBe(true)
    return
  }
  expect(model.mayRead(user, tweet), 'I5').toBe(true)
  const original = model.original(tweet)
  const before = model.retweetBy(user, original.id)
  if (before !== undefined) {
    expect(answer.result.retweetId, 'one for each user and tweet').toBe(before.id)
    return
  }
  model.tweets.push({
    id: answer.result.retweetId,
    author: user,
    text: '',
    inReplyTo: undefined,
    retweetOf: original.id,
    isDeleted: false,
  })
}

async function unretweet(
  { user, tweet }: { user: number; tweet: ModelTweet },
  { cluster, model }: World,
): Promise<void> {
  const tweetId = tweet.id as TweetId
  const answer = await cluster.call('tweet.unretweet', { tweetId }, { actor: user })
  if ('error' in answer) {
    expect(model.isHidden(user, tweet) && answer.error.code === 'not_found').toBe(true)
    return
  }
  const before = model.retweetBy(user, model.original(tweet).id)
  if (before !== undefined) before.isDeleted = true
}

async function quote(
  { user, tweet }: { user: number; tweet: ModelTweet },
  { cluster, model }: World,
): Promise<void> {
  const text = `quote ${model.tweets.length}`
  const params = { text, quoteOf: tweet.id as TweetId }
  const answer = await cluster.call('tweet.post', params, { actor: user })
  if ('error' in answer) {
    expect(model.isHidden(user, tweet)).toBe(true)
    expect(answer).toMatchObject({ error: { code: 'not_found', field: 'quoteOf' } })
    return
  }
  expect(model.mayRead(user, tweet), 'I5').toBe(true)
  model.tweets.push({
    id: answer.result.tweet.id,
    author: user,
    text,
    inReplyTo: undefined,
    quoteOf: model.original(tweet).id,
    isDeleted: false,
  })
}
