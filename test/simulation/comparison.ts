// The comparison: everything that can be read from the cluster is what the model says.

import { expect } from 'vitest'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import { compareAccounts } from './comparison-accounts.ts'
import { compareCollections } from './comparison-collections.ts'
import { compareMarks } from './comparison-marks.ts'
import { compareNotifications } from './comparison-notifications.ts'
import { compareOperators } from './comparison-operators.ts'
import { compareProfiles } from './comparison-profiles.ts'
import { compareSearch } from './comparison-search.ts'
import type { Model, ModelTweet } from './model.ts'
import { hasPair } from './model-privacy.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

/** What the commands need of a cluster, simulated one way or the other. */
export type Cluster = Pick<
  SimulatedCluster,
  'call' | 'send' | 'settle' | 'step' | 'restart' | 'random' | 'nowMs' | 'hosts' | 'partitionCount'
>

export type World = { readonly cluster: Cluster; readonly model: Model }

/** What a user has done is in their own timeline at once, whatever is still on its way. */
export async function readOwnWrites(user: number, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('timeline.home', { limit: 100 }, { actor: user })
  if ('error' in answer) throw new Error(`home: ${answer.error.message}`)
  const ids = answer.result.tweets.map((tweet) => tweet.id as number)
  expect([...ids].sort(newestFirst), 'newest first').toEqual(ids)
  expect(new Set(ids).size, 'I2: no tweet twice').toBe(ids.length)
  const originals = answer.result.tweets.map(({ id, retweetOf }) => retweetOf ?? id)
  expect(new Set(originals).size, 'I2: no tweet twice, in whatever way').toBe(originals.length)
  for (const own of model.profile(user)) {
    if (own.retweetOf === undefined) expect(ids, 'own tweets at once').toContain(own.id)
  }
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
    const shownTo = (reader: number) => (tweet: ModelTweet) =>
      tweetAsShown(model, { tweet, reader })
    const home = await readTweets(world, 'timeline.home', { user: id, reader: id })
    expect(home, 'I4: home').toEqual(model.home(id).map(shownTo(id)))
    const profile = await readTweets(world, 'timeline.user', { user: id, reader })
    expect(profile, 'I5: profile').toEqual(model.profile(id, reader).map(shownTo(reader)))
    const mayRead = model.privacy.mayReadUser(reader, id)
    expect(await readUsers(cluster, 'user.followers', { user: id, reader })).toEqual(
      mayRead ? model.followers(id) : 'forbidden',
    )
    expect(await readUsers(cluster, 'user.following', { user: id, reader })).toEqual(
      mayRead ? model.following(id) : 'forbidden',
    )
    await compareRequests(id, world)
    await compareUser({ id, reader }, world)
    await compareConversation(reader, world)
    await compareSearch(reader, world)
    await compareCollections(reader, world)
    await compareMarks(reader, world)
    await compareNotifications(id, world)
    await compareProfiles({ id, reader }, world)
    await compareAccounts(id, world)
  }
  await compareOperators(world)
}

async function compareRequests(id: number, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('user.followRequests', { limit: 100 }, { actor: id })
  if ('error' in answer) throw new Error(`requests: ${answer.error.message}`)
  const waiting = model.privacy.requests.filter(([, asked]) => asked === id).map(([who]) => who)
  const found = answer.result.users.map((user) => user.id as number)
  expect([...found].sort(newestFirst)).toEqual(waiting.sort(newestFirst))
}

/** Of any tweet that the reader may see. */
async function compareConversation(reader: number, { cluster, model }: World): Promise<void> {
  const tweets = model.tweets.filter((one) => !model.isHidden(reader, one))
  const tweet = tweets[Math.floor(cluster.random() * tweets.length)]
  if (tweet === undefined) return
  const params = { tweetId: tweet.id as TweetId, limit: 100 }
  const answer = await cluster.call('tweet.conversation', params, { actor: reader })
  if ('error' in answer) throw new Error(`conversation: ${answer.error.message}`)
  const { ancestors, missing, tweet: shown, tweets: replies } = answer.result
  const original = model.original(tweet)
  expect({ ancestors: ancestors.map(({ id }) => id), missing }).toEqual(
    model.ancestors(original, reader),
  )
  expect(shown.id).toBe(original.id)
  expect(replies.map(({ id }) => id)).toEqual(
    model.replies(original.id, reader).map(({ id }) => id),
  )
}

async function compareUser(
  { id, reader }: { id: number; reader: number },
  { cluster, model }: World,
): Promise<void> {
  const { handle, name } = model.users.find((user) => user.id === id)!
  const answer = await cluster.call('user.get', { user: { handle } }, { actor: reader })
  const following = model.doesFollow(reader, id)
  const followedBy = model.doesFollow(id, reader)
  const more = model.privacy.viewer(reader, id)
  const viewer = reader === id ? {} : { viewer: { following, followedBy, ...more } }
  const user = { id, handle, name, counts: model.userCounts(id), ...viewer }
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
    quoteOf: tweet.quoteOf,
    retweetOf: tweet.retweetOf,
    photos: tweet.photos,
    counts: model.tweetCounts(tweet.id),
    favorited: model.hasFavorite(reader, tweet.id),
    retweeted: model.retweetBy(reader, tweet.id) !== undefined,
    bookmarked: hasPair(model.bookmarks, reader, tweet.id),
  }
}

/** All pages of a timeline, in pages of random size. */
async function readTweets(
  { cluster, model }: World,
  operation: 'timeline.home' | 'timeline.user',
  { user, reader }: { user: number; reader: number },
): Promise<unknown[]> {
  const found: unknown[] = []
  let before: number | undefined
  do {
    const limit = 1 + Math.floor(cluster.random() * 20)
    const page = { limit, ...(before === undefined ? {} : { before }) }
    const params = operation === 'timeline.user' ? { userId: user as UserId, ...page } : page
    const answer = await cluster.call(operation, params as never, { actor: reader })
    if ('error' in answer) throw new Error(`${operation}: ${answer.error.message}`)
    const { tweets, users } = answer.result
    for (const {
      id,
      authorId,
      text,
      inReplyTo,
      quoteOf,
      retweetOf,
      media,
      counts,
      viewer,
    } of tweets) {
      const { favorited, retweeted, bookmarked } = viewer!
      const links = { inReplyTo, quoteOf, retweetOf }
      const photos = media?.map((medium) => medium.id)
      found.push({ id, authorId, text, ...links, photos, counts, favorited, retweeted, bookmarked })
    }
    const referenced = answer.result.referenced ?? []
    const rule = (tweet: ModelTweet) =>
      operation === 'timeline.home' ? model.mayShow(reader, tweet) : model.mayRead(reader, tweet)
    // A pinned tweet stands beside the page.
    const pinned = 'pinned' in answer.result ? answer.result.pinned : undefined
    const all = pinned === undefined ? tweets : [pinned, ...tweets]
    const expected = model.referenced(
      all.map(({ id }) => model.tweet(id)!),
      rule,
    )
    expect(new Set(referenced.map(({ id }) => id as number))).toEqual(new Set(expected))
    const authors = new Set([...all, ...referenced].map((tweet) => tweet.authorId))
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
): Promise<number[] | 'forbidden'> {
  const found: number[] = []
  let before: number | undefined
  do {
    const limit = 1 + Math.floor(cluster.random() * 4)
    const page = { userId: user as UserId, limit, ...(before === undefined ? {} : { before }) }
    const answer = await cluster.call(operation, page, { actor: reader })
    if ('error' in answer && answer.error.code === 'forbidden') return 'forbidden'
    if ('error' in answer) throw new Error(`${operation}: ${answer.error.message}`)
    found.push(...answer.result.users.map((one) => one.id))
    before = answer.result.olderCursor
  } while (before !== undefined)
  return found
}
