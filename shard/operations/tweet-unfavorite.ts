import { tweetUnfavorite } from '../../protocol/operations/tweet-unfavorite.ts'
import { findReadableTweet, findTweet, isHeardOf } from './find.ts'
import { implementWrite } from './implement.ts'

export const tweetUnfavoriteHandler = implementWrite(tweetUnfavorite, {
  claims: ({ actor }, { tweetId }) => [`favorite ${actor} ${tweetId}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    if (!view.marks('favorites').has(actorIndex, tweetId)) {
      const readable = findReadableTweet(view, actorIndex, tweetId)
      return typeof readable === 'number' ? { kind: 'unchanged' } : readable
    }
    // Whoever has marked a tweet may take that back, whether or not they may still see it, or it is still there.
    const event = { actorId: actor, tweetId }
    const tweet = findTweet(view, tweetId)
    if (typeof tweet !== 'number') {
      return isHeardOf(view, tweetId) ? { kind: 'committed', event } : tweet
    }
    const author = view.tweets.authorOf(tweet)
    if (author === actorIndex) return { kind: 'committed', event }
    return { kind: 'committed', event: { ...event, authorId: view.users.idOf(author) } }
  },

  apply(state, { actorId, tweetId, authorId }) {
    const tweet = state.tweets.intern(tweetId)
    state.tweets.favorites.add(tweet, -1)
    if (state.isHosted(actorId)) {
      const user = state.users.index.intern(actorId)
      if (state.marks('favorites').remove(user, tweetId)) state.favoriteOrder.remove(user, tweet)
    }
    if (authorId === undefined) return 0
    state.notices.takeBack({ kind: 'favorite', actorId, recipientId: authorId, subject: tweet })
    return 0
  },

  effects(effects, { tweetId }) {
    effects.countsChanged(tweetId)
  },

  answer(view, _context, { params }, writer) {
    writer.map(1)
    writer.text('favorites')
    writer.integer(view.tweets.favorites.get(view.tweets.indexOf(params.tweetId)))
  },
})
