// The commands of the model test that have to do with tweets: posts and replies, also while a shard dies, deletes
// and favorites, and the follows by which they are delivered.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import { expectFollow } from './commands-privacy.ts'
import type { World } from './comparison.ts'
import { readOwnWrites } from './comparison.ts'
import type { ModelTweet } from './model.ts'
import { without } from './model-privacy.ts'

export type TweetCommand =
  | { do: 'post'; user: number; replyTo: number | undefined; isRetried: boolean }
  | { do: 'post and kill'; user: number; shard: number; steps: number }
  | { do: 'delete'; user: number; tweet: number }
  | { do: 'follow' | 'unfollow'; user: number; other: number }
  | { do: 'favorite' | 'unfavorite'; user: number; tweet: number }
  | { do: 'read home'; user: number }

const n = fc.nat({ max: 1000 })

export const tweetArbitrary: fc.Arbitrary<TweetCommand> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      do: fc.constant('post' as const),
      user: n,
      replyTo: fc.option(n, { nil: undefined, freq: 3 }),
      isRetried: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('post and kill' as const),
      user: n,
      shard: n,
      steps: fc.nat({ max: 6 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('delete' as const), user: n, tweet: n }) },
  {
    weight: 24,
    arbitrary: fc.record({
      do: fc.constantFrom('follow' as const, 'follow' as const, 'unfollow' as const),
      user: n,
      other: n,
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constantFrom('favorite' as const, 'favorite' as const, 'unfavorite' as const),
      user: n,
      tweet: n,
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('read home' as const), user: n }) },
)

const names = [
  'post',
  'post and kill',
  'delete',
  'follow',
  'unfollow',
  'favorite',
  'unfavorite',
  'read home',
]

export function isTweetCommand<C extends { do: string }>(
  command: C | TweetCommand,
): command is TweetCommand {
  return names.includes(command.do)
}

/** Does it to the cluster and to the model. */
export async function runTweets(command: TweetCommand, world: World): Promise<void> {
  const { users, tweets } = world.model
  const user = pick(users, command.user)!.id
  if (command.do === 'post') return post(command, user, world)
  if (command.do === 'post and kill') return postAndKill(command, user, world)
  if (command.do === 'read home') return readOwnWrites(user, world)
  if ('other' in command) {
    return changeFollow(command.do, { user, other: pick(users, command.other)!.id }, world)
  }
  const tweet = pick(tweets, command.tweet)
  if (tweet === undefined) return
  if (command.do === 'delete') return deleteTweet(tweet, user, world)
  return changeFavorite(command.do, { user, tweet }, world)
}

function pick<T>(list: readonly T[], number: number): T | undefined {
  return list[number % list.length]
}

async function post(
  { replyTo, isRetried }: { replyTo: number | undefined; isRetried: boolean },
  user: number,
  { cluster, model }: World,
): Promise<void> {
  const target = replyTo === undefined ? undefined : pick(model.tweets, replyTo)
  const text = `tweet ${model.tweets.length}`
  const operationId = isRetried ? `operation-${model.tweets.length}` : undefined
  const params = {
    text,
    ...(target === undefined ? {} : { inReplyTo: target.id as TweetId }),
    ...(operationId === undefined ? {} : { operationId }),
  }
  const sent = isRetried ? cluster.send('tweet.post', params, { actor: user }) : undefined
  const answer = await cluster.call('tweet.post', params, { actor: user })
  // A delete that has not reached this shard yet does not stop a reply.
  if (target !== undefined && model.isHidden(user, target) && 'error' in answer) {
    expect(answer).toMatchObject({ error: { code: 'not_found', field: 'inReplyTo' } })
    return
  }
  if ('error' in answer) throw new Error(`post: ${answer.error.message}`)
  if (target !== undefined) expect(model.mayRead(user, target), 'I5').toBe(true)
  expect(answer.result.tweet).toMatchObject({ authorId: user, text })
  const first = await sent
  if (first !== undefined && 'result' in first) {
    expect(first.result.tweet.id, 'I2: a retry takes effect once').toBe(answer.result.tweet.id)
  }
  model.tweets.push({
    id: answer.result.tweet.id,
    author: user,
    text,
    inReplyTo: target && model.original(target).id,
    isDeleted: false,
  })
}

/** The shard dies somewhere between the request and its answer; a retry must take effect once. */
async function postAndKill(
  { shard, steps }: { shard: number; steps: number },
  user: number,
  { cluster, model }: World,
): Promise<void> {
  const text = `survivor ${model.tweets.length}`
  const params = { text, operationId: `killed-${model.tweets.length}` }
  const first = cluster.send('tweet.post', params, { actor: user })
  let acknowledged: number | undefined
  void first.then((answer) => {
    if ('result' in answer) acknowledged = answer.result.tweet.id
  })
  for (let step = 0; step < steps; step++) await cluster.step()
  const acknowledgedBefore = acknowledged
  await cluster.restart(shard)
  const answer = await cluster.call('tweet.post', params, { actor: user })
  if ('error' in answer) throw new Error(`post after a kill: ${answer.error.message}`)
  if (acknowledgedBefore !== undefined) {
    expect(answer.result.tweet.id, 'I1: acknowledged is kept').toBe(acknowledgedBefore)
  }
  model.tweets.push({
    id: answer.result.tweet.id,
    author: user,
    text,
    inReplyTo: undefined,
    isDeleted: false,
  })
}

async function deleteTweet(
  tweet: ModelTweet,
  user: number,
  { cluster, model }: World,
): Promise<void> {
  const answer = await cluster.call(
    'tweet.delete',
    { tweetId: tweet.id as TweetId },
    { actor: user },
  )
  if (tweet.author !== user) {
    const code = model.isHidden(user, tweet) ? /not_found|forbidden/ : /forbidden/
    expect(answer).toMatchObject({ error: { code: expect.stringMatching(code) } })
  } else if (tweet.isDeleted) {
    expect(answer).toMatchObject({ error: { code: 'not_found' } })
  } else if (model.isGone(tweet) && 'error' in answer) {
    expect(answer).toMatchObject({ error: { code: 'not_found' } })
  } else {
    expect(answer).toMatchObject({ result: { tweet: { id: tweet.id } } })
    tweet.isDeleted = true
  }
}

async function changeFollow(
  change: 'follow' | 'unfollow',
  { user, other }: { user: number; other: number },
  { cluster, model }: World,
): Promise<void> {
  const answer = await cluster.call(`user.${change}`, { userId: other as UserId }, { actor: user })
  if (user === other) {
    if (change === 'follow') expect(answer).toMatchObject({ error: { code: 'cannot_follow_self' } })
    return
  }
  if (change === 'follow') return expectFollow(answer, { user, other }, { model })
  expect(answer).toMatchObject({ result: { user: { viewer: { following: false } } } })
  model.unfollow(user, other)
  model.privacy.requests = without(model.privacy.requests, [user, other])
}

async function changeFavorite(
  change: 'favorite' | 'unfavorite',
  { user, tweet }: { user: number; tweet: ModelTweet },
  { cluster, model }: World,
): Promise<void> {
  const tweetId = tweet.id as TweetId
  const answer = await cluster.call(`tweet.${change}`, { tweetId }, { actor: user })
  if ('error' in answer) {
    // A delete may not have reached this shard yet; then the favorite goes to a tweet that is gone.
    expect(model.isHidden(user, tweet) && answer.error.code === 'not_found').toBe(true)
    return
  }
  if (change === 'favorite') expect(model.mayRead(user, tweet), 'I5').toBe(true)
  model[change](user, tweet.id)
}
