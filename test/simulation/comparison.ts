// The comparison: everything that can be read from the cluster is what the model says.

import { expect } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import type { Model, ModelTweet } from './model.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

/** What the commands need of a cluster, simulated one way or the other. */
export type Cluster = Pick<
  SimulatedCluster,
  'call' | 'send' | 'settle' | 'step' | 'restart' | 'random' | 'nowMs'
>

export type World = { readonly cluster: Cluster; readonly model: Model }

/** What a user has done is in their own timeline at once, whatever is still on its way. */
export async function readOwnWrites(user: number, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('timeline.home', { limit: 100 }, { actor: user })
  if ('error' in answer) throw new Error(`home: ${answer.error.message}`)
  const ids = answer.result.tweets.map((tweet) => tweet.id as number)
  expect([...ids].sort(newestFirst), 'newest first').toEqual(ids)
  expect(new Set(ids).size, 'I2: no tweet twice').toBe(ids.length)
  for (const own of model.profile(user)) expect(ids, 'own tweets at once').toContain(own.id)
  for (const tweet of answer.result.tweets) {
    const isTheirs = tweet.authorId === user || model.doesFollow(user, tweet.authorId)
    expect(isTheirs, 'I5: nobody who is not followed').toBe(true)
  }
}

function newestFirst(left: number, right: number): number {
  return right - left
}

/** Lets everything arrive, then reads everything that every user can read. */
export async function compareAll(world: World): Promise<void> {
  const { cluster, model } = world
  await cluster.settle()
  for (const { id } of model.users) {
    const reader = model.users[Math.floor(cluster.random() * model.users.length)]!.id
    const shown = (tweet: ModelTweet) => tweetAsShown(model, { tweet, reader: id })
    const home = await readTweets(cluster, 'timeline.home', id)
    expect(home, 'I4: home').toEqual(model.home(id).map(shown))
    const profile = await readTweets(cluster, 'timeline.user', id)
    expect(profile, 'profile').toEqual(model.profile(id).map(shown))
    expect(await readUsers(cluster, 'user.followers', { user: id, reader })).toEqual(
      model.followers(id),
    )
    expect(await readUsers(cluster, 'user.following', { user: id, reader })).toEqual(
      model.following(id),
    )
    await compareUser({ id, reader }, world)
  }
}

async function compareUser(
  { id, reader }: { id: number; reader: number },
  { cluster, model }: World,
): Promise<void> {
  const { handle } = model.users.find((user) => user.id === id)!
  const answer = await cluster.call('user.get', { user: { handle } }, { actor: reader })
  const following = model.doesFollow(reader, id)
  const followedBy = model.doesFollow(id, reader)
  const viewer = reader === id ? {} : { viewer: { following, followedBy } }
  const user = { id, handle, counts: model.userCounts(id), ...viewer }
  expect(answer).toMatchObject({ result: { user } })
}

function tweetAsShown(
  model: Model,
  { tweet, reader }: { tweet: ModelTweet; reader: number },
): unknown {
  return {
    id: tweet.id,
    authorId: tweet.author,
    text: tweet.text,
    inReplyTo: tweet.inReplyTo,
    counts: model.tweetCounts(tweet.id),
    favorited: model.hasFavorite(reader, tweet.id),
  }
}

/** All pages of a timeline, in pages of random size. */
async function readTweets(
  cluster: Cluster,
  operation: 'timeline.home' | 'timeline.user',
  user: number,
): Promise<unknown[]> {
  const found: unknown[] = []
  let before: number | undefined
  do {
    const limit = 1 + Math.floor(cluster.random() * 20)
    const page = { limit, ...(before === undefined ? {} : { before }) }
    const params = operation === 'timeline.user' ? { userId: user as UserId, ...page } : page
    const answer = await cluster.call(operation, params as never, { actor: user })
    if ('error' in answer) throw new Error(`${operation}: ${answer.error.message}`)
    const { tweets, users } = answer.result
    for (const { id, authorId, text, inReplyTo, counts, viewer } of tweets) {
      found.push({ id, authorId, text, inReplyTo, counts, favorited: viewer?.favorited })
    }
    const authors = new Set(tweets.map((tweet) => tweet.authorId))
    expect(new Set(users.map((one) => one.id)), 'each author once').toEqual(authors)
    before = answer.result.olderCursor
  } while (before !== undefined)
  return found
}

/** All pages of a list of users, in pages of random size. */
async function readUsers(
  cluster: Cluster,
  operation: 'user.followers' | 'user.following',
  { user, reader }: { user: number; reader: number },
): Promise<number[]> {
  const found: number[] = []
  let before: number | undefined
  do {
    const limit = 1 + Math.floor(cluster.random() * 4)
    const page = { userId: user as UserId, limit, ...(before === undefined ? {} : { before }) }
    const answer = await cluster.call(operation, page, { actor: reader })
    if ('error' in answer) throw new Error(`${operation}: ${answer.error.message}`)
    found.push(...answer.result.users.map((one) => one.id))
    before = answer.result.olderCursor
  } while (before !== undefined)
  return found
}
