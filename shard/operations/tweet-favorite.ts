import { tweetFavorite } from '../../protocol/operations/tweet-favorite.ts'
import { findReadableTweet } from './find.ts'
import { implementWrite } from './implement.ts'

export const tweetFavoriteHandler = implementWrite(tweetFavorite, {
  claims: ({ actor }, { tweetId }) => [`favorite ${actor} ${tweetId}`],

  decide(view, context, { tweetId }) {
    const { actor, actorIndex } = context
    const tweet = findReadableTweet(view, actorIndex, tweetId)
    if (typeof tweet !== 'number') return tweet
    if (view.marks('favorites').has(actorIndex, tweetId)) return { kind: 'unchanged' }
    const event = { actorId: actor, tweetId }
    const author = view.tweets.authorOf(tweet)
    if (author === actorIndex) return { kind: 'committed', event }
    const told = { authorId: view.users.idOf(author), favoriteId: context.newId() }
    return { kind: 'committed', event: { ...event, ...told } }
  },

  apply(state, { actorId, tweetId, authorId, favoriteId }) {
    const tweet = state.tweets.intern(tweetId)
    state.tweets.favorites.add(tweet, 1)
    if (state.isHosted(actorId)) {
      const user = state.users.index.intern(actorId)
      if (state.marks('favorites').insert(user, tweetId)) state.favoriteOrder.add(user, tweet)
    }
    if (authorId === undefined || favoriteId === undefined) return 0
    state.noteIssuedId(favoriteId)
    const deed = { kind: 'favorite', actorId, recipientId: authorId, subject: tweet } as const
    state.notices.note(deed, favoriteId)
    return 0
  },

  effects(effects, { tweetId, authorId }) {
    effects.countsChanged(tweetId)
    if (authorId !== undefined) effects.noticed(authorId)
  },

  answer(view, _context, { params }, writer) {
    writer.map(1)
    writer.text('favorites')
    writer.integer(view.tweets.favorites.get(view.tweets.indexOf(params.tweetId)))
  },
})
