import { failure } from '../../protocol/errors.ts'
import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { userFollowers } from '../../protocol/operations/user-followers.ts'
import { findUserById } from './find.ts'
import { implementRead } from './implement.ts'
import { writeUserPage } from './user-list.ts'
import { mayReadUser } from './visibility.ts'

export const userFollowersHandler = implementRead(userFollowers, {
  read(view, { actorIndex: reader }, { userId, before = idMax, limit = pageLimitDefault }, writer) {
    const user = findUserById(view, userId)
    if (typeof user !== 'number') return user
    if (!mayReadUser(view, { reader, user })) {
      return { kind: 'failed', error: failure('forbidden', { field: 'userId' }) }
    }
    writeUserPage(writer, view, { edges: view.followers, node: user, before, limit })
    return undefined
  },
})
