import type { TweetId } from '../../protocol/ids.ts'
import { accountErase } from '../../protocol/operations/account-erase.ts'
import { implementWrite } from './implement.ts'
import { emptyErasure, erase, nextErasure } from './leaving.ts'

export const accountEraseHandler = implementWrite(accountErase, {
  claims: (_context, { userId }) => [`erase ${userId}`],

  decide(view, _context, { userId, isFirst }) {
    const user = view.users.indexOf(userId)
    if (user < 0 || !view.users.isGone(user)) return { kind: 'unchanged' }
    const erasure = isFirst ? emptyErasure : nextErasure(view, user)
    if (erasure === undefined) return { kind: 'unchanged' }
    return { kind: 'committed', event: { userId, ...erasure } }
  },

  apply(state, { userId, ...erasure }) {
    erase(state, userId, erasure)
    return 0
  },

  effects(effects, { tweetIds, marks, countedLessIds = [] }) {
    for (const id of tweetIds) effects.pushDeleted(id)
    for (const id of countedLessIds) effects.countsChanged(id)
    for (const { kind, ids } of marks) {
      if (kind === 'favorites') for (const id of ids) effects.countsChanged(id as TweetId)
    }
  },

  answer(_view, _context, { event }, writer) {
    writer.map(1)
    writer.text('changed')
    writer.boolean(event !== undefined)
  },
})
