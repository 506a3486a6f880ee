import { momentRemoveTweet } from '../../protocol/operations/moment-remove-tweet.ts'
import { claimOf, findOwnCollection, isNo } from './collection.ts'
import { writeCollectionAnswer } from './collection-page.ts'
import { originalIdOf } from './find.ts'
import { implementWrite } from './implement.ts'

export const momentRemoveTweetHandler = implementWrite(momentRemoveTweet, {
  claims: (_context, { momentId }) => [claimOf(momentId)],

  decide(view, { actor, actorIndex }, { momentId, tweetId: named }) {
    const moment = findOwnCollection(view, actorIndex, { kind: 'moment', id: momentId })
    if (isNo(moment)) return moment
    const tweetId = originalIdOf(view, named)
    if (!view.collections.has(moment, tweetId)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, momentId, tweetId } }
  },

  apply(state, { momentId, tweetId }) {
    state.collections.take(momentId, tweetId)
    return 0
  },

  answer(view, { actorIndex }, { params }, writer) {
    const named = { kind: 'moment', id: params.momentId } as const
    writeCollectionAnswer(writer, view, { named, reader: actorIndex })
  },
})
