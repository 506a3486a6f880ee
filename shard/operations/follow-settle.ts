import { followSettle } from '../../protocol/operations/follow-settle.ts'
import { settled } from './following.ts'
import { allFollowsOf, implementWrite } from './implement.ts'

export const followSettleHandler = implementWrite(followSettle, {
  claims: ({ partition }, { followerId, followeeId }) => [
    { shared: allFollowsOf(partition) },
    `follow ${followerId} ${followeeId}`,
  ],

  decide(view, _context, { followerId, followeeId }) {
    const { users } = view
    const pair = { follower: users.indexOf(followerId), followee: users.indexOf(followeeId) }
    if (pair.follower < 0 || pair.followee < 0) return { kind: 'unchanged' }
    // The follows of somebody who has left are erased.
    if (users.isGone(pair.follower)) return { kind: 'unchanged' }
    const settling = settled(view, pair)
    if (settling === undefined) return { kind: 'unchanged' }
    return { kind: 'committed', event: { followerId, followeeId, ...settling } }
  },

  apply(state, { followerId, followeeId, before, after }) {
    const { index } = state.users
    const pair = { follower: index.intern(followerId), followee: index.intern(followeeId) }
    state.requests.end(pair)
    if (before && !after) state.unfollow(followerId, followeeId)
    if (after && !before) state.follow(followerId, followeeId)
    return 0
  },

  answer(_view, _context, { event }, writer) {
    writer.map(1)
    writer.text('changed')
    writer.boolean(event !== undefined)
  },
})
