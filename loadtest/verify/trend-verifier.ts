// Reads what many people write about, and compares it with a plain count of authors, for the tags of this run.
//
//   must not be there   what nobody but protected accounts wrote; what the reader can see of fewer than 3 authors
//   has to be there     what 3 authors who were never protected wrote within the hour, if the reader can see them among
//                       the newest tweets about it, and not so many tags have more authors that there is no room

import type { KnownTweet } from '../oracle/known.ts'
import { tagsOf } from '../oracle/naive-text.ts'
import type { World } from '../oracle/oracle.ts'
import { tagsOfRun } from '../people/trend-tags.ts'
import { limit, type Reading } from './reading.ts'

const authorsMin = 3
/** The newest tweets on a topic: a server looks no further for their authors. */
const newestMax = 16
/** Of a quarter of an hour, those with most authors: so many are remembered. */
const topicsMax = 500
/** Of one tweet, hashtags and pairs of words, so many count. */
const topicsPerTweetMax = 24
const quarterMs = 15 * 60 * 1000
/** What was worked out once for all readers. */
const crowds = new WeakMap<World, number>()
const hourMs = 60 * 60 * 1000
/** A server counts by quarters of an hour. */
const lateMs = 0.75 * hourMs

export async function readTrends(reading: Reading): Promise<void> {
  const { world, reader, client, add } = reading
  const { trends, partial } = await client.call('trends.list', { limit })
  const { rising, inner } = tagsOfRun(world)
  const shown = new Map(trends.map((trend) => [trend.name.toLowerCase(), trend.authors]))
  if (shown.has(`#${inner}`)) add('hidden', [`trend ${inner} is of protected accounts`])
  for (const tag of rising) {
    const authors = shown.get(`#${tag}`)
    const readable = world.found(reader.id, ({ text }) => tagsOf(text).includes(tag))
    if (authors === undefined) {
      if (partial !== true && mustRise(reading, readable)) add('trend', [`${tag} is no trend`])
      continue
    }
    if (authorsOf(readable).size < authorsMin) {
      add('hidden', [`trend ${tag}, of which ${authorsOf(readable).size} authors can be seen`])
    }
    const writtenMax = countsMaxOf(reading, tag) + guessMaxOf(world)
    if (authors > writtenMax) add('trend', [`${tag} is told of ${authors}, not ${writtenMax}`])
  }
}

function mustRise({ world }: Reading, readable: readonly KnownTweet[]): boolean {
  const isCounted = ({ authorId, visibility, createdAt }: KnownTweet): boolean =>
    !world.onceProtected.has(authorId) &&
    visibility === undefined &&
    Date.now() - createdAt < lateMs
  const isSeen = authorsOf(readable.slice(0, newestMax)).size >= authorsMin
  const counted = readable.filter(isCounted)
  // Within one quarter of an hour, so that no other topics can have taken its place there.
  const quarters = Map.groupBy(counted, ({ createdAt }) => Math.floor(createdAt / quarterMs))
  const most = Math.max(0, ...[...quarters.values()].map((tweets) => authorsOf(tweets).size))
  return isSeen && authorsOf(counted).size >= authorsMin && most > crowdOf(world)
}

/** So many authors has the last of the tags for which a server has room. */
function crowdOf(world: World): number {
  const known = crowds.get(world)
  if (known !== undefined) return known
  const authors = new Map<string, Set<number>>()
  for (const { text, authorId } of world.tweets.values()) {
    for (const tag of tagsOf(text)) {
      authors.set(tag, (authors.get(tag) ?? new Set()).add(authorId))
    }
  }
  const counts = [...authors.values()].map(({ size }) => size).sort((one, other) => other - one)
  const crowd = counts[topicsMax] ?? 0
  crowds.set(world, crowd)
  return crowd
}

/** A server guesses, with a sketch that is off by more than a 1,500th of all that it counted once in 55 topics at most. */
function guessMaxOf({ tweets }: World): number {
  return Math.ceil((tweets.size * topicsPerTweetMax) / 1_500)
}

/** Each author counts once in an hour of the clock, also for what was deleted since. */
function countsMaxOf({ world }: Reading, tag: string): number {
  const written = [...world.tweets.values()].filter(({ text }) => tagsOf(text).includes(tag))
  const hours = written.map(
    ({ authorId, createdAt }) => `${authorId} ${Math.floor(createdAt / hourMs)}`,
  )
  return new Set(hours).size
}

function authorsOf(tweets: readonly KnownTweet[]): ReadonlySet<number> {
  return new Set(tweets.map(({ authorId }) => authorId))
}
