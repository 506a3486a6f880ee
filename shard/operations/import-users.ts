import { packIds, unpackIds } from '../../protocol/batches.ts'
import type { UserId } from '../../protocol/ids.ts'
import { partitionOfHandle, timeOfId } from '../../protocol/ids.ts'
import { importUsers } from '../../protocol/operations/import-users.ts'
import { implementWrite, lockedPasswordHash } from './implement.ts'

export const importUsersHandler = implementWrite(importUsers, {
  claims: (_context, { handles }) => [
    ...new Set(handles.map((handle) => `handle ${handle.toLowerCase()}`)),
  ],

  password: (_view, _context, { password }) =>
    password === undefined ? { kind: 'none' } : { kind: 'hash', password },

  decide(view, context, { partition, handles, password }) {
    const unknown = new Map<string, string>()
    for (const handle of handles) {
      if (partitionOfHandle(handle, context.partitionCount) !== partition) {
        return { kind: 'refused', code: 'elsewhere' }
      }
      if (view.users.findHandle(handle) >= 0) continue
      if (view.users.isTaken(handle)) return { kind: 'refused', code: 'reserved' }
      unknown.set(handle.toLowerCase(), handle)
    }
    if (unknown.size === 0) return { kind: 'unchanged' }
    const userIds = Float64Array.from(unknown, () => context.newId())
    return {
      kind: 'committed',
      event: {
        partition,
        userIds: packIds(userIds),
        handles: [...unknown.values()],
        passwordHash: password === undefined ? lockedPasswordHash : context.passwordHash,
      },
    }
  },

  apply(state, { userIds, handles, passwordHash }) {
    const ids = unpackIds(userIds)
    for (let place = 0; place < ids.length; place++) {
      const id = ids[place] as UserId
      const handle = handles[place] as string
      const createdAt = timeOfId(id)
      state.noteIssuedId(id)
      state.users.setCard({ id, handle, name: handle, bio: '', createdAt, protected: false })
      if (state.isHosted(id)) state.accounts.create({ userId: id, passwordHash, contact: {} })
    }
    return 0
  },

  answer(view, _context, { params }, writer) {
    const { users } = view
    const ids = params.handles.map((handle) => users.idOf(users.findHandle(handle)))
    writer.map(1)
    writer.text('userIds')
    writer.binary(packIds(ids))
  },
})
