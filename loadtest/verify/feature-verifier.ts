// Reads what the features show to one user, and compares it with the oracle: everything of their own (bookmarks,
// requests, whom they block and have muted, their lists and moments), and of what is others' a few that are drawn.
// So many users draw that all of it is read.

import type { TweetId, UserId } from '../../protocol/ids.ts'
import { nobody, nobodyId } from '../oracle/known.ts'
import { tagsOf } from '../oracle/naive-text.ts'
import type { KnownTweet, KnownUser } from '../oracle/oracle.ts'
import { ancestorsOf } from '../oracle/oracle-features.ts'
import { isBlockBetween, mayRead, mayReadUser } from '../oracle/oracle-privacy.ts'
import { queriesFor, tagsSearched } from '../oracle/queries.ts'
import { places } from '../people/feature-doings.ts'
import { readCollections, readCollectionsOf } from './collection-verifier.ts'
import type { Difference, Page } from './compare.ts'
import { comparePage, compareUser } from './compare.ts'
import { compareIds, refused } from './compare-lists.ts'
import { readExport } from './export-verifier.ts'
import { readNotifications } from './notification-verifier.ts'
import { readPromotions } from './promotion-verifier.ts'
import { readRanked } from './ranked-verifier.ts'
import { limit, Reading, type ReadingParts } from './reading.ts'
import { readSuggestions } from './suggestion-verifier.ts'
import { readTrends } from './trend-verifier.ts'

/** Others who are looked at, and tweets, hidden ones among them. */
const usersDrawn = 2
const tweetsDrawn = 2
/** How often whoever has not signed in draws one of everything. */
const strangerDraws = 20

export async function featureDifferences(parts: ReadingParts): Promise<readonly Difference[]> {
  const reading = new Reading(parts)
  await readOwn(reading)
  for (let drawn = 0; drawn < usersDrawn; drawn++) await readOther(reading, drawUser(reading))
  for (let drawn = 0; drawn < tweetsDrawn; drawn++) await readTweet(reading)
  await readCollections(reading)
  await readSearch(reading)
  await readNotifications(reading)
  await readPromotions(reading)
  await readExport(reading)
  await readSuggestions(reading)
  await readTrends(reading)
  await readRanked(reading)
  return reading.differences
}

/** What whoever has not signed in sees of everybody's. */
export async function strangerDifferences(
  parts: Omit<ReadingParts, 'reader'>,
): Promise<readonly Difference[]> {
  const reading = new Reading({ ...parts, reader: nobody })
  for (let drawn = 0; drawn < strangerDraws; drawn++) {
    await readOther(reading, drawUser(reading))
    await readTweet(reading)
    await readCollections(reading)
    await readSearch(reading)
  }
  await readTrends(reading)
  return reading.differences
}

async function readOwn(reading: Reading): Promise<void> {
  const world = reading.world
  const { id } = reading.reader
  const bookmarked = new Set(world.bookmarks.of(id))
  const bookmarks = [...world.tweets.values()]
    .filter((tweet) => bookmarked.has(tweet.id) && !world.isHidden(id, tweet))
    .sort((one, other) => other.id - one.id)
  await reading.tweets('bookmark', bookmarks, (page) => reading.client.call('bookmarks.list', page))
  const there = (ids: readonly number[]) => ids.filter((user) => !world.gone.has(user))
  const asking = world.asked.all().filter(([, asked]) => asked === id)
  const requests = await reading.users('user.followRequests', {})
  reading.addIds('requests', requests, {
    expected: asking.map(([who]) => who).filter((user) => !world.isAway(user)),
    isOrdered: false,
  })
  const blocked = await reading.users('user.blocked', {})
  reading.addIds('blocked', blocked, { expected: there(world.blocks.of(id)), isOrdered: true })
  const muted = await reading.users('user.muted', {})
  reading.addIds('muted', muted, { expected: there(world.mutes.of(id)), isOrdered: true })
  const { words, threadIds } = await reading.client.call('mutes.list', { limit })
  reading.addIds('threads', threadIds, { expected: world.mutedThreads.of(id), isOrdered: true })
  const expectedWords = String(world.mutedWords.of(id).sort())
  if (String([...words].sort()) !== expectedWords) {
    reading.add('relation', [`muted words are ${words.join(' ')} instead of ${expectedWords}`])
  }
  await readCollectionsOf(reading, reading.reader)
}

/** Mostly somebody to whom the reader has some relation. */
function drawUser(reading: Reading): KnownUser {
  const { users, blocks, mutes, asked } = reading.world
  const { id } = reading.reader
  const related = [
    ...blocks.of(id),
    ...mutes.of(id),
    ...asked.of(id),
    ...[...users.keys()].filter((other) => blocks.has(other, id) || asked.has(other, id)),
  ]
  const isRelated = related.length > 0 && reading.random.chance(0.6)
  return users.get(reading.random.pick(isRelated ? related : [...users.keys()]))!
}

async function readOther(reading: Reading, user: KnownUser): Promise<void> {
  const world = reading.world
  const { id } = reading.reader
  const userId = user.id as UserId
  const get = () => reading.client.call('user.get', { user: { id: userId } })
  if (world.gone.has(user.id)) {
    reading.add('hidden', await refused('not_found', `user ${user.id}`, get))
    return
  }
  if (world.suspended.has(user.id)) {
    reading.add('hidden', await refused('suspended', `user ${user.id}`, get))
    return
  }
  const shown = (await get()).user
  reading.differences.push(...compareUser(shown, user, world.counts(user.id)))
  if (user.id !== id && id !== nobodyId) compareViewer(reading, user.id, shown.viewer)
  if (shown.protected !== world.protectedUsers.has(user.id)) {
    reading.add('relation', [`user ${user.id}: protected is ${shown.protected}`])
  }
  await readProfile(reading, user)
  for (const name of ['user.followers', 'user.following'] as const) {
    const list = () => reading.users(name, { userId })
    if (!mayReadUser(world, id, user.id)) {
      reading.add('hidden', await refused('forbidden', `${name} ${user.id}`, list))
      continue
    }
    const all = [...(name === 'user.followers' ? user.followers : user.follows)]
    const expected = all.filter((other) => !world.suspended.has(other))
    reading.addIds(`${name} ${user.id}`, await list(), { expected, isOrdered: true })
  }
  if (id !== nobodyId) await readCollectionsOf(reading, user)
}

/** All tabs of a profile, and what is pinned to it. */
async function readProfile(reading: Reading, user: KnownUser): Promise<void> {
  const { client, world } = reading
  const { id } = reading.reader
  const userId = user.id as UserId
  const profile = world.profile(user.id, id)
  const tabs = {
    replies: profile.filter(({ inReplyTo }) => inReplyTo !== undefined),
    media: profile.filter(({ mediaIds }) => mediaIds !== undefined),
  }
  for (const [tab, tweets] of Object.entries(tabs)) {
    const read = (page: object) => client.call('timeline.user', { userId, tab, ...page })
    await reading.tweets('profile', tweets, read)
  }
  const wanted = world.tweets.get(world.pinned.get(user.id) ?? 0)
  const pinnedId = wanted === undefined || world.isHidden(id, wanted) ? undefined : wanted.id
  let shownId: number | undefined
  const first = async (page: { limit: number; before?: number }) => {
    const shown = await client.call('timeline.user', { userId, ...page })
    if (page.before === undefined) shownId = shown.pinned?.id
    return shown.pinned === undefined ? shown : { ...shown, beside: [shown.pinned] }
  }
  await reading.tweets('profile', profile, first)
  if (shownId !== pinnedId) {
    reading.add('profile', [`of ${userId}: pinned is ${shownId} instead of ${pinnedId}`])
  }
  await readFavorites(reading, user)
}

/** Others see of a user's favorites what is for everybody. In which order they were marked is not known here. */
async function readFavorites(reading: Reading, user: KnownUser): Promise<void> {
  const { client, world } = reading
  const { id } = reading.reader
  const isOwn = user.id === id
  const shown = await reading.ids((page) =>
    client.call('favorites.list', { userId: user.id as UserId, ...page }),
  )
  const expected = [...world.tweets.values()]
    .filter((tweet) => tweet.favoritedBy.has(user.id) && !world.isHidden(id, tweet))
    .filter(
      (tweet) => isOwn || (mayReadUser(world, id, user.id) && mayRead(world, nobodyId, tweet)),
    )
    .map((tweet) => tweet.id)
  const wrong = compareIds(`favorites of ${user.id}`, shown, { expected, isOrdered: false })
  reading.add('profile', wrong)
}

function compareViewer(
  reading: Reading,
  user: number,
  viewer: Readonly<Record<string, boolean>> | undefined,
): void {
  const { blocks, mutes, asked } = reading.world
  const { id, follows, followers } = reading.reader
  const expected: Readonly<Record<string, boolean>> = {
    following: follows.has(user),
    followedBy: followers.has(user),
    requested: asked.has(id, user),
    muting: mutes.has(id, user),
    blocking: blocks.has(id, user),
  }
  for (const [name, value] of Object.entries(expected)) {
    if (viewer?.[name] === value) continue
    reading.add('relation', [`user ${user}: ${name} is ${viewer?.[name]} instead of ${value}`])
  }
}

async function readTweet(reading: Reading): Promise<void> {
  const world = reading.world
  const { id } = reading.reader
  const tweet = drawTweet(reading)
  if (tweet === undefined) return
  const tweetId = tweet.id as TweetId
  const one = () => reading.client.call('tweet.get', { tweetId })
  const thread = () => reading.client.call('tweet.conversation', { tweetId, limit })
  if (world.isHidden(id, tweet)) {
    reading.add('hidden', await refused('not_found', `tweet ${tweetId}`, one))
    reading.add('hidden', await refused('not_found', `the thread of ${tweetId}`, thread))
    return
  }
  const got = await one()
  const given = { world, readerId: id }
  const alone = { ...got, tweets: [got.tweet] }
  reading.differences.push(...comparePage(alone, { ...given, kind: 'thread' }))
  await compareThread(reading, world.original(tweet), await thread())
}

async function compareThread(
  reading: Reading,
  tweet: KnownTweet,
  shown: Page & { ancestors: Page['tweets']; missing?: number; tweet: Page['tweets'][number] },
): Promise<void> {
  const world = reading.world
  const { id } = reading.reader
  const { ancestors, missing } = ancestorsOf(world, id, tweet)
  const wrong = compareIds(
    `ancestors of ${tweet.id}`,
    shown.ancestors.map((one) => one.id),
    { expected: ancestors.map((one) => one.id), isOrdered: false },
  )
  if (shown.missing !== missing) wrong.push(`missing is ${shown.missing} instead of ${missing}`)
  reading.add('thread', wrong)
  const beside = [...shown.ancestors, shown.tweet]
  const given = { world, readerId: id, kind: 'thread' } as const
  reading.differences.push(...comparePage({ ...shown, beside }, given))
  const replies = world.replies(id, tweet).slice(0, limit)
  reading.add(
    'thread',
    compareIds(
      `replies to ${tweet.id}`,
      shown.tweets.map((one) => one.id),
      { expected: replies.map((one) => one.id), isOrdered: true },
    ),
  )
}

/** One of any, or one that is not for everybody, or of a thread. */
function drawTweet(reading: Reading): KnownTweet | undefined {
  const tweets = [...reading.world.tweets.values()]
  const drawn = reading.random.fraction()
  const some = tweets.filter(({ visibility, inReplyTo, authorId }) => {
    if (drawn < 0.2) return visibility !== undefined
    if (drawn < 0.4) return reading.world.protectedUsers.has(authorId)
    if (drawn < 0.5) return isBlockBetween(reading.world, reading.reader.id, authorId)
    return drawn < 0.8 ? inReplyTo !== undefined : true
  })
  return some.length === 0 ? undefined : reading.random.pick(some)
}

async function readSearch(reading: Reading): Promise<void> {
  const world = reading.world
  const { id } = reading.reader
  const tag = reading.random.pick(tagsSearched)
  const tagged = world.found(id, ({ text }) => tagsOf(text).includes(tag))
  await reading.tweets('search', tagged, (page) =>
    reading.client.call('timeline.tag', { tag, ...page }),
  )
  const { query, has } = reading.random.pick(queriesFor(world, reading.random))
  await reading.tweets('search', world.found(id, has), (page) =>
    reading.client.call('search.tweets', { query, ...page }),
  )
  const place = reading.random.pick(places)
  const near = world.found(id, ({ location }) => location?.latitude === place.latitude)
  await reading.tweets('search', near, (page) =>
    reading.client.call('timeline.near', { ...place, radiusMeters: 1_000, ...page }),
  )
}
