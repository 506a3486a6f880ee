import { tweetUnfavorite } from '../../protocol/operations/tweet-unfavorite.ts'
import { findTweet } from './find.ts'
import { implementWrite } from './implement.ts'

export const tweetUnfavoriteHandler = implementWrite(tweetUnfavorite, {
  claims: ({ actor }, { tweetId }) => [`favorite ${actor} ${tweetId}`],

  decide(view, { actor, actorIndex }, { tweetId }) {
    const tweet = findTweet(view, tweetId)
    if (typeof tweet !== 'number') return tweet
    if (!view.marks('favorites').has(actorIndex, tweetId)) return { kind: 'unchanged' }
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
