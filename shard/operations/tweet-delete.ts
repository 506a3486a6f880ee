import { failure } from '../../protocol/errors.ts'
import type { TweetId } from '../../protocol/ids.ts'
import { tweetDelete } from '../../protocol/operations/tweet-delete.ts'
import { findTweet } from './find.ts'
import { implementWrite } from './implement.ts'
import { writeTweet, writeUsers } from './present.ts'

export const tweetDeleteHandler = implementWrite(tweetDelete, {
  claims: (_context, { tweetId }) => [`tweet ${tweetId}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    const tweet = findTweet(view, tweetId)
    if (typeof tweet !== 'number') return tweet
    if (view.tweets.authorOf(tweet) !== actorIndex) {
      return { kind: 'failed', error: failure('forbidden', { field: 'tweetId' }) }
    }
    return { kind: 'committed', event: { tweetId, authorId: actor } }
  },

  /** The answer shows what is about to go, so it is written before. */
  answerBefore(view, { actorIndex }, { tweetId }, writer) {
    const tweet = view.tweets.find(tweetId)
    writer.map(2)
    writer.text('tweet')
    writeTweet(writer, view, { tweet, reader: actorIndex })
    writeUsers(writer, view, { users: [actorIndex], reader: actorIndex })
  },

  apply(state, { tweetId, authorId }) {
    const tweet = state.tweets.find(tweetId)
    if (tweet < 0) return 0
    const inReplyTo = state.tweets.fieldOf(tweet, 'inReplyTo') as TweetId | undefined
    if (inReplyTo !== undefined) state.tweets.replies.add(state.tweets.intern(inReplyTo), -1)
    state.tweets.delete(tweetId)
    state.users.tweets.add(state.users.index.intern(authorId), -1)
    return 0
  },

  effects(effects, { tweetId }) {
    effects.pushDeleted(tweetId)
  },
})
