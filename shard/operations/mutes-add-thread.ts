import { failure } from '../../protocol/errors.ts'
import { threadsMutedMax } from '../../protocol/limits.ts'
import { mutesAddThread } from '../../protocol/operations/mutes-add-thread.ts'
import { markKind } from '../state/marks.ts'
import { findReadableOriginal } from './find.ts'
import { implementWrite } from './implement.ts'

export const mutesAddThreadHandler = implementWrite(mutesAddThread, {
  // A thread has many names: those of all retweets of the tweet that it begins with.
  claims: ({ actor }) => [`mute threads ${actor}`],

  decide(view, { actor, actorIndex }, { tweetId: named }) {
    const tweet = findReadableOriginal(view, actorIndex, named)
    if (typeof tweet !== 'number') return tweet
    const tweetId = view.tweets.idOf(tweet)
    const threads = view.marks(markKind.mutedThreads)
    if (threads.has(actorIndex, tweetId)) return { kind: 'unchanged' }
    if (threads.length(actorIndex) >= threadsMutedMax) {
      return { kind: 'failed', error: failure('too_large', { field: 'tweetId' }) }
    }
    return { kind: 'committed', event: { actorId: actor, tweetId } }
  },

  apply(state, { actorId, tweetId }) {
    if (state.isHosted(actorId)) {
      state.marked.add(markKind.mutedThreads, state.users.index.intern(actorId), tweetId)
    }
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
