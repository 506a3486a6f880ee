import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { userBlocked } from '../../protocol/operations/user-blocked.ts'
import { markKind } from '../state/marks.ts'
import { implementRead } from './implement.ts'
import { writeMarkedUsers } from './user-list.ts'

export const userBlockedHandler = implementRead(userBlocked, {
  read(view, { actorIndex }, { before = idMax, limit = pageLimitDefault }, writer) {
    const page = { before, limit }
    writeMarkedUsers(writer, view, { kind: markKind.blocks, reader: actorIndex, page })
    return undefined
  },
})
