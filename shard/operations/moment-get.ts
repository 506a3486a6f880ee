import { momentGet } from '../../protocol/operations/moment-get.ts'
import { findCollection, isNo } from './collection.ts'
import { writeCollectionEntry } from './collection-page.ts'
import { implementRead } from './implement.ts'
import { noteShown } from './present.ts'
import { writeTweetPage } from './tweet-page.ts'
import { mayRead } from './visibility.ts'

export const momentGetHandler = implementRead(momentGet, {
  read(view, context, { momentId }, writer) {
    const reader = context.actorIndex
    const moment = findCollection(view, reader, { kind: 'moment', id: momentId })
    if (isNo(moment)) return moment
    const tweets = moment.items
      .map((id) => view.tweets.find(id))
      .filter((tweet) => tweet >= 0 && mayRead(view, { reader, tweet }))
    const page = { tweets, olderCursor: undefined }
    const owners = [moment.owner]
    const given = { page, reader, rule: mayRead, more: 1, owners }
    const shown = writeTweetPage(writer, view, given)
    writeCollectionEntry(writer, view, { collection: moment, reader })
    noteShown(context, shown)
    return undefined
  },
})
