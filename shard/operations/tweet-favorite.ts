import { tweetFavorite } from '../../protocol/operations/tweet-favorite.ts'
import { findReadableTweet } from './find.ts'
import { implementWrite } from './implement.ts'

export const tweetFavoriteHandler = implementWrite(tweetFavorite, {
  claims: ({ actor }, { tweetId }) => [`favorite ${actor} ${tweetId}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    const tweet = findReadableTweet(view, actorIndex, tweetId)
    if (typeof tweet !== 'number') return tweet
    if (view.marks('favorites').has(actorIndex, tweetId)) return { kind: 'unchanged' }
    return { kind: 'committed', event: { actorId: actor, tweetId } }
  },

  apply(state, { actorId, tweetId }) {
    const tweet = state.tweets.intern(tweetId)
    state.tweets.favorites.add(tweet, 1)
    if (state.isHosted(actorId)) {
      state.marks('favorites').insert(state.users.index.intern(actorId), tweetId)
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
