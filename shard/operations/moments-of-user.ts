import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { momentsOfUser } from '../../protocol/operations/moments-of-user.ts'
import { writeCollectionPage } from './collection-page.ts'
import { findUserById } from './find.ts'
import { implementRead } from './implement.ts'

export const momentsOfUserHandler = implementRead(momentsOfUser, {
  read(view, context, { userId, before = idMax, limit = pageLimitDefault }, writer) {
    const user = findUserById(view, userId)
    if (typeof user !== 'number') return user
    const source = view.collections.owned('moment')
    const [reader, page] = [context.actorIndex, { before, limit }]
    writeCollectionPage(writer, view, { kind: 'moment', source, user, reader, page })
    return undefined
  },
})
