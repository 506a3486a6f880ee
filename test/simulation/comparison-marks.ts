// The comparison of what a user keeps for themselves, and of what is found by a tag, a place or its id.

import { expect } from 'vitest'
import type { TweetId } from '../../protocol/ids.ts'
import type { Model, ModelTweet } from './model.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

type World = { readonly cluster: Pick<SimulatedCluster, 'call' | 'random'>; readonly model: Model }
type Page = { readonly limit: number; readonly before?: number }

/** Where tweets are written: far from each other. */
export const places = [
  { latitude: 48.2, longitude: 16.37 },
  { latitude: -33.86, longitude: 151.2 },
  { latitude: 0, longitude: 180 },
] as const
export const tags = ['Rooks', 'été', '黒ネコ'] as const

/** As one reader sees it. */
export async function compareMarks(reader: number, world: World): Promise<void> {
  await compareBookmarks(reader, world)
  await compareMutes(reader, world)
  await compareTag(reader, world)
  await comparePlace(reader, world)
  await compareOne(reader, world)
}

function chosen<T>(list: readonly T[], { cluster }: World): T | undefined {
  return list[Math.floor(cluster.random() * list.length)]
}

/** The ids of all pages, in pages of random size. */
async function read(
  { cluster }: World,
  readPage: (
    page: Page,
  ) => Promise<
    { result: { tweets: readonly { id: number }[]; olderCursor?: number } } | { error: object }
  >,
): Promise<number[]> {
  const found: number[] = []
  let before: number | undefined
  do {
    const limit = 1 + Math.floor(cluster.random() * 8)
    const answer = await readPage({ limit, ...(before === undefined ? {} : { before }) })
    if ('error' in answer) throw new Error('a page cannot be read', { cause: answer.error })
    found.push(...answer.result.tweets.map(({ id }) => id))
    before = answer.result.olderCursor
  } while (before !== undefined)
  return found
}

function newestFirst(ids: readonly number[]): number[] {
  return [...ids].sort((left, right) => right - left)
}

async function compareBookmarks(reader: number, world: World): Promise<void> {
  const { cluster, model } = world
  const found = await read(world, (page) => cluster.call('bookmarks.list', page, { actor: reader }))
  const marked = model.bookmarks.filter(([user]) => user === reader).map(([, tweet]) => tweet)
  const shown = marked.filter((id) => !model.isHidden(reader, model.tweet(id)!))
  expect(found, 'I5: bookmarks').toEqual(newestFirst(shown))
}

async function compareMutes(reader: number, { cluster, model }: World): Promise<void> {
  const from = { actor: reader }
  const answer = await cluster.call('mutes.list', { limit: 100 }, from)
  if ('error' in answer) throw new Error(`mutes: ${answer.error.message}`)
  const { privacy, users } = model
  const own = <T>(pairs: readonly (readonly [number, T])[]): T[] =>
    pairs.filter(([user]) => user === reader).map(([, what]) => what)
  expect(new Set(answer.result.words)).toEqual(new Set(own(privacy.words)))
  expect(answer.result.threadIds).toEqual(newestFirst(own(privacy.threads)))
  for (const [name, pairs] of [
    ['user.blocked', privacy.blocks],
    ['user.muted', privacy.mutes],
  ] as const) {
    const listed = await cluster.call(name, { limit: 100 }, from)
    if ('error' in listed) throw new Error(`${name}: ${listed.error.message}`)
    const there = own(pairs).filter((id) => users.some((user) => user.id === id))
    expect(
      listed.result.users.map(({ id }) => id as number),
      name,
    ).toEqual(newestFirst(there))
  }
}

/** What is found is what anybody has written; a retweet repeats it and is not found. */
function expected(reader: number, { model }: World, isWanted: (tweet: ModelTweet) => boolean) {
  const found = model.tweets.filter((tweet) => isWanted(tweet) && !model.isHidden(reader, tweet))
  return newestFirst(found.map(({ id }) => id))
}

async function compareTag(reader: number, world: World): Promise<void> {
  const tag = chosen(tags, world)!
  const found = await read(world, (page) =>
    world.cluster.call('timeline.tag', { tag: tag.toUpperCase(), ...page }, { actor: reader }),
  )
  const isWanted = (tweet: ModelTweet) => tweet.tag === tag
  expect(found, 'I5: tag').toEqual(expected(reader, world, isWanted))
}

async function comparePlace(reader: number, world: World): Promise<void> {
  const place = chosen(places, world)!
  const circle = { ...place, radiusMeters: 1_000 }
  const found = await read(world, (page) =>
    world.cluster.call('timeline.near', { ...circle, ...page }, { actor: reader }),
  )
  const isWanted = ({ location }: ModelTweet) => location?.latitude === place.latitude
  expect(found, 'I5: place').toEqual(expected(reader, world, isWanted))
}

/** Any tweet, by its id. */
async function compareOne(reader: number, world: World): Promise<void> {
  const { cluster, model } = world
  const tweet = chosen(model.tweets, world)
  if (tweet === undefined) return
  const tweetId = tweet.id as TweetId
  const answer = await cluster.call('tweet.get', { tweetId }, { actor: reader })
  if (model.isHidden(reader, tweet)) {
    expect(answer, 'I5: tweet').toMatchObject({ error: { code: 'not_found' } })
    const thread = await cluster.call('tweet.conversation', { tweetId }, { actor: reader })
    expect(thread, 'I5: thread').toMatchObject({ error: { code: 'not_found' } })
    return
  }
  if ('error' in answer) throw new Error(`tweet: ${answer.error.message}`)
  expect(answer.result.tweet.id).toBe(tweet.id)
  const referenced = model.referenced([tweet], (other) => model.mayRead(reader, other))
  const found = (answer.result.referenced ?? []).map(({ id }) => id as number)
  expect(new Set(found), 'I5: referenced').toEqual(new Set(referenced))
}
