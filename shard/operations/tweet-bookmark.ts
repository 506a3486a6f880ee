import { tweetBookmark } from '../../protocol/operations/tweet-bookmark.ts'
import { findReadableTweet } from './find.ts'
import { implementWrite } from './implement.ts'

export const tweetBookmarkHandler = implementWrite(tweetBookmark, {
  claims: ({ actor }, { tweetId }) => [`bookmark ${actor} ${tweetId}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    const tweet = findReadableTweet(view, actorIndex, tweetId)
    if (typeof tweet !== 'number') return tweet
    if (view.marks('bookmarks').has(actorIndex, tweetId)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, tweetId } }
  },

  apply(state, { actorId, tweetId }) {
    if (state.isHosted(actorId)) {
      state.marks('bookmarks').insert(state.users.index.intern(actorId), tweetId)
    }
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
