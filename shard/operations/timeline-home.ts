import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { timelineHome } from '../../protocol/operations/timeline-home.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf, positionOf, writeOlderCursor, writeTweetsAndUsers } from './present.ts'

export const timelineHomeHandler = implementRead(timelineHome, {
  read(view, context, { before = idMax, limit = pageLimitDefault }, writer) {
    const reader = context.actorIndex
    const page = pageOf(view, { before, limit }, (range, out) => view.readHome(reader, range, out))
    writer.map(page.olderCursor === undefined ? 3 : 4)
    writeTweetsAndUsers(writer, view, { tweets: page.tweets, reader })
    writeOlderCursor(writer, page)
    writer.text('position')
    writer.text(positionOf(view, context))
    noteShown(context, page.tweets)
    return undefined
  },
})
