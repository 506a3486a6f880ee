import { failure } from '../../protocol/errors.ts'
import type { TweetId } from '../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../protocol/ids.ts'
import { tweetPost } from '../../protocol/operations/tweet-post.ts'
import { extractEntities } from '../../protocol/text/entities.ts'
import { findTweet } from './find.ts'
import type { View } from './implement.ts'
import { implementWrite } from './implement.ts'
import { writeTweet } from './present.ts'

export const tweetPostHandler = implementWrite(tweetPost, {
  claims: ({ actor }, { operationId }) =>
    operationId === undefined ? [] : [`operation ${actor} ${operationId}`],

  decide(view, context, { text, inReplyTo, quoteOf, mediaIds, location, operationId }) {
    const { actor, partition } = context
    if (operationId !== undefined) {
      const tweetId = view.remembered(partition).resultOf(actor, operationId) as TweetId | undefined
      if (tweetId !== undefined) return repeated(view, tweetId)
    }
    for (const [field, tweetId] of [
      ['inReplyTo', inReplyTo],
      ['quoteOf', quoteOf],
    ] as const) {
      if (tweetId === undefined) continue
      const tweet = findTweet(view, tweetId, field)
      if (typeof tweet !== 'number') return tweet
    }
    if (mediaIds !== undefined && mediaIds.length > 0) {
      return { kind: 'failed', error: failure('not_found', { field: 'mediaIds' }) }
    }
    return {
      kind: 'committed',
      event: {
        tweetId: context.newId() as TweetId,
        authorId: actor,
        text,
        entities: entitiesOf(view, text),
        ...(inReplyTo === undefined ? {} : { inReplyTo }),
        ...(quoteOf === undefined ? {} : { quoteOf }),
        ...(location === undefined ? {} : { location }),
        ...(operationId === undefined ? {} : { operationId }),
      },
    }
  },

  apply(state, { tweetId, authorId, operationId, ...content }) {
    const author = state.users.index.intern(authorId)
    const createdAt = timeOfId(tweetId)
    state.noteIssuedId(tweetId)
    const tweet = state.tweets.put({ id: tweetId, authorId, createdAt, ...content }, author)
    state.authored.insert(author, tweetId)
    state.users.tweets.add(author, 1)
    if (content.inReplyTo !== undefined) {
      state.tweets.replies.add(state.tweets.intern(content.inReplyTo), 1)
    }
    if (operationId !== undefined && state.isHosted(authorId)) {
      const remembered = { actor: authorId, operationId, result: tweetId, timeMs: createdAt }
      state.remembered(partitionOfId(authorId)).remember(remembered)
    }
    state.deliver(author, tweetId)
    return tweet
  },

  effects(effects, { inReplyTo }, tweet) {
    effects.pushTweet(tweet)
    if (inReplyTo !== undefined) effects.countsChanged(inReplyTo)
  },

  answer(view, { actorIndex, partition, actor }, { params, event }, writer) {
    const { operationId } = params
    const tweetId =
      event?.tweetId ?? view.remembered(partition).resultOf(actor, operationId as string)
    writer.map(1)
    writer.text('tweet')
    writeTweet(writer, view, { tweet: view.tweets.find(tweetId as number), reader: actorIndex })
  },
})

/** The first attempt took effect: its tweet is the answer, unless it has been deleted since. */
function repeated(view: View, tweetId: TweetId) {
  if (view.tweets.find(tweetId) >= 0) return { kind: 'unchanged' } as const
  const error = failure('not_found', {
    message: 'This operation made a tweet that was deleted since.',
  })
  return { kind: 'failed', error } as const
}

/** The entities of a text; a mention of somebody who exists says who it is. */
function entitiesOf(view: View, text: string) {
  const { mentions, hashtags, urls } = extractEntities(text)
  return {
    mentions: mentions.map((mention) => {
      const user = view.users.findHandle(mention.handle)
      return user < 0 ? mention : { ...mention, userId: view.users.idOf(user) }
    }),
    hashtags,
    urls,
  }
}
