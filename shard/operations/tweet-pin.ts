import { tweetPin } from '../../protocol/operations/tweet-pin.ts'
import { findReadableTweet } from './find.ts'
import { implementWrite } from './implement.ts'
import { writeUser } from './present.ts'
import { visibilityOf } from './visibility.ts'

export const tweetPinHandler = implementWrite(tweetPin, {
  claims: ({ actor }) => [`profile ${actor}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    const tweet = findReadableTweet(view, actorIndex, tweetId)
    if (typeof tweet !== 'number') return tweet
    const { tweets, users } = view
    const isOwn = tweets.authorOf(tweet) === actorIndex && !tweets.isRetweet(tweet)
    // A profile is everybody's: what it names should be, too.
    if (!isOwn || visibilityOf(view, tweet) !== 'everyone') {
      return { kind: 'refused', code: 'cannot_pin' }
    }
    if (users.pinnedOf(actorIndex) === tweetId) return { kind: 'unchanged' }
    return { kind: 'committed', event: { userId: actor, tweetId } }
  },

  apply(state, { userId, tweetId }) {
    // It may have been deleted since this was decided: the log of the author says both.
    if (state.tweets.findBody(tweetId) < 0) return 0
    state.users.editCard(state.users.index.intern(userId), { pinnedTweetId: tweetId })
    return 0
  },

  answer(view, { actorIndex }, _given, writer) {
    writer.map(1)
    writer.text('user')
    writeUser(writer, view, { user: actorIndex, reader: actorIndex })
  },
})
