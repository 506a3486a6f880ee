import { failure } from '../../protocol/errors.ts'
import { followRequestsMax } from '../../protocol/limits.ts'
import { userFollow } from '../../protocol/operations/user-follow.ts'
import { userFlag } from '../state/users/user-flags.ts'
import { findUserById } from './find.ts'
import { waitingRequest } from './following.ts'
import { allFollowsOf, implementWrite } from './implement.ts'
import { writeUserAnswer } from './present.ts'
import { isBlockBetween, isSuspended } from './visibility.ts'

export const userFollowHandler = implementWrite(userFollow, {
  claims: ({ actor, partition }, { userId }) => [
    { shared: allFollowsOf(partition) },
    `follow ${actor} ${userId}`,
  ],

  decide(view, context, { userId }) {
    const { actor, actorIndex } = context
    if (userId === actor) return { kind: 'refused', code: 'cannot_follow_self' }
    const followee = findUserById(view, userId)
    if (typeof followee !== 'number') return followee
    if (isSuspended(view, followee)) return { kind: 'refused', code: 'suspended' }
    if (isBlockBetween(view, actorIndex, followee)) return { kind: 'refused', code: 'blocked' }
    if (view.followings.has(actorIndex, followee)) return { kind: 'unchanged' }
    const follow = { followerId: actor, followeeId: userId }
    if ((view.users.flags.get(followee) & userFlag.isProtected) === 0) {
      return { kind: 'committed', event: { ...follow, followId: context.newId() } }
    }
    if (waitingRequest(view, { follower: actorIndex, followee }) !== 0) return { kind: 'unchanged' }
    if (view.requests.askedCount(actorIndex) >= followRequestsMax) {
      return { kind: 'failed', error: failure('too_large', { field: 'userId' }) }
    }
    return { kind: 'committed', event: { ...follow, requestId: context.newId() } }
  },

  apply(state, { followerId, followeeId, requestId, followId }) {
    const { index } = state.users
    const deed = { actorId: followerId, recipientId: followeeId }
    const pair = { follower: index.intern(followerId), followee: index.intern(followeeId) }
    if (requestId === undefined) {
      state.requests.end(pair)
      state.follow(followerId, followeeId)
      if (followId === undefined) return 0
      state.noteIssuedId(followId)
      state.notices.note({ kind: 'follow', ...deed }, followId)
      return 0
    }
    state.noteIssuedId(requestId)
    state.requests.begin(pair, requestId)
    state.notices.note({ kind: 'follow_request', ...deed }, requestId)
    return 0
  },

  effects(effects, { followerId, followeeId }) {
    // A block may have been heard of since this was decided.
    effects.followMaySettle(followerId, followeeId)
    effects.noticed(followeeId)
  },

  answer: writeUserAnswer,
})
