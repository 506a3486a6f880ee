import { tweetUnpin } from '../../protocol/operations/tweet-unpin.ts'
import { implementWrite } from './implement.ts'
import { writeUser } from './present.ts'
import { unpin } from './remove-tweet.ts'

export const tweetUnpinHandler = implementWrite(tweetUnpin, {
  claims: ({ actor }) => [`profile ${actor}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    if (view.users.pinnedOf(actorIndex) !== tweetId) return { kind: 'unchanged' }
    return { kind: 'committed', event: { userId: actor, tweetId } }
  },

  apply(state, { userId, tweetId }) {
    unpin(state, state.users.index.intern(userId), tweetId)
    return 0
  },

  answer(view, { actorIndex }, _given, writer) {
    writer.map(1)
    writer.text('user')
    writeUser(writer, view, { user: actorIndex, reader: actorIndex })
  },
})
