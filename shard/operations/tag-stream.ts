// The live channel of a tag: what somebody is given who begins to listen to it, or comes back.
//
// A position says how many tweets had arrived here. The index keeps the tweets of a tag in the order in which they
// arrived, so what was missed is what stands in front of that number.

import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault, resumeItemsMax } from '../../protocol/limits.ts'
import { searchStepsMax, tagResumeArrivalsMax } from '../state/index/limits.ts'
import { fingerprintOf, termFor } from '../state/index/terms.ts'
import type { Context, View } from './implement.ts'
import { parseOffset } from './live-offset.ts'
import { findTweets, matches } from './tweet-search.ts'
import { mayShow } from './visibility.ts'

/** What to tell: dense indexes of tweets, newest first, and of deleted ones. */
export type TagNews = { readonly tweets: readonly number[]; readonly deleted: readonly number[] }

type Asked = { readonly tag: string; readonly reader: number }

function clausesOf(tag: string) {
  return [{ kind: 'tag', term: termFor.tag(tag), isExcluded: false }] as const
}

/** The newest tweets of a tag. */
export function newestOfTag(view: View, { tag, reader }: Asked): readonly number[] {
  const search = {
    clauses: clausesOf(tag),
    before: idMax,
    since: 0,
    limit: pageLimitDefault,
    reader,
  }
  const tweets = findTweets(view, search).ids.map((id) => view.tweets.find(id))
  return tweets.filter((tweet) => mayShow(view, { reader, tweet }))
}

/**
 * What happened to a tag after a position, all deletions included, as nobody knows of a deleted tweet what it
 * said; undefined where that cannot be told completely.
 */
export function missedOfTag(
  view: View,
  context: Context,
  { tag, reader, position }: Asked & { readonly position: string },
): TagNews | undefined {
  const [epoch, offsetText = ''] = position.split(':')
  const { arrivals } = parseOffset(offsetText)
  const behind = view.tweets.arrivalCount - arrivals
  if (epoch !== context.liveEpoch || behind < 0 || behind > tagResumeArrivalsMax) return undefined
  const deleted = view.tweets.deletions.since(arrivals)
  if (deleted === undefined || deleted.length > resumeItemsMax) return undefined
  const clauses = clausesOf(tag)
  const tweets: number[] = []
  const steps = { left: searchStepsMax }
  view.index.tweets.newestArrivals(fingerprintOf(termFor.tag(tag)), steps, (id) => {
    const tweet = view.tweets.find(id)
    if (tweet < 0) return true
    if (view.tweets.arrivalOf(tweet) <= arrivals) return false
    if (matches(view, { tweet, clauses }) && mayShow(view, { reader, tweet, steps })) {
      tweets.push(tweet)
    }
    return tweets.length <= resumeItemsMax
  })
  if (tweets.length > resumeItemsMax || steps.left <= 0) return undefined
  const byAge = (left: number, right: number) => view.tweets.idOf(right) - view.tweets.idOf(left)
  return { tweets: tweets.sort(byAge), deleted }
}
