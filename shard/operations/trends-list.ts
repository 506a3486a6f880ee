import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { trendsList } from '../../protocol/operations/trends-list.ts'
import { trendAuthorsMin, trendPagesMax, trendStepsMax } from '../state/index/limits.ts'
import { parseQuery } from '../state/index/query.ts'
import type { Topic } from '../state/index/topics.ts'
import type { Trend } from '../state/index/trends.ts'
import type { Context, View } from './implement.ts'
import { implementRead } from './implement.ts'
import { findTweets, writePartial } from './tweet-search.ts'

export const trendsListHandler = implementRead(trendsList, {
  read(view, context, { limit = pageLimitDefault }, writer) {
    const shown = listedFor(view, context, limit)
    writer.map(view.index.isPartial ? 2 : 1)
    writer.text('trends')
    writer.array(shown.length)
    for (const { topic, authors } of shown) {
      writer.map(3)
      writer.text('name')
      writer.text(topic.name)
      writer.text('kind')
      writer.text(topic.kind)
      writer.text('authors')
      writer.integer(Math.round(authors))
    }
    writePartial(writer, view.index)
    return undefined
  },
})

/**
 * The steepest trends of which the reader can see tweets of several authors: so nothing is named that is known
 * from deleted tweets, or from those of people who block the reader.
 */
function listedFor(view: View, context: Context, limit: number): Trend[] {
  const shown: Trend[] = []
  const pages = { left: trendPagesMax }
  for (const trend of view.index.trends.list(context.nowMs)) {
    if (shown.length === limit || pages.left <= 0) break
    const look = { topic: trend.topic, reader: context.actorIndex, pages }
    if (hasReadableAuthors(view, look)) shown.push(trend)
  }
  return shown
}

function hasReadableAuthors(
  view: View,
  look: {
    readonly topic: Topic
    readonly reader: number
    /** What may still be looked at for this answer. */
    readonly pages: { left: number }
  },
): boolean {
  const { topic, reader, pages } = look
  const query = parseQuery(topic.kind === 'phrase' ? `"${topic.name}"` : topic.name)
  if ('problem' in query) return false
  const { clauses } = query
  const authors = new Set<number>()
  for (let before = idMax, page = 0; page < pagesMax; page++) {
    pages.left--
    const found = findTweets(view, {
      clauses,
      before,
      since: 0,
      limit: tweetsPerPage,
      reader,
      stepsMax: trendStepsMax,
    })
    for (const id of found.ids) authors.add(view.tweets.authorOf(view.tweets.find(id)))
    if (authors.size >= trendAuthorsMin) return true
    if (found.olderCursor === undefined) return false
    before = found.olderCursor
  }
  return false
}

/** Tweets on a topic that are looked at for their authors: the first few have them, unless one writes all. */
const tweetsPerPage = 8
const pagesMax = 2
