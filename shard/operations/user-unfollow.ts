import { userUnfollow } from '../../protocol/operations/user-unfollow.ts'
import { findUserById } from './find.ts'
import { allFollowsOf, implementWrite } from './implement.ts'
import { writeUserAnswer } from './present.ts'

export const userUnfollowHandler = implementWrite(userUnfollow, {
  claims: ({ actor, partition }, { userId }) => [
    { shared: allFollowsOf(partition) },
    `follow ${actor} ${userId}`,
  ],

  decide(view, { actor, actorIndex }, { userId }) {
    const followee = findUserById(view, userId)
    if (typeof followee !== 'number') return followee
    const unfollow = { followerId: actor, followeeId: userId }
    if (view.followings.has(actorIndex, followee)) return { kind: 'committed', event: unfollow }
    if (view.requests.between({ follower: actorIndex, followee }) === 0) {
      return { kind: 'unchanged' }
    }
    return { kind: 'committed', event: { ...unfollow, isRequest: true } }
  },

  apply(state, { followerId, followeeId, isRequest }) {
    const { index } = state.users
    state.requests.end({ follower: index.intern(followerId), followee: index.intern(followeeId) })
    if (isRequest !== true) state.unfollow(followerId, followeeId)
    return 0
  },

  answer: writeUserAnswer,
})
