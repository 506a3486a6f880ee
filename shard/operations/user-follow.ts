import { userFollow } from '../../protocol/operations/user-follow.ts'
import { findUserById } from './find.ts'
import { allFollowsOf, implementWrite } from './implement.ts'
import { writeUser } from './present.ts'

export const userFollowHandler = implementWrite(userFollow, {
  claims: ({ actor, partition }, { userId }) => [
    { shared: allFollowsOf(partition) },
    `follow ${actor} ${userId}`,
  ],

  decide(view, { actor, actorIndex }, { userId }) {
    if (userId === actor) return { kind: 'refused', code: 'cannot_follow_self' }
    const followee = findUserById(view, userId)
    if (typeof followee !== 'number') return followee
    if (view.followings.has(actorIndex, followee)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { followerId: actor, followeeId: userId } }
  },

  apply(state, { followerId, followeeId }) {
    state.follow(followerId, followeeId)
    return 0
  },

  answer(view, { actorIndex }, { params }, writer) {
    writer.map(1)
    writer.text('user')
    writeUser(writer, view, { user: view.users.find(params.userId), reader: actorIndex })
  },
})
