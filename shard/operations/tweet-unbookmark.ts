import { tweetUnbookmark } from '../../protocol/operations/tweet-unbookmark.ts'
import { implementWrite } from './implement.ts'

export const tweetUnbookmarkHandler = implementWrite(tweetUnbookmark, {
  claims: ({ actor }, { tweetId }) => [`bookmark ${actor} ${tweetId}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    if (!view.marks('bookmarks').has(actorIndex, tweetId)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, tweetId } }
  },

  apply(state, { actorId, tweetId }) {
    if (state.isHosted(actorId)) {
      state.marks('bookmarks').remove(state.users.index.intern(actorId), tweetId)
    }
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
