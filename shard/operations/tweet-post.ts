import { failure } from '../../protocol/errors.ts'
import type { TweetId } from '../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../protocol/ids.ts'
import { tweetPost } from '../../protocol/operations/tweet-post.ts'
import { extractEntities } from '../../protocol/text/entities.ts'
import { findTweet } from './find.ts'
import type { Context, View } from './implement.ts'
import { implementWrite } from './implement.ts'
import { writeTweet } from './present.ts'

export const tweetPostHandler = implementWrite(tweetPost, {
  claims: ({ actor }, { operationId }) =>
    operationId === undefined ? [] : [`operation ${actor} ${operationId}`],

  decide(view, context, { text, inReplyTo, quoteOf, mediaIds, location, operationId }) {
    const { actor } = context
    if (operationId !== undefined) {
      const tweetId = resultOf(view, context, operationId)
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
      state.remembered(partitionOfId(authorId)).remember({
        operation: tweetPost.code,
        actor: authorId,
        operationId,
        result: tweetId,
        timeMs: createdAt,
      })
    }
    state.deliver(author, tweetId)
    return tweet
  },

  effects(effects, { inReplyTo }, tweet) {
    effects.pushTweet(tweet)
    if (inReplyTo !== undefined) effects.countsChanged(inReplyTo)
  },

  answer(view, context, { params, event }, writer) {
    const tweetId = event?.tweetId ?? resultOf(view, context, params.operationId as string)
    const tweet = view.tweets.find(tweetId as TweetId)
    writer.map(1)
    writer.text('tweet')
    writeTweet(writer, view, { tweet, reader: context.actorIndex })
  },
})

/** The tweet that an earlier attempt with this key has made. */
function resultOf(view: View, context: Context, operationId: string): TweetId | undefined {
  const attempt = { operation: tweetPost.code, actor: context.actor, operationId }
  return view.remembered(context.partition).resultOf(attempt) as TweetId | undefined
}

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
