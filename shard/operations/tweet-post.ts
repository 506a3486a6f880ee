import { failure } from '../../protocol/errors.ts'
import type { TweetId } from '../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../protocol/ids.ts'
import type { Event } from '../../protocol/operation.ts'
import { tweetPost } from '../../protocol/operations/tweet-post.ts'
import { extractEntities } from '../../protocol/text/entities.ts'
import { attachMedia } from './attach-media.ts'
import { findReadableOriginal } from './find.ts'
import type { Context, View } from './implement.ts'
import { implementWrite } from './implement.ts'
import { writeTweet } from './present.ts'
import { noteTweet, whomItConcerns } from './tweet-notices.ts'
import { mayRead, visibilityMark } from './visibility.ts'

export const tweetPostHandler = implementWrite(tweetPost, {
  claims: ({ actor }, { operationId }) =>
    operationId === undefined ? [] : [`operation ${actor} ${operationId}`],

  decide(view, context, { text, inReplyTo, quoteOf, mediaIds, location, operationId, visibility }) {
    const { actor } = context
    if (operationId !== undefined) {
      const tweetId = resultOf(view, context, operationId)
      if (tweetId !== undefined) return repeated(view, tweetId)
    }
    const links = linksOf(view, context, { inReplyTo, quoteOf })
    if ('kind' in links) return links
    const media = attachMedia(view, context, mediaIds)
    if (media !== undefined && 'kind' in media) return media
    return {
      kind: 'committed',
      event: {
        tweetId: context.newId() as TweetId,
        authorId: actor,
        text,
        entities: entitiesOf(view, text),
        ...links,
        ...(location === undefined ? {} : { location }),
        ...(operationId === undefined ? {} : { operationId }),
        ...(media === undefined ? {} : { media }),
        ...(visibility === undefined || visibility === 'everyone' ? {} : { visibility }),
      },
    }
  },

  apply(state, { tweetId, authorId, operationId, inReplyToAuthorId, quoteOfAuthorId, ...content }) {
    const author = state.users.index.intern(authorId)
    const createdAt = timeOfId(tweetId)
    state.noteIssuedId(tweetId)
    const repliedTo =
      inReplyToAuthorId === undefined || inReplyToAuthorId === authorId
        ? undefined
        : state.users.index.intern(inReplyToAuthorId)
    const body = { id: tweetId, authorId, createdAt, ...content }
    const tweet = state.tweets.put(body, author, repliedTo)
    state.authored.insert(author, tweetId)
    const [isReply, hasMedia] = [content.inReplyTo !== undefined, content.media !== undefined]
    if (isReply || hasMedia) state.profileTabs.put(author, { id: tweetId, isReply, hasMedia })
    if (content.visibility !== undefined) {
      state.marked.add(visibilityMark(content.visibility), author, tweetId)
    }
    state.users.tweets.add(author, 1)
    if (content.inReplyTo !== undefined) {
      const parent = state.tweets.intern(content.inReplyTo)
      state.tweets.replies.add(parent, 1)
      state.repliesTo.insert(parent, tweetId)
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
    if (content.location !== undefined) state.places.put(tweetId, content.location)
    const isPublic = mayRead(state, { reader: -1, tweet })
    state.index.tweetArrived({ id: tweetId, author, isPublic }, content)
    noteTweet(state, { tweet, tweetId, authorId, inReplyToAuthorId, quoteOfAuthorId, ...content })
    state.deliver(author, tweetId, repliedTo)
    return tweet
  },

  effects(effects, event, tweet) {
    const { inReplyTo, entities } = event
    effects.pushTweet(tweet)
    for (const userId of whomItConcerns(event).keys()) effects.noticed(userId)
    if (entities.hashtags.length > 0) effects.pushTagged(tweet, entities.hashtags)
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

/** What the tweet replies to and quotes, with the author replied to: so `apply` needs neither of the two. */
function linksOf(
  view: View,
  { actorIndex }: Context,
  named: { readonly inReplyTo: TweetId | undefined; readonly quoteOf: TweetId | undefined },
) {
  let links: Links = {}
  for (const field of ['inReplyTo', 'quoteOf'] as const) {
    const tweetId = named[field]
    if (tweetId === undefined) continue
    const tweet = findReadableOriginal(view, actorIndex, tweetId, field)
    if (typeof tweet !== 'number') return tweet
    links = { ...links, [field]: view.tweets.idOf(tweet) }
    links = { ...links, [`${field}AuthorId`]: view.users.idOf(view.tweets.authorOf(tweet)) }
  }
  return links
}

type Links = Pick<
  Event<typeof tweetPost>,
  'inReplyTo' | 'quoteOf' | 'inReplyToAuthorId' | 'quoteOfAuthorId'
>

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
