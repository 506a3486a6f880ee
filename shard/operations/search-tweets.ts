import { failure } from '../../protocol/errors.ts'
import { idMax, timeOfId } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { searchTweets } from '../../protocol/operations/search-tweets.ts'
import { searchTopCandidatesMax } from '../state/index/limits.ts'
import { parseQuery } from '../state/index/query.ts'
import type { View } from './implement.ts'
import { implementRead } from './implement.ts'
import type { FoundTweets, TweetSearch } from './tweet-search.ts'
import { findTweets, writeFound } from './tweet-search.ts'

export const searchTweetsHandler = implementRead(searchTweets, {
  read(view, context, { query, order, before = idMax, limit = pageLimitDefault }, writer) {
    const parsed = parseQuery(query)
    if ('problem' in parsed) {
      const message = `query ${parsed.problem}`
      return { kind: 'failed', error: failure('bad_request', { field: 'query', message }) }
    }
    const { clauses, since, until } = parsed
    const search = { clauses, since, before: until, limit, reader: context.actorIndex }
    const found =
      order === 'top'
        ? findBest(view, { ...search, after: before })
        : findTweets(view, { ...search, before: Math.min(until, before) })
    writeFound(writer, view, { context, found })
    return undefined
  },
})

/** A tweet ten times as popular is as good as one that is so much newer. */
const popularityMs = 12 * 60 * 60 * 1000

/**
 * The best of the newest matches. The score does not depend on when it is asked, so pages follow each other as
 * long as counts stay: the logarithm of what people did, and the time, as in Salihefendic, "How Reddit ranking
 * algorithms work", 2010.
 *
 * Every page chooses from the same matches, so a search that ends early cannot go on with the next page: it gives
 * what it has found, and says that this may not be all.
 * @param search `after`: the last tweet of the page before
 */
function findBest(view: View, search: TweetSearch & { readonly after: number }): FoundTweets {
  const { limit, after } = search
  const candidates = findTweets(view, { ...search, limit: searchTopCandidatesMax })
  const { ids } = candidates
  const isPartial = candidates.olderCursor !== undefined && ids.length < searchTopCandidatesMax
  const end = after === idMax ? undefined : { id: after, score: scoreOf(view, after) }
  const ranked = ids
    .map((id) => ({ id, score: scoreOf(view, id) }))
    .filter((one) => end === undefined || byScore(end, one) < 0)
    .sort(byScore)
    .map(({ id }) => id)
  const page = ranked.slice(0, limit)
  const olderCursor = ranked.length > limit ? page[limit - 1] : undefined
  return { ids: page, olderCursor, isPartial }
}

type Scored = { readonly id: number; readonly score: number }

function byScore(left: Scored, right: Scored): number {
  return right.score - left.score || right.id - left.id
}

function scoreOf({ tweets }: View, id: number): number {
  const age = timeOfId(id) / popularityMs
  const tweet = tweets.indexOf(id)
  if (tweet < 0) return age
  const { favorites, retweets, replies } = tweets
  const popularity = favorites.get(tweet) + 2 * retweets.get(tweet) + replies.get(tweet)
  return age + Math.log10(1 + popularity)
}
