import { advertiserFund } from '../../protocol/operations/advertiser-fund.ts'
import { findUser } from './find.ts'
import { implementWrite } from './implement.ts'
import { keepAction } from './moderation.ts'

export const advertiserFundHandler = implementWrite(advertiserFund, {
  claims: (_context, { handle }) => [`funds ${handle.toLowerCase()}`],

  decide(view, context, { handle, fundedMicros, by, reason }) {
    const user = findUser(view, { handle }, context.partitionCount)
    if (typeof user !== 'number') return user
    const userId = view.users.idOf(user)
    if (view.promotions.fundsOf(userId).fundedMicros === fundedMicros) return { kind: 'unchanged' }
    const event = { userId, actionId: context.newId(), fundedMicros, by, reason }
    return { kind: 'committed', event }
  },

  apply(state, { userId, actionId, fundedMicros, by, reason }) {
    keepAction(state, userId, { id: actionId, action: 'fund', by, reason, fundedMicros })
    // It may land behind the deletion of the account.
    if (state.users.find(userId) >= 0) state.promotions.fund(userId, fundedMicros)
    return 0
  },

  answer(view, _context, { params, event }, writer) {
    writer.map(2)
    writer.text('userId')
    writer.integer(event?.userId ?? view.users.idOf(view.users.findHandle(params.handle)))
    writer.text('fundedMicros')
    writer.integer(params.fundedMicros)
  },
})
