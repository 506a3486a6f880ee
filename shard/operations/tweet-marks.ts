import { tweetViewerField } from '../../protocol/entities.ts'
import { writeValue } from '../../protocol/message-pack.ts'
import { tweetMarks } from '../../protocol/operations/tweet-marks.ts'
import { findUserById } from './find.ts'
import { implementRead } from './implement.ts'
import { retweetMarks } from './remove-tweet.ts'

export const tweetMarksHandler = implementRead(tweetMarks, {
  read(view, _context, { userId, tweetIds }, writer) {
    const user = findUserById(view, userId)
    if (typeof user !== 'number') return user
    const hasMark = (kind: string, id: number): boolean => view.marks(kind).has(user, id)
    writer.map(1)
    writer.text('marks')
    writer.array(tweetIds.length)
    for (const id of tweetIds) {
      writeValue(writer, tweetViewerField, {
        favorited: hasMark('favorites', id),
        retweeted: hasMark(retweetMarks, id),
        bookmarked: hasMark('bookmarks', id),
      })
    }
    return undefined
  },
})
