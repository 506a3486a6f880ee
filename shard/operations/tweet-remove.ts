import type { TweetId } from '../../protocol/ids.ts'
import { tweetRemove } from '../../protocol/operations/tweet-remove.ts'
import { findTweet } from './find.ts'
import { implementWrite } from './implement.ts'
import { keepAction } from './moderation.ts'
import { removeTweet } from './remove-tweet.ts'

export const tweetRemoveHandler = implementWrite(tweetRemove, {
  claims: (_context, { tweetId }) => [`tweet ${tweetId}`],

  decide(view, context, { tweetId, by, reason }) {
    const tweet = findTweet(view, tweetId)
    if (typeof tweet !== 'number') return tweet
    if (view.tweets.isRetweet(tweet)) return { kind: 'refused', code: 'is_retweet' }
    const authorId = view.users.idOf(view.tweets.authorOf(tweet))
    return {
      kind: 'committed',
      event: { tweetId, authorId, actionId: context.newId(), by, reason },
    }
  },

  apply(state, { tweetId, authorId, actionId, by, reason }) {
    keepAction(state, authorId, { id: actionId, action: 'remove', by, reason, tweetId })
    return removeTweet(state, { tweetId, authorId })
  },

  effects(effects, { tweetId }, countedLess) {
    effects.pushDeleted(tweetId)
    if (countedLess !== 0) effects.countsChanged(countedLess as TweetId)
  },

  answer(_view, _context, { params, event }, writer) {
    writer.map(2)
    writer.text('tweetId')
    writer.integer(params.tweetId)
    writer.text('authorId')
    writer.integer((event as NonNullable<typeof event>).authorId)
  },
})
