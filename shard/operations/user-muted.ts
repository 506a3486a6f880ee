import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { userMuted } from '../../protocol/operations/user-muted.ts'
import { markKind } from '../state/marks.ts'
import { implementRead } from './implement.ts'
import { writeMarkedUsers } from './user-list.ts'

export const userMutedHandler = implementRead(userMuted, {
  read(view, { actorIndex }, { before = idMax, limit = pageLimitDefault }, writer) {
    const page = { before, limit }
    writeMarkedUsers(writer, view, { kind: markKind.mutes, reader: actorIndex, page })
    return undefined
  },
})
