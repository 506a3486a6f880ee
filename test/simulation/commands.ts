// The commands of the model test: each does one thing to the cluster and the same to the model, and
// checks the answer against the model at once.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import type { Model, ModelTweet } from './model.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

/** Numbers are taken modulo what is there, so that any command fits any state and shrinks well. */
export type Command =
  | { do: 'post'; user: number; replyTo: number | undefined; isRetried: boolean }
  | { do: 'post and kill'; user: number; shard: number; steps: number }
  | { do: 'delete'; user: number; tweet: number }
  | { do: 'follow' | 'unfollow'; user: number; other: number }
  | { do: 'favorite' | 'unfavorite'; user: number; tweet: number }
  | { do: 'read home'; user: number }
  | { do: 'sign up'; handle: number }
  | { do: 'restart'; shard: number }
  | { do: 'let time pass'; ms: number; steps: number }
  | { do: 'compare' }

const n = fc.nat({ max: 1000 })

export const commandArbitrary: fc.Arbitrary<Command> = fc.oneof(
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
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('sign up' as const), handle: fc.nat({ max: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), shard: n }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('let time pass' as const),
      ms: fc.nat({ max: 50 }),
      steps: fc.nat({ max: 30 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('compare' as const) }) },
)

export type World = { readonly cluster: SimulatedCluster; readonly model: Model }

/** A command that needs a user or a tweet, where there is none yet, does nothing. */
export async function run(command: Command, world: World): Promise<void> {
  const { cluster, model } = world
  switch (command.do) {
    case 'sign up':
      return signUp(`user_${command.handle}`, world)
    case 'restart':
      return cluster.restart(command.shard)
    case 'let time pass':
      cluster.nowMs += command.ms
      for (let step = 0; step < command.steps; step++) await cluster.step()
      return
    case 'compare':
      return compareAll(world)
  }
  const user = pick(model.users, command.user)?.id
  if (user === undefined) return
  if (command.do === 'post') return post(command, user, world)
  if (command.do === 'post and kill') return postAndKill(command, user, world)
  if (command.do === 'read home') return readOwnWrites(user, world)
  if ('other' in command) {
    return changeFollow(command.do, { user, other: pick(model.users, command.other)!.id }, world)
  }
  const tweet = pick(model.tweets, command.tweet)
  if (tweet === undefined) return
  if (command.do === 'delete') return deleteTweet(tweet, user, world)
  return changeFavorite(command.do, { user, tweet }, world)
}

function pick<T>(list: readonly T[], number: number): T | undefined {
  return list[number % list.length]
}

async function signUp(handle: string, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('account.create', {
    handle,
    name: handle,
    password: 'password',
  })
  if (model.users.some((user) => user.handle === handle)) {
    expect(answer).toMatchObject({ error: { code: 'handle_taken' } })
    return
  }
  if ('error' in answer) throw new Error(`sign-up: ${answer.error.message}`)
  model.users.push({ id: answer.result.user.id, handle })
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
  if (target?.isDeleted && 'error' in answer) {
    expect(answer).toMatchObject({ error: { code: 'not_found', field: 'inReplyTo' } })
    return
  }
  if ('error' in answer) throw new Error(`post: ${answer.error.message}`)
  expect(answer.result.tweet).toMatchObject({ authorId: user, text })
  const first = await sent
  if (first !== undefined && 'result' in first) {
    expect(first.result.tweet.id, 'I2: a retry takes effect once').toBe(answer.result.tweet.id)
  }
  model.tweets.push({
    id: answer.result.tweet.id,
    author: user,
    text,
    inReplyTo: target?.id,
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

async function deleteTweet(tweet: ModelTweet, user: number, { cluster }: World): Promise<void> {
  const answer = await cluster.call(
    'tweet.delete',
    { tweetId: tweet.id as TweetId },
    { actor: user },
  )
  if (tweet.author !== user) {
    const code = tweet.isDeleted ? /not_found|forbidden/ : /forbidden/
    expect(answer).toMatchObject({ error: { code: expect.stringMatching(code) } })
  } else if (tweet.isDeleted) {
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
  expect(answer).toMatchObject({ result: { user: { viewer: { following: change === 'follow' } } } })
  model[change](user, other)
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
    expect(tweet.isDeleted && answer.error.code === 'not_found').toBe(true)
    return
  }
  model[change](user, tweet.id)
}

/** What a user has done is in their own timeline at once, whatever is still on its way. */
async function readOwnWrites(user: number, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('timeline.home', { limit: 100 }, { actor: user })
  if ('error' in answer) throw new Error(`home: ${answer.error.message}`)
  const ids = answer.result.tweets.map((tweet) => tweet.id as number)
  expect(
    [...ids].sort((left, right) => right - left),
    'newest first',
  ).toEqual(ids)
  expect(new Set(ids).size, 'I2: no tweet twice').toBe(ids.length)
  for (const own of model.profile(user)) expect(ids, 'own tweets at once').toContain(own.id)
  for (const tweet of answer.result.tweets) {
    const isTheirs = tweet.authorId === user || model.doesFollow(user, tweet.authorId)
    expect(isTheirs, 'I5: nobody who is not followed').toBe(true)
  }
}

/** Everything that can be read is what the model says. */
export async function compareAll({ cluster, model }: World): Promise<void> {
  await cluster.settle()
  for (const { id, handle } of model.users) {
    expect(await allTweets('timeline.home', id), 'I4: home').toEqual(
      model.home(id).map(shownBy(id)),
    )
    expect(await allTweets('timeline.user', id), 'profile').toEqual(
      model.profile(id).map(shownBy(id)),
    )
    expect(await allUsers('user.followers', id)).toEqual(model.followers(id))
    expect(await allUsers('user.following', id)).toEqual(model.following(id))
    const reader = pick(model.users, Math.floor(cluster.random() * 1000))!.id
    const answer = await cluster.call('user.get', { user: { handle } }, { actor: reader })
    const viewer = {
      following: model.doesFollow(reader, id),
      followedBy: model.doesFollow(id, reader),
    }
    expect(answer).toMatchObject({
      result: {
        user: { id, handle, counts: model.userCounts(id), ...(reader === id ? {} : { viewer }) },
      },
    })
  }

  function shownBy(reader: number) {
    return (tweet: ModelTweet) => ({
      id: tweet.id,
      authorId: tweet.author,
      text: tweet.text,
      inReplyTo: tweet.inReplyTo,
      counts: model.tweetCounts(tweet.id),
      favorited: model.hasFavorite(reader, tweet.id),
    })
  }

  async function allTweets(operation: 'timeline.home' | 'timeline.user', user: number) {
    const found: unknown[] = []
    let before: number | undefined
    do {
      const limit = 1 + Math.floor(cluster.random() * 20)
      const page = { limit, ...(before === undefined ? {} : { before }) }
      const params = operation === 'timeline.user' ? { userId: user as UserId, ...page } : page
      const answer = await cluster.call(operation, params as never, { actor: user })
      if ('error' in answer) throw new Error(`${operation}: ${answer.error.message}`)
      for (const { id, authorId, text, inReplyTo, counts, viewer } of answer.result.tweets) {
        found.push({ id, authorId, text, inReplyTo, counts, favorited: viewer?.favorited })
      }
      const authors = new Set(answer.result.tweets.map((tweet) => tweet.authorId))
      expect(new Set(answer.result.users.map((one) => one.id)), 'each author once').toEqual(authors)
      before = answer.result.olderCursor
    } while (before !== undefined)
    return found
  }

  async function allUsers(operation: 'user.followers' | 'user.following', user: number) {
    const found: number[] = []
    let before: number | undefined
    do {
      const limit = 1 + Math.floor(cluster.random() * 4)
      const page = { userId: user as UserId, limit, ...(before === undefined ? {} : { before }) }
      const answer = await cluster.call(operation, page, { actor: user })
      if ('error' in answer) throw new Error(`${operation}: ${answer.error.message}`)
      found.push(...answer.result.users.map((one) => one.id))
      before = answer.result.olderCursor
    } while (before !== undefined)
    return found
  }
}
