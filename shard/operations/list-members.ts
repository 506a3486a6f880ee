import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { listMembers } from '../../protocol/operations/list-members.ts'
import { findCollection, isNo } from './collection.ts'
import { implementRead } from './implement.ts'
import { shownMembers } from './list-of-users.ts'
import { writeUsers } from './present.ts'

export const listMembersHandler = implementRead(listMembers, {
  read(view, context, { listId, before = idMax, limit = pageLimitDefault }, writer) {
    const reader = context.actorIndex
    const list = findCollection(view, reader, { kind: 'list', id: listId })
    if (isNo(list)) return list
    const users = shownMembers(view, list, { before, limit: limit + 1 })
    const hasOlder = users.length > limit
    if (hasOlder) users.pop()
    writer.map(hasOlder ? 2 : 1)
    writeUsers(writer, view, { users, reader })
    if (hasOlder) {
      writer.text('olderCursor')
      writer.integer(view.users.idOf(users.at(-1)!))
    }
    return undefined
  },
})
