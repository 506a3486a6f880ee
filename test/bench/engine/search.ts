// Searching a million tweets on one thread, as `search.tweets` does it: from the query to the encoded answer.
//
// Words come as they do in a language: the commonest in every other tweet, half of all once or twice (Zipf).
// Queries are of all kinds, common words and rare ones, with and without a match. Beside the times: what the index
// weighs for a tweet, and what a tweet that comes costs.

import { idEpochMs } from '../../../protocol/ids.ts'
import { MessagePackWriter } from '../../../protocol/message-pack.ts'
import { extractEntities } from '../../../protocol/text/entities.ts'
import { searchTweetsHandler } from '../../../shard/operations/search-tweets.ts'
import { searchUsersHandler } from '../../../shard/operations/search-users.ts'
import { trendsListHandler } from '../../../shard/operations/trends-list.ts'
import { randomFrom } from '../graphs.ts'
import { quantile, type Row } from '../measure.ts'
import { type Measure, type Spent, spent } from './measure.ts'
import { contextFor, World } from './world.ts'

const people = 100_000
const tweets = 1_000_000
const vocabulary = 200_000
const wordsPerTweet = 14
const searches = 2_000

export const search: Measure = {
  name: 'search',
  about: 'searches in a million tweets, and what the index weighs',
  bytesNeeded: () => 2 ** 31,
  run: measureSearch,
}

type Random = ReturnType<typeof randomFrom>

function measureSearch(): Row[] {
  const world = new World(people)
  const random = randomFrom(51)
  for (let user = 0; user < people; user++) world.introduce(user)
  for (let tweet = 0; tweet < tweets; tweet++) {
    const text = textOf(random)
    world.writeTweet(world.indexes[random.below(people)]!, {
      text,
      entities: extractEntities(text),
    })
  }
  const { index } = world.state
  index.switchOn()
  const filling = fill(world)
  const bytes = index.tweets.bytes / index.tweets.count
  const note = `${tweets} tweets of ${wordsPerTweet} words, ${people} users`
  const [mean, steps] = filling
  return [
    { what: 'a tweet in the index', value: bytes, unit: 'bytes', goal: { atMost: 128 }, note },
    { what: 'a user in the index', value: index.people.bytes / people, unit: 'bytes' },
    {
      what: 'a tweet that comes',
      value: mean,
      unit: 'us',
      note: 'processor time, trends included',
    },
    { what: 'the longest step of filling', value: steps, unit: 'ms', note: 'after a start' },
    ...kinds.flatMap(([what, queryOf]) => rowsOf(world, { what, queryOf, random })),
    ...otherRows(world, random),
  ]
}

/** @returns microseconds for a tweet, and the milliseconds of the longest step */
function fill({ state }: World): [number, number] {
  let longestMs = 0
  const all: Spent = spent(() => {
    let beforeMs = performance.now()
    for (const _step of state.index.fill(() => true)) {
      const nowMs = performance.now()
      longestMs = Math.max(longestMs, nowMs - beforeMs)
      beforeMs = nowMs
    }
  })
  return [(all.processorMs * 1_000) / tweets, longestMs]
}

/** The commonest words are the shortest numbers. */
function wordOf(random: Random): string {
  const rank = Math.floor(vocabulary ** (random.below(1_000_000) / 1_000_000))
  return `w${rank.toString(36)}`
}

function textOf(random: Random): string {
  const words = Array.from({ length: wordsPerTweet }, () => wordOf(random))
  if (random.below(5) === 0) words.push(`#${wordOf(random)}`)
  return words.join(' ')
}

const kinds: readonly (readonly [string, (random: Random) => string])[] = [
  ['a word', wordOf],
  ['two words', (random) => `${wordOf(random)} ${wordOf(random)}`],
  ['a phrase', (random) => `"${wordOf(random)} ${wordOf(random)}"`],
  [
    'words, author, tag, without',
    (random) => `${wordOf(random)} -${wordOf(random)} #${wordOf(random)}`,
  ],
  ['two common words', (random) => `w${random.below(9) + 1} w${random.below(9) + 1}`],
  ['a common phrase', () => '"w9 w8 w7"'],
]

function rowsOf(
  world: World,
  { what, queryOf, random }: { what: string; queryOf: (random: Random) => string; random: Random },
): Row[] {
  const read = (order: string) => (writer: MessagePackWriter, actor: number) => {
    const params = { query: queryOf(random), order }
    searchTweetsHandler.read(world.state, contextFor(world, actor), params, writer)
  }
  return [
    timesOf(`${what}`, read('latest'), random),
    timesOf(`${what}, best first`, read('top'), random),
  ].flat()
}

function otherRows(world: World, random: Random): Row[] {
  const users = (writer: MessagePackWriter, actor: number) => {
    const query = `person${random.below(people)}`.slice(0, 1 + random.below(10))
    searchUsersHandler.read(world.state, contextFor(world, actor), { query }, writer)
  }
  const trends = (writer: MessagePackWriter, actor: number) => {
    const context = { ...contextFor(world, actor), nowMs: idEpochMs + 1e10 + tweets }
    trendsListHandler.read(world.state, context, {}, writer)
  }
  return [
    timesOf('users by the start of a name', users, random),
    timesOf('trends', trends, random),
  ].flat()
}

function timesOf(
  what: string,
  read: (writer: MessagePackWriter, actor: number) => void,
  random: Random,
): Row[] {
  const writer = new MessagePackWriter(2 ** 16)
  const times: number[] = []
  for (let search = 0; search < searches; search++) {
    writer.reset()
    const startMs = performance.now()
    read(writer, random.below(people))
    times.push(performance.now() - startMs)
  }
  return [
    { what: `${what}: p99`, value: quantile(times, 0.99), unit: 'ms', goal: { atMost: 50 } },
    { what: `${what}: median`, value: quantile(times, 0.5), unit: 'ms' },
  ]
}
