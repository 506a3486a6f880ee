import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { listsOfUser } from '../../protocol/operations/lists-of-user.ts'
import { writeCollectionPage } from './collection-page.ts'
import { findUserById } from './find.ts'
import { implementRead } from './implement.ts'

export const listsOfUserHandler = implementRead(listsOfUser, {
  read(view, context, { userId, before = idMax, limit = pageLimitDefault }, writer) {
    const user = findUserById(view, userId)
    if (typeof user !== 'number') return user
    const source = view.collections.owned('list')
    const [reader, page] = [context.actorIndex, { before, limit }]
    writeCollectionPage(writer, view, { kind: 'list', source, user, reader, page })
    return undefined
  },
})
