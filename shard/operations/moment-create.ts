import { momentCreate } from '../../protocol/operations/moment-create.ts'
import { madeBefore, makeCollection, repeatedMaking, tooManyOwned } from './collection.ts'
import { writeCollectionAnswer } from './collection-page.ts'
import { findReadableOriginal } from './find.ts'
import { implementWrite } from './implement.ts'

export const momentCreateHandler = implementWrite(momentCreate, {
  claims: ({ actor }) => [`moments ${actor}`],

  decide(view, context, { title, description = '', coverTweetId, operationId }) {
    const { actor, actorIndex } = context
    const made = madeBefore(view, context, { operation: momentCreate.code, operationId })
    if (made !== undefined) return repeatedMaking(view, { kind: 'moment', id: made })
    const tooMany = tooManyOwned(view, actorIndex, 'moment')
    if (tooMany !== undefined) return tooMany
    let cover = {}
    if (coverTweetId !== undefined) {
      const tweet = findReadableOriginal(view, actorIndex, coverTweetId, 'coverTweetId')
      if (typeof tweet !== 'number') return tweet
      cover = { coverTweetId: view.tweets.idOf(tweet) }
    }
    return {
      kind: 'committed',
      event: {
        momentId: context.newId(),
        actorId: actor,
        title,
        description,
        ...cover,
        ...(operationId === undefined ? {} : { operationId }),
      },
    }
  },

  apply(state, { momentId: id, actorId, title, description, coverTweetId, operationId }) {
    const items = coverTweetId === undefined ? [] : [coverTweetId]
    const card = { title, description, isPrivate: true, coverId: coverTweetId ?? 0 }
    const made = { actorId, operation: momentCreate.code, operationId }
    makeCollection(state, { id, kind: 'moment', items, ...card }, made)
    return 0
  },

  answer(view, context, { params: { operationId }, event }, writer) {
    const before = { operation: momentCreate.code, operationId }
    const id = event?.momentId ?? (madeBefore(view, context, before) as number)
    const named = { kind: 'moment', id } as const
    writeCollectionAnswer(writer, view, { named, reader: context.actorIndex })
  },
})
