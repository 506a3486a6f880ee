// Reads the home timeline of one user in the order of what matters most, and compares it with the oracle: it holds what
// the latest order holds, each once. How much matters what is for the server to say; but of two tweets of the
// same author, one that is newer, and that others have done as much with in every way, is never below the other.

import type { KnownTweet } from '../oracle/known.ts'
import type { Page } from './compare.ts'
import { comparePage } from './compare.ts'
import { compareIds } from './compare-lists.ts'
import { withPromoted } from './promotion-verifier.ts'
import type { Reading } from './reading.ts'

/** Several pages, where there are so many tweets. */
const pageLimit = 40

export async function readRanked(reading: Reading): Promise<void> {
  const { client, world, reader, add } = reading
  const tweets: Page['tweets'][number][] = []
  const wrong: string[] = []
  let before: number | undefined
  do {
    const more = before === undefined ? {} : { before }
    const page = await client.call('timeline.home', { order: 'top', limit: pageLimit, ...more })
    if (page.reranked === true) wrong.push('the ranking was made again, and nothing has happened')
    const given = { world, readerId: reader.id, kind: 'timeline' } as const
    reading.differences.push(...comparePage(withPromoted(page), given))
    tweets.push(...page.tweets)
    before = page.olderCursor
  } while (before !== undefined && tweets.length <= world.tweets.size)
  const ids = tweets.map(({ id }) => id as number)
  const expected = world.home(reader.id).map(({ id }) => id)
  wrong.push(...compareIds('the ranked home', ids, { expected, isOrdered: false }))
  const known = ids.flatMap((id) => world.tweets.get(id) ?? [])
  add('timeline', [...wrong, ...wronglyRanked(known)])
}

function wronglyRanked(ranked: readonly KnownTweet[]): string[] {
  const own = ranked.filter(({ retweetOf }) => retweetOf === undefined)
  const byAuthor = Map.groupBy(own, ({ authorId }) => authorId)
  return [...byAuthor.values()].flatMap((tweets) =>
    tweets.flatMap((upper, place) =>
      tweets
        .slice(place + 1)
        .filter((lower) => mattersMore(lower, upper))
        .map((lower) => `${upper.id} is ranked above ${lower.id}`),
    ),
  )
}

/** In every way: what could be said for the other one as well is left open. */
function mattersMore(one: KnownTweet, other: KnownTweet): boolean {
  const there = (tweets: readonly KnownTweet[]): number =>
    tweets.filter((tweet) => !tweet.isDeleted).length
  return (
    one.id > other.id &&
    one.favoritedBy.size >= other.favoritedBy.size &&
    there(one.retweets) >= there(other.retweets) &&
    there(one.replies) >= there(other.replies)
  )
}
