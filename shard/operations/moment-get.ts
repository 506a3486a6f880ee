import { failure } from '../../protocol/errors.ts'
import { momentGet } from '../../protocol/operations/moment-get.ts'
import { findCollection, isNo } from './collection.ts'
import { writeCollectionEntry } from './collection-page.ts'
import { implementRead } from './implement.ts'
import { noteShown } from './present.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayRead } from './visibility.ts'

export const momentGetHandler = implementRead(momentGet, {
  read(view, context, { momentId, before }, writer) {
    const reader = context.actorIndex
    const moment = findCollection(view, reader, { kind: 'moment', id: momentId })
    if (isNo(moment)) return moment
    // By the tweet, not by its number: a tweet that comes or goes in front of it moves nothing.
    const last = before === undefined ? -1 : moment.items.indexOf(before)
    if (before !== undefined && last < 0) {
      return { kind: 'failed', error: failure('not_found', { field: 'before' }) }
    }
    const tweets = moment.items
      .slice(last + 1)
      .map((id) => view.tweets.find(id))
      .filter((tweet) => tweet >= 0 && mayRead(view, { reader, tweet }))
    const cursorAt = (place: number): number => view.tweets.idOf(tweets[place]!)
    const page = { tweets, olderCursor: undefined, cursorAt }
    const owners = [moment.owner]
    const given = { page, reader, rule: mayRead, more: 1, owners }
    const shown = writeTweetPage(writer, view, given)
    writeCollectionEntry(writer, view, { collection: moment, reader })
    noteShown(context, shown)
    return undefined
  },
})
