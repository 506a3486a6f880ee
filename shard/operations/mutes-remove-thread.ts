import { mutesRemoveThread } from '../../protocol/operations/mutes-remove-thread.ts'
import { markKind } from '../state/marks.ts'
import { originalIdOf } from './find.ts'
import { implementWrite } from './implement.ts'

export const mutesRemoveThreadHandler = implementWrite(mutesRemoveThread, {
  claims: ({ actor }) => [`mute threads ${actor}`],

  decide(view, { actor, actorIndex }, { tweetId: named }) {
    const threads = view.marks(markKind.mutedThreads)
    // A log of before may have muted the retweet itself.
    const tweetId = [named, originalIdOf(view, named)].find((id) => threads.has(actorIndex, id))
    if (tweetId === undefined) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, tweetId } }
  },

  apply(state, { actorId, tweetId }) {
    if (state.isHosted(actorId)) {
      state.marked.remove(markKind.mutedThreads, state.users.index.intern(actorId), tweetId)
    }
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
