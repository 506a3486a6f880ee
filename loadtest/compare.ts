// Compares what a server shows with what the oracle expects. Pure; every difference is a sentence.

import type { Tweet, User } from '../protocol/entities.ts'
import type { KnownCounts, KnownTweet, KnownUser, World } from './oracle.ts'

/** A page as a client gets it. */
export type Page = { readonly tweets: readonly Tweet[]; readonly users: readonly User[] }

/**
 * What is wrong, by what a person would call it.
 *   timeline  a tweet that is missing, should not be there, stands twice, out of order or is different
 *   profile   the same for a user's own tweets, and the user's handle and name
 *   count     a number: of favorites, tweets, followers, followees; or one's own favorite mark
 */
export type DifferenceKind = 'timeline' | 'profile' | 'count'
export type Difference = { readonly kind: DifferenceKind; readonly what: string }

/** Compares all pages of a list with the tweets it has to hold, newest first. */
export function compareTweets(
  shown: { readonly pages: readonly Page[]; readonly readerId: number },
  expected: { readonly tweets: readonly KnownTweet[]; readonly world: World },
  kind: 'timeline' | 'profile',
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
  for (const page of shown.pages) for (const what of wrongUsers(page, expected.world)) wrong(what)
  for (const tweet of tweets) {
    const known = expected.world.tweets.get(tweet.id)
    if (known === undefined) continue
    for (const what of wrongTweet(tweet, known)) wrong(what)
    for (const what of wrongTweetCounts(tweet, { known, readerId: shown.readerId })) {
      differences.push({ kind: 'count', what })
    }
  }
  return differences
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

function wrongTweet(tweet: Tweet, known: KnownTweet): string[] {
  return (['text', 'authorId', 'createdAt'] as const)
    .filter((name) => tweet[name] !== known[name])
    .map((name) => `of tweet ${tweet.id}: ${unequal(name, tweet[name], known[name])}`)
}

function wrongTweetCounts(
  tweet: Tweet,
  expected: { readonly known: KnownTweet; readonly readerId: number },
): string[] {
  const { favoritedBy } = expected.known
  const isFavorited = favoritedBy.has(expected.readerId)
  const values = [
    ['favorites', tweet.counts.favorites, favoritedBy.size],
    ['retweets', tweet.counts.retweets, 0],
    ['replies', tweet.counts.replies, 0],
    ['viewer.favorited', tweet.viewer?.favorited, isFavorited],
  ] as const
  return values
    .filter(([, shown, known]) => shown !== known)
    .map(([name, shown, known]) => `of tweet ${tweet.id}: ${unequal(name, shown, known)}`)
}

/** A page's users are exactly the authors of its tweets, each once. */
function wrongUsers(page: Page, world: World): string[] {
  const authors = new Set<number>(page.tweets.map((tweet) => tweet.authorId))
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
