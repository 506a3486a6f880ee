import type { TweetId } from '../../protocol/ids.ts'
import { timeOfId } from '../../protocol/ids.ts'
import { tweetRetweet } from '../../protocol/operations/tweet-retweet.ts'
import { findReadableOriginal, originalOrSelf } from './find.ts'
import { implementWrite } from './implement.ts'
import { findOwnRetweet } from './own-retweet.ts'
import { retweetMarks } from './remove-tweet.ts'

export const tweetRetweetHandler = implementWrite(tweetRetweet, {
  // One original has many names: those of all its retweets.
  claims: ({ actor }) => [`retweets ${actor}`],

  decide(view, context, { tweetId }) {
    const { actor, actorIndex } = context
    const original = findReadableOriginal(view, actorIndex, tweetId)
    if (typeof original !== 'number') return original
    const retweetOf = view.tweets.idOf(original)
    if (view.marks(retweetMarks).has(actorIndex, retweetOf)) return { kind: 'unchanged' }
    const originalAuthorId = view.users.idOf(view.tweets.authorOf(original))
    const tweet = { tweetId: context.newId() as TweetId, authorId: actor, retweetOf }
    return { kind: 'committed', event: { ...tweet, originalAuthorId } }
  },

  apply(state, { tweetId, authorId, retweetOf, originalAuthorId }) {
    const author = state.users.index.intern(authorId)
    state.noteIssuedId(tweetId)
    const body = {
      id: tweetId,
      authorId,
      text: '',
      createdAt: timeOfId(tweetId),
      retweetOf,
      entities,
    }
    const tweet = state.tweets.put(body, author)
    const original = state.tweets.originalOf(tweet)
    state.authored.insert(author, tweetId)
    state.tweets.retweets.add(original, 1)
    state.retweetsOf.insert(original, tweetId)
    if (state.isHosted(authorId)) state.marked.add(retweetMarks, author, retweetOf)
    if (originalAuthorId !== undefined) {
      const recipientId = originalAuthorId
      const deed = { kind: 'retweet', actorId: authorId, recipientId, subject: original } as const
      state.notices.note(deed, tweetId)
    }
    state.deliver(author, tweetId)
    return tweet
  },

  effects(effects, { retweetOf, originalAuthorId }, tweet) {
    effects.pushTweet(tweet)
    effects.countsChanged(retweetOf)
    if (originalAuthorId !== undefined) effects.noticed(originalAuthorId)
  },

  answer(view, { actorIndex }, { params, event }, writer) {
    const original = originalOrSelf(view, view.tweets.indexOf(params.tweetId))
    const retweetId = event?.tweetId ?? findOwnRetweet(view, { user: actorIndex, original })
    writer.map(2)
    writer.text('retweetId')
    writer.integer(retweetId)
    writer.text('retweets')
    writer.integer(view.tweets.retweets.get(original))
  },
})

/** A retweet has no text of its own. */
const entities = { mentions: [], hashtags: [], urls: [] }
