// Compares what a server shows with what the oracle expects. Pure; every difference is a sentence.

import type { Tweet, User } from '../../protocol/entities.ts'
import { nobodyId } from '../oracle/known.ts'
import type { KnownCounts, KnownTweet, KnownUser, World } from '../oracle/oracle.ts'
import { mayRead, mayShow } from '../oracle/oracle-privacy.ts'

/** A page as a client gets it. */
export type Page = {
  readonly tweets: readonly Tweet[]
  /** Others that the page shows on their own account: ancestors, a pinned one. */
  readonly beside?: readonly Tweet[]
  readonly referenced?: readonly Tweet[] | undefined
  readonly users: readonly User[]
}

/**
 * What is wrong, by what a person would call it.
 *   timeline    a tweet that is missing, should not be there, stands twice, out of order or is different
 *   profile     the same for a user's own tweets, and the user's handle and name
 *   count       a number: of favorites, tweets, followers, followees; or one's own mark
 *   thread      a conversation: its ancestors and replies
 *   bookmark    the tweets that one has marked for oneself
 *   search      what is found by words, a tag or a place
 *   collection  a list or moment: who sees it, what is in it, who follows it
 *   relation    who follows, blocks, has muted or asked whom
 *   notification  what others did that concerns the reader
 *   promotion   what is promoted to the user, and what an advertiser is told
 *   suggestion  whom to follow
 *   trend       what many write about
 *   export      what a user gets as all that is kept of them
 *   hidden      what is shown to somebody who must not see it
 */
export const differenceKinds = [
  'timeline',
  'profile',
  'count',
  'thread',
  'bookmark',
  'search',
  'collection',
  'relation',
  'notification',
  'promotion',
  'suggestion',
  'trend',
  'export',
  'hidden',
] as const
export type DifferenceKind = (typeof differenceKinds)[number]
export type Difference = { readonly kind: DifferenceKind; readonly what: string }

/** So many differences of each kind. */
export type Differences = Readonly<Record<DifferenceKind, number>>
export const noDifferences = Object.freeze(
  Object.fromEntries(differenceKinds.map((kind) => [kind, 0])),
) as Differences

/** What a list has to hold. */
export type Expected = {
  readonly tweets: readonly KnownTweet[]
  readonly world: World
  /** Users who are on each page whatever is on it. */
  readonly owners?: readonly number[]
}

/** Compares all pages of a list with the tweets it has to hold, newest first. */
export function compareTweets(
  shown: { readonly pages: readonly Page[]; readonly readerId: number },
  expected: Expected,
  kind: DifferenceKind,
): Difference[] {
  const tweets = shown.pages.flatMap((page) => page.tweets)
  const differences: Difference[] = []
  const wrong = (what: string) => differences.push({ kind, what })
  const ids = new Set(tweets.map((tweet) => tweet.id as number))
  const expectedIds = new Set(expected.tweets.map((tweet) => tweet.id))
  for (const [index, tweet] of tweets.entries()) {
    const before = tweets[index - 1]
    if (before !== undefined && before.id <= tweet.id)
      wrong(`${before.id} stands above ${tweet.id}`)
    if (!expectedIds.has(tweet.id)) wrong(unexpected(tweet, expected.world))
  }
  if (ids.size < tweets.length) wrong(`${tweets.length - ids.size} tweets stand there twice`)
  for (const tweet of expected.tweets) {
    if (!ids.has(tweet.id)) wrong(`tweet ${tweet.id} of ${tweet.authorId} is missing`)
  }
  for (const page of shown.pages)
    differences.push(...comparePage(page, { ...shown, ...expected, kind }))
  return differences
}

/** Compares what is on a page with what is known of it: its tweets, what they refer to, and its users. */
export function comparePage(
  page: Page,
  given: Omit<Expected, 'tweets'> & { readonly readerId: number; readonly kind: DifferenceKind },
): Difference[] {
  const { world, kind, owners = [] } = given
  const { referenced = [], beside = [], users } = page
  const tweets = [...beside, ...page.tweets]
  const differences: Difference[] = [
    ...wrongUsers({ users, tweets: [...tweets, ...referenced] }, { world, owners }),
    ...wrongReferenced({ users, tweets, referenced }, given),
  ].map((what) => ({ kind, what }))
  return [...differences, ...compareBodies([...tweets, ...referenced], given)]
}

/** Compares what tweets say, and what has been done with them. */
export function compareBodies(
  tweets: readonly Tweet[],
  given: Omit<Expected, 'tweets'> & { readonly readerId: number; readonly kind: DifferenceKind },
): Difference[] {
  const { world, readerId, kind } = given
  const differences: Difference[] = []
  for (const tweet of tweets) {
    const known = world.tweets.get(tweet.id)
    if (known === undefined) continue
    for (const what of wrongTweet(tweet, known)) differences.push({ kind, what })
    for (const what of wrongTweetCounts(tweet, { known, readerId, world })) {
      differences.push({ kind: 'count', what })
    }
  }
  return differences
}

/** The originals of retweets and the quoted tweets, each once, unless they are among the tweets or hidden. */
function wrongReferenced(
  { tweets, referenced = [] }: Page,
  given: { readonly world: World; readonly readerId: number; readonly kind: DifferenceKind },
): string[] {
  const { world, readerId, kind } = given
  const rule = kind === 'timeline' ? mayShow : mayRead
  const known = tweets.flatMap(({ id }) => world.tweets.get(id) ?? [])
  const originals = known.map((tweet) => world.original(tweet))
  const expected = new Set(originals.flatMap(({ id, quoteOf = id }) => [id, quoteOf]))
  for (const { id } of tweets) expected.delete(id)
  for (const id of expected) {
    const tweet = world.tweet(id)
    if (tweet.isDeleted || !rule(world, readerId, tweet)) expected.delete(id)
  }
  const shown = referenced.map(({ id }) => id as number)
  return [
    ...(new Set(shown).size < shown.length ? ['a page refers to a tweet twice'] : []),
    ...shown.filter((id) => !expected.has(id)).map((id) => `${id} must not be referred to`),
    ...[...expected].filter((id) => !shown.includes(id)).map((id) => `${id} is not referred to`),
  ]
}

/** Compares a user as shown with the user as acknowledged. */
export function compareUser(shown: User, expected: KnownUser, counts: KnownCounts): Difference[] {
  const differences: Difference[] = []
  for (const name of ['id', 'handle', 'name', 'createdAt'] as const) {
    if (shown[name] !== expected[name]) {
      differences.push({ kind: 'profile', what: unequal(name, shown[name], expected[name]) })
    }
  }
  for (const name of ['tweets', 'followers', 'following'] as const) {
    if (shown.counts[name] !== counts[name]) {
      differences.push({ kind: 'count', what: unequal(name, shown.counts[name], counts[name]) })
    }
  }
  return differences
}

function unexpected(tweet: Tweet, world: World): string {
  const known = world.tweets.get(tweet.id)
  const why =
    known === undefined
      ? 'nobody was told of it'
      : known.isDeleted
        ? 'it is deleted'
        : 'it does not belong there'
  return `tweet ${tweet.id} of ${tweet.authorId} is shown, but ${why}`
}

const tweetFields = [
  'text',
  'authorId',
  'createdAt',
  'inReplyTo',
  'quoteOf',
  'retweetOf',
  'visibility',
] as const

function wrongTweet(tweet: Tweet, known: KnownTweet): string[] {
  const differences = tweetFields
    .filter((name) => tweet[name] !== known[name])
    .map((name) => unequal(name, tweet[name], known[name]))
  const media = tweet.media?.map(({ id }) => id)
  if (String(media) !== String(known.mediaIds)) {
    differences.push(unequal('media', media, known.mediaIds))
  }
  return differences.map((what) => `of tweet ${tweet.id}: ${what}`)
}

function wrongTweetCounts(
  tweet: Tweet,
  expected: { readonly known: KnownTweet; readonly readerId: number; readonly world: World },
): string[] {
  const { known, readerId, world } = expected
  const { id, favoritedBy, retweets, replies } = known
  const { viewer } = tweet
  // Nobody is told of marks.
  const own = (value: boolean) => (readerId === nobodyId ? undefined : value)
  const there = (tweets: readonly KnownTweet[]) => tweets.filter((one) => !one.isDeleted).length
  const values = [
    ['favorites', tweet.counts.favorites, favoritedBy.size],
    ['retweets', tweet.counts.retweets, there(retweets)],
    ['replies', tweet.counts.replies, there(replies)],
    ['viewer.favorited', viewer?.favorited, own(favoritedBy.has(readerId))],
    ['viewer.retweeted', viewer?.retweeted, own(world.retweetBy(readerId, known) !== undefined)],
    ['viewer.bookmarked', viewer?.bookmarked, own(world.bookmarks.has(readerId, id))],
  ] as const
  return values
    .filter(([, shown, known]) => shown !== known)
    .map(([name, shown, known]) => `of tweet ${tweet.id}: ${unequal(name, shown, known)}`)
}

/** A page's users are exactly its owners and the authors of its tweets, each once. */
function wrongUsers(
  page: Page,
  { world, owners }: { readonly world: World; readonly owners: readonly number[] },
): string[] {
  const authors = new Set<number>([...owners, ...page.tweets.map((tweet) => tweet.authorId)])
  const ids = page.users.map((user) => user.id as number)
  const shown = new Set(ids)
  const problems: string[] = []
  if (shown.size < ids.length) problems.push('a page holds a user twice')
  for (const author of authors) {
    if (!shown.has(author)) problems.push(`author ${author} is not among the page's users`)
  }
  for (const user of page.users) {
    if (!authors.has(user.id)) problems.push(`user ${user.id} is no author of the page`)
    const known = world.users.get(user.id)
    if (known !== undefined && known.handle !== user.handle) {
      problems.push(`of user ${user.id}: ${unequal('handle', user.handle, known.handle)}`)
    }
  }
  return problems
}

function unequal(name: string, shown: unknown, expected: unknown): string {
  return `${name} is ${excerpt(shown)} instead of ${excerpt(expected)}`
}

const excerptLengthMax = 120

function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent'
  return text.length <= excerptLengthMax ? text : `${text.slice(0, excerptLengthMax)}…`
}
