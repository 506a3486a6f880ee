import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { timelineTag } from '../../protocol/operations/timeline-tag.ts'
import { termFor } from '../state/index/terms.ts'
import { implementRead } from './implement.ts'
import { findTweets, writeFound } from './tweet-search.ts'

export const timelineTagHandler = implementRead(timelineTag, {
  read(view, context, { tag, before = idMax, limit = pageLimitDefault }, writer) {
    const clauses = [{ kind: 'tag', term: termFor.tag(tag), isExcluded: false }] as const
    const reader = context.actorIndex
    const found = findTweets(view, { clauses, before, since: 0, limit, reader })
    writeFound(writer, view, { context, found })
    return undefined
  },
})
