import { idMax } from '../../protocol/ids.ts'
import { pageLimitDefault } from '../../protocol/limits.ts'
import { userFollowRequests } from '../../protocol/operations/user-follow-requests.ts'
import { isWaiting } from './following.ts'
import { implementRead } from './implement.ts'
import { writeUsers } from './present.ts'
import { isSuspended } from './visibility.ts'

const ids = new Float64Array(256)

export const userFollowRequestsHandler = implementRead(userFollowRequests, {
  read(view, { actorIndex }, { before = idMax, limit = pageLimitDefault }, writer) {
    const users: number[] = []
    let cursor = before
    let olderCursor: number | undefined
    for (let count = ids.length; count === ids.length && olderCursor === undefined; ) {
      count = view.requests.readBefore(actorIndex, { before: cursor, limit: ids.length }, ids)
      for (const requestId of ids.subarray(0, count)) {
        const follower = view.requests.followerOf(requestId)
        const isShown =
          view.users.isKnown(follower) &&
          !isSuspended(view, follower) &&
          isWaiting(view, actorIndex, requestId)
        if (isShown && users.length === limit) {
          olderCursor = cursor
          break
        }
        if (isShown) users.push(follower)
        cursor = requestId
      }
    }
    writer.map(olderCursor === undefined ? 1 : 2)
    writeUsers(writer, view, { users, reader: actorIndex })
    if (olderCursor === undefined) return undefined
    writer.text('olderCursor')
    writer.integer(olderCursor)
    return undefined
  },
})
