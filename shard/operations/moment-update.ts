import { momentUpdate } from '../../protocol/operations/moment-update.ts'
import { claimOf, findOwnCollection, isNo } from './collection.ts'
import { writeCollectionAnswer } from './collection-page.ts'
import { implementWrite } from './implement.ts'

export const momentUpdateHandler = implementWrite(momentUpdate, {
  claims: (_context, { momentId }) => [claimOf(momentId)],

  decide(view, { actor, actorIndex }, { momentId, ...given }) {
    const moment = findOwnCollection(view, actorIndex, { kind: 'moment', id: momentId })
    if (isNo(moment)) return moment
    const { title, description, coverId } = moment
    const { coverTweetId } = given
    if (coverTweetId !== undefined && !view.collections.has(moment, coverTweetId)) {
      return { kind: 'refused', code: 'not_in_moment' }
    }
    const before: Readonly<Record<string, unknown>> = { title, description, coverTweetId: coverId }
    const changed = Object.entries(given).filter(([field, value]) => before[field] !== value)
    if (changed.length === 0) return { kind: 'unchanged' }
    const event = { actorId: actor, momentId, ...Object.fromEntries(changed) }
    return { kind: 'committed', event }
  },

  apply(state, { momentId, title, description, coverTweetId }) {
    state.collections.edit(momentId, {
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(coverTweetId === undefined ? {} : { coverId: coverTweetId }),
    })
    return 0
  },

  answer(view, { actorIndex }, { params }, writer) {
    const named = { kind: 'moment', id: params.momentId } as const
    writeCollectionAnswer(writer, view, { named, reader: actorIndex })
  },
})
