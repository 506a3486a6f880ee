// The comparison of what is found: by words, authors and the lack of words; users by the beginning of their
// handle; and whom nobody may be suggested.

import { expect } from 'vitest'
import type { Model, ModelTweet } from './model.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

type World = { readonly cluster: Pick<SimulatedCluster, 'call' | 'random'>; readonly model: Model }

export async function compareSearch(reader: number, world: World): Promise<void> {
  await compareTweets(reader, world)
  await compareUsers(reader, world)
  await compareSuggestions(reader, world)
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
  for (const { id } of answer.result.users) {
    expect(id).not.toBe(reader)
    expect(model.doesFollow(reader, id), 'nobody who is followed').toBe(false)
    expect(model.privacy.hasAsked(reader, id), 'nobody who is asked').toBe(false)
    expect(model.privacy.hasMuted(reader, id), 'nobody who is muted').toBe(false)
    expect(model.privacy.isBlockBetween(reader, id), 'I5: nobody across a block').toBe(false)
  }
}
