import { userUpdate } from '../../protocol/operations/user-update.ts'
import { implementWrite } from './implement.ts'
import { writeUser } from './present.ts'

export const userUpdateHandler = implementWrite(userUpdate, {
  claims: ({ actor }) => [`profile ${actor}`],

  decide(view, { actor, actorIndex }, changes) {
    const card = view.users.cardOf(actorIndex)
    const before: Readonly<Record<string, unknown>> = { location: '', website: '', ...card }
    const changed = Object.entries(changes).filter(([name, value]) => before[name] !== value)
    if (changed.length === 0) return { kind: 'unchanged' }
    return { kind: 'committed', event: { userId: actor, ...Object.fromEntries(changed) } }
  },

  apply(state, { userId, ...changes }) {
    state.users.editCard(state.users.index.intern(userId), changes)
    return 0
  },

  answer(view, { actorIndex }, _given, writer) {
    writer.map(1)
    writer.text('user')
    writeUser(writer, view, { user: actorIndex, reader: actorIndex })
  },
})
