import { userUnfollow } from '../../protocol/operations/user-unfollow.ts'
import { findUserById } from './find.ts'
import { allFollowsOf, implementWrite } from './implement.ts'
import { writeUser } from './present.ts'

export const userUnfollowHandler = implementWrite(userUnfollow, {
  claims: ({ actor, partition }, { userId }) => [
    { shared: allFollowsOf(partition) },
    `follow ${actor} ${userId}`,
  ],

  decide(view, { actor, actorIndex }, { userId }) {
    const followee = findUserById(view, userId)
    if (typeof followee !== 'number') return followee
    if (!view.followings.has(actorIndex, followee)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { followerId: actor, followeeId: userId } }
  },

  apply(state, { followerId, followeeId }) {
    state.unfollow(followerId, followeeId)
    return 0
  },

  answer(view, { actorIndex }, { params }, writer) {
    writer.map(1)
    writer.text('user')
    writeUser(writer, view, { user: view.users.find(params.userId), reader: actorIndex })
  },
})
