import { failure } from '../../protocol/errors.ts'
import { usersBlockedMax } from '../../protocol/limits.ts'
import { userBlock } from '../../protocol/operations/user-block.ts'
import { markKind } from '../state/marks.ts'
import { findUserById } from './find.ts'
import { allFollowsOf, implementWrite } from './implement.ts'
import { writeUserAnswer } from './present.ts'
import { doesBlock } from './visibility.ts'

// The follow of the blocker ends with this event, as both are facts of one log; that of the blocked one is
// settled in theirs: following.ts.
export const userBlockHandler = implementWrite(userBlock, {
  claims: ({ actor, partition }, { userId }) => [
    { shared: allFollowsOf(partition) },
    `follow ${actor} ${userId}`,
    `block ${actor} ${userId}`,
  ],

  decide(view, { actor, actorIndex }, { userId }) {
    if (userId === actor) return { kind: 'refused', code: 'cannot_block_self' }
    const blocked = findUserById(view, userId)
    if (typeof blocked !== 'number') return blocked
    if (doesBlock(view, actorIndex, blocked)) return { kind: 'unchanged' }
    if (view.marks(markKind.blocks).length(actorIndex) >= usersBlockedMax) {
      return { kind: 'failed', error: failure('too_large', { field: 'userId' }) }
    }
    const endsFollow = view.followings.has(actorIndex, blocked)
    return { kind: 'committed', event: { actorId: actor, userId, endsFollow } }
  },

  apply(state, { actorId, userId, endsFollow }) {
    const { index } = state.users
    const blocker = index.intern(actorId)
    state.marked.add(markKind.blocks, blocker, userId)
    state.requests.end({ follower: blocker, followee: index.intern(userId) })
    if (endsFollow) state.unfollow(actorId, userId)
    return 0
  },

  effects(effects, { actorId, userId }) {
    effects.followMaySettle(userId, actorId)
  },

  answer: writeUserAnswer,
})
