// The comparison of what is found: by words, authors and the lack of words; users by the beginning of their
// handle; whom somebody is suggested; and what more people write about than usually.

import { expect } from 'vitest'
import { trendAuthorsMin } from '../../shard/state/index/limits.ts'
import { tags } from './comparison-marks.ts'
import type { Model, ModelTweet } from './model.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

type World = {
  readonly cluster: Pick<SimulatedCluster, 'call' | 'random' | 'hosts'>
  readonly model: Model
}

export async function compareSearch(reader: number, world: World): Promise<void> {
  await compareTweets(reader, world)
  await compareUsers(reader, world)
  await compareSuggestions(reader, world)
  await compareTrends(reader, world)
}

type Wanted = { readonly query: string; has(tweet: ModelTweet): boolean }

const wordsOf = (tweet: ModelTweet): readonly string[] =>
  tweet.text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []

/** Some query, and what it asks of a tweet. */
function wantedBy({ cluster, model }: World): Wanted {
  const chosen = <T>(list: readonly T[]): T | undefined =>
    list[Math.floor(cluster.random() * list.length)]
  const word = chosen(wordsOf(chosen(model.tweets) ?? ({ text: 'tweet' } as ModelTweet))) ?? 'tweet'
  const without = chosen(wordsOf(chosen(model.tweets) ?? ({ text: '1' } as ModelTweet))) ?? '1'
  const author = chosen(model.users)!
  return chosen<Wanted>([
    { query: word.toUpperCase(), has: (tweet) => wordsOf(tweet).includes(word) },
    { query: `from:${author.handle}`, has: (tweet) => tweet.author === author.id },
    {
      query: `${word} -${without} -from:${author.handle}`,
      has: (tweet) =>
        wordsOf(tweet).includes(word) &&
        !wordsOf(tweet).includes(without) &&
        tweet.author !== author.id,
    },
  ])!
}

async function compareTweets(reader: number, world: World): Promise<void> {
  const { cluster, model } = world
  const { query, has } = wantedBy(world)
  const expected = model.tweets
    .filter((tweet) => !model.isHidden(reader, tweet) && tweet.retweetOf === undefined)
    .filter(has)
    .map(({ id }) => id)
    .sort((left, right) => right - left)
  const found: number[] = []
  let before: number | undefined
  do {
    const limit = 1 + Math.floor(cluster.random() * 20)
    const params = { query, limit, ...(before === undefined ? {} : { before }) }
    const answer = await cluster.call('search.tweets', params, { actor: reader })
    if ('error' in answer) throw new Error(`search: ${answer.error.message}`)
    expect(answer.result.partial, 'everything is in the index').toBeUndefined()
    found.push(...answer.result.tweets.map(({ id }) => id))
    before = answer.result.olderCursor
  } while (before !== undefined)
  expect(found, `I5: search for ${query}`).toEqual(expected)
}

async function compareUsers(reader: number, { cluster, model }: World): Promise<void> {
  const beginning = model.users[Math.floor(cluster.random() * model.users.length)]!.handle
  const query = beginning.slice(0, 1 + Math.floor(cluster.random() * beginning.length))
  const answer = await cluster.call('search.users', { query, limit: 100 }, { actor: reader })
  if ('error' in answer) throw new Error(`search for users: ${answer.error.message}`)
  const expected = model.users
    .filter(({ handle }) => handle.startsWith(query))
    .filter(({ id }) => !model.privacy.isBlockBetween(reader, id))
  expect(answer.result.users.map(({ id }) => id as number).sort()).toEqual(
    expected.map(({ id }) => id).sort(),
  )
}

async function compareSuggestions(reader: number, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('user.suggestions', {}, { actor: reader })
  if ('error' in answer) throw new Error(`suggestions: ${answer.error.message}`)
  const found = answer.result.users.map(({ id }) => id as number)
  const scores = suggestionsFor(reader, { cluster, model })
  expect([...found].sort(), 'I5: suggestions').toEqual([...scores.keys()].sort())
  const inOrder = found.map((id) => scores.get(id)!)
  expect(
    [...inOrder].sort((left, right) => right - left),
    'the best first',
  ).toEqual(inOrder)
}

/**
 * Whom people follow who follow somebody as the reader does, with their scores; where the reader follows nobody,
 * whom anybody follows. A shard asks those whom it hosts.
 */
function suggestionsFor(reader: number, { cluster, model }: World): Map<number, number> {
  const { privacy } = model
  const own = model.following(reader)
  const alike =
    own.length === 0
      ? model.users.map(({ id }) => id)
      : own.flatMap((followee) => model.followers(followee))
  const asked = alike.filter(
    (id) => id !== reader && cluster.hosts(reader, id) && privacy.mayReadUser(reader, id),
  )
  const isNew = (id: number): boolean =>
    id !== reader &&
    !model.doesFollow(reader, id) &&
    !privacy.hasAsked(reader, id) &&
    !privacy.hasMuted(reader, id) &&
    !privacy.isBlockBetween(reader, id)
  const paths = asked.flatMap((id) => model.following(id)).filter(isNew)
  const scoreOf = (id: number): number =>
    paths.filter((one) => one === id).length / Math.sqrt(1 + model.followers(id).length)
  return new Map(paths.map((id) => [id, scoreOf(id)]))
}

/**
 * A trend has enough authors whose tweets the reader may see. One that has so many among the newest tweets on it is there,
 * if all of them were always public: nobody else counts. How many there are is a guess between those and all who ever
 * wrote of it. No run is longer than an hour.
 */
async function compareTrends(reader: number, { cluster, model }: World): Promise<void> {
  const answer = await cluster.call('trends.list', {}, { actor: reader })
  if ('error' in answer) throw new Error(`trends: ${answer.error.message}`)
  const { trends } = answer.result
  const found = new Map(trends.map(({ name, authors }) => [name, authors]))
  const counts = [...found.values()]
  expect(
    [...counts].sort((left, right) => right - left),
    'the steepest first',
  ).toEqual(counts)
  for (const tag of tags) {
    const about = model.tweets
      .filter((tweet) => tweet.tag === tag)
      .sort((left, right) => right.id - left.id)
    const seen = about.filter((tweet) => !model.isHidden(reader, tweet))
    const isSure = ({ author }: ModelTweet): boolean => !model.privacy.hiddenOnce.has(author)
    const sure = authorsOf(seen.slice(0, trendTweetsSeen).filter(isSure))
    const authors = found.get(`#${tag}`) ?? 0
    if (sure >= trendAuthorsMin) expect(authors, `trend ${tag}`).toBeGreaterThanOrEqual(sure)
    if (authors === 0) continue
    expect(authorsOf(seen), `I5: trend ${tag}`).toBeGreaterThanOrEqual(trendAuthorsMin)
    expect(authors, `trend ${tag}`).toBeLessThanOrEqual(authorsOf(about))
  }
  expect(found.size, 'nothing else').toBe(tags.filter((tag) => found.has(`#${tag}`)).length)
}

/** How many of the newest tweets on a trend are looked at. */
const trendTweetsSeen = 16

function authorsOf(tweets: readonly ModelTweet[]): number {
  return new Set(tweets.map(({ author }) => author)).size
}
