import { mutesRemoveThread } from '../../protocol/operations/mutes-remove-thread.ts'
import { markKind } from '../state/marks.ts'
import { implementWrite } from './implement.ts'

export const mutesRemoveThreadHandler = implementWrite(mutesRemoveThread, {
  claims: ({ actor }, { tweetId }) => [`mute thread ${actor} ${tweetId}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    const isMuted = view.marks(markKind.mutedThreads).has(actorIndex, tweetId)
    if (!isMuted) return { kind: 'unchanged' }
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
