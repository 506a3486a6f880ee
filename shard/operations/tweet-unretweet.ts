import { tweetUnretweet } from '../../protocol/operations/tweet-unretweet.ts'
import { findReadableOriginal, findTweet, originalOrSelf } from './find.ts'
import { implementWrite } from './implement.ts'
import { findOwnRetweet } from './own-retweet.ts'
import { removeTweet, retweetMarks } from './remove-tweet.ts'

export const tweetUnretweetHandler = implementWrite(tweetUnretweet, {
  claims: ({ actor }) => [`retweets ${actor}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    const named = findTweet(view, tweetId)
    if (typeof named !== 'number') return named
    const original = originalOrSelf(view, named)
    const retweetOf = view.tweets.idOf(original)
    // Whoever has retweeted may take that back, whether or not they may still see the original.
    if (!view.marks(retweetMarks).has(actorIndex, retweetOf)) {
      const readable = findReadableOriginal(view, actorIndex, tweetId)
      return typeof readable === 'number' ? { kind: 'unchanged' } : readable
    }
    const retweetId = findOwnRetweet(view, { user: actorIndex, original })
    return { kind: 'committed', event: { tweetId: retweetId, authorId: actor, retweetOf } }
  },

  apply(state, event) {
    removeTweet(state, event)
    return 0
  },

  effects(effects, { tweetId, retweetOf }) {
    effects.pushDeleted(tweetId)
    effects.countsChanged(retweetOf)
  },

  answer(view, _context, { params }, writer) {
    const original = originalOrSelf(view, view.tweets.indexOf(params.tweetId))
    writer.map(1)
    writer.text('retweets')
    writer.integer(view.tweets.retweets.get(original))
  },
})
