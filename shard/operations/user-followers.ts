import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { userFollowers } from '../../protocol/operations/user-followers.ts'
import { findUserById } from './find.ts'
import { implementRead } from './implement.ts'
import { writeUserPage } from './user-list.ts'

export const userFollowersHandler = implementRead(userFollowers, {
  read(view, _context, { userId, before = idMax, limit = pageLimitDefault }, writer) {
    const user = findUserById(view, userId)
    if (typeof user !== 'number') return user
    writeUserPage(writer, view, { edges: view.followers, node: user, before, limit })
    return undefined
  },
})
