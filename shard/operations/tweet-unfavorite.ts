import { tweetUnfavorite } from '../../protocol/operations/tweet-unfavorite.ts'
import { findReadableTweet, findTweet } from './find.ts'
import { implementWrite } from './implement.ts'

export const tweetUnfavoriteHandler = implementWrite(tweetUnfavorite, {
  claims: ({ actor }, { tweetId }) => [`favorite ${actor} ${tweetId}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    const isFavorite = view.marks('favorites').has(actorIndex, tweetId)
    // Whoever has marked a tweet may take that back, whether or not they may still see it.
    const tweet = isFavorite
      ? findTweet(view, tweetId)
      : findReadableTweet(view, actorIndex, tweetId)
    if (typeof tweet !== 'number') return tweet
    if (!isFavorite) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, tweetId } }
  },

  apply(state, { actorId, tweetId }) {
    const tweet = state.tweets.intern(tweetId)
    state.tweets.favorites.add(tweet, -1)
    if (state.isHosted(actorId)) {
      state.marks('favorites').remove(state.users.index.intern(actorId), tweetId)
    }
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
