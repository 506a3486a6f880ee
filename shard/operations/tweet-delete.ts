import { failure } from '../../protocol/errors.ts'
import type { TweetId } from '../../protocol/ids.ts'
import { tweetDelete } from '../../protocol/operations/tweet-delete.ts'
import { findTweet } from './find.ts'
import { implementWrite } from './implement.ts'
import { writeTweet, writeUsers } from './present.ts'
import { removeTweet } from './remove-tweet.ts'
import { mayRead } from './visibility.ts'

export const tweetDeleteHandler = implementWrite(tweetDelete, {
  // It may be a retweet, about which nothing else is decided meanwhile.
  claims: ({ actor }, { tweetId }) => [`tweet ${tweetId}`, { shared: `retweets ${actor}` }],

  decide(view, { actor, actorIndex }, { tweetId }) {
    const tweet = findTweet(view, tweetId)
    if (typeof tweet !== 'number') return tweet
    if (view.tweets.authorOf(tweet) !== actorIndex) {
      const code = mayRead(view, { reader: actorIndex, tweet }) ? 'forbidden' : 'not_found'
      return { kind: 'failed', error: failure(code, { field: 'tweetId' }) }
    }
    const original = view.tweets.originalOf(tweet)
    const retweetOf = original < 0 ? {} : { retweetOf: view.tweets.idOf(original) }
    return { kind: 'committed', event: { tweetId, authorId: actor, ...retweetOf } }
  },

  /** The answer shows what is about to go, so it is written before. */
  answerBefore(view, { actorIndex }, { tweetId }, writer) {
    // The original of a retweet may have gone a moment ago.
    const tweet = view.tweets.findBody(tweetId)
    writer.map(2)
    writer.text('tweet')
    writeTweet(writer, view, { tweet, reader: actorIndex })
    writeUsers(writer, view, { users: [actorIndex], reader: actorIndex })
  },

  apply(state, event) {
    return removeTweet(state, event)
  },

  effects(effects, { tweetId }, countedLess) {
    effects.pushDeleted(tweetId)
    if (countedLess !== 0) effects.countsChanged(countedLess as TweetId)
  },
})
