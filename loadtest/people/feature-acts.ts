// How each action of a feature is said to a server, and what its acknowledgement means.

import type { TweetId, UserId } from '../../protocol/ids.ts'
import { timeOfId } from '../../protocol/ids.ts'
import { type Act, unless } from './act.ts'
import type { ActionOf, FeatureAction } from './actions.ts'
import { promotionActs } from './promotion-acts.ts'

const post: Act<ActionOf<'reply' | 'quote' | 'whisper' | 'post-more'>> = async (hands, action) => {
  const { client, world, upload } = hands
  const { userId, text, inReplyTo, quoteOf, visibility, location, pictures } = action
  const mediaIds: string[] = []
  for (const picture of pictures ?? []) mediaIds.push(await upload(picture, userId))
  const plain = {
    ...(visibility === undefined ? {} : { visibility }),
    ...(location === undefined ? {} : { location }),
    ...(pictures === undefined ? {} : { mediaIds }),
  }
  const { tweet } = await client.call('tweet.post', {
    text,
    ...plain,
    ...(inReplyTo === undefined ? {} : { inReplyTo: inReplyTo as TweetId }),
    ...(quoteOf === undefined ? {} : { quoteOf: quoteOf as TweetId }),
  })
  const { id, authorId, createdAt } = tweet
  // What refers to a retweet refers to its original.
  const original = (tweetId: number) => world.original(world.tweet(tweetId)).id
  return {
    type: 'tweet',
    id,
    authorId,
    text,
    createdAt,
    ...plain,
    ...(inReplyTo === undefined ? {} : { inReplyTo: original(inReplyTo) }),
    ...(quoteOf === undefined ? {} : { quoteOf: original(quoteOf) }),
  }
}

const markTweet: Act<
  ActionOf<'bookmark' | 'unbookmark' | 'mute-thread' | 'unmute-thread' | 'pin' | 'unpin'>
> = async ({ client }, { kind, userId, tweetId }) => {
  const names = {
    bookmark: 'tweet.bookmark',
    unbookmark: 'tweet.unbookmark',
    'mute-thread': 'mutes.addThread',
    'unmute-thread': 'mutes.removeThread',
    pin: 'tweet.pin',
    unpin: 'tweet.unpin',
  } as const
  await client.call(names[kind], { tweetId: tweetId as TweetId })
  return { type: kind, userId, tweetId }
}

const aboutUser: Act<ActionOf<'block' | 'unblock' | 'mute' | 'unmute'>> = async (
  { client },
  { kind, userId, otherId },
) => {
  await client.call(`user.${kind}`, { userId: otherId as UserId })
  return { type: kind, userId, otherId }
}

const answerRequest: Act<ActionOf<'approve' | 'reject'>> = async ({ client }, action) => {
  const { kind, userId, otherId, isRaced } = action
  const call = client.call(`user.${kind}Follow`, { userId: otherId as UserId })
  const answer = await unless('no_request', call, action)
  // A repeat that finds no request any more was done by the first sending; in a race nobody knows.
  if (answer === undefined && isRaced === true) return undefined
  return { type: kind, userId, followerId: otherId }
}

const setOpenness: Act<ActionOf<'protect' | 'open'>> = async ({ client }, { kind, userId }) => {
  await client.call('user.update', { protected: kind === 'protect' })
  return { type: kind, userId }
}

const muteWord: Act<ActionOf<'mute-word' | 'unmute-word'>> = async (
  { client },
  { kind, userId, word },
) => {
  await client.call(kind === 'mute-word' ? 'mutes.addWord' : 'mutes.removeWord', { word })
  return { type: kind, userId, word }
}

const make: Act<ActionOf<'make-list' | 'make-moment'>> = async ({ client }, action) => {
  const { kind, userId: ownerId, title } = action
  if (kind === 'make-list') {
    const { list } = await client.call('list.create', { name: title })
    return { type: 'collection', kind: 'list', id: list.id, ownerId, title, isPrivate: false }
  }
  const { moment } = await client.call('moment.create', { title })
  return { type: 'collection', kind: 'moment', id: moment.id, ownerId, title, isPrivate: true }
}

const change: Act<ActionOf<'put' | 'take'>> = async ({ client, world }, action) => {
  const { kind, collectionId, itemId, place } = action
  if (world.collection(collectionId).kind === 'list') {
    const params = { listId: collectionId, userId: itemId as UserId }
    await client.call(kind === 'put' ? 'list.addMember' : 'list.removeMember', params)
  } else {
    const params = { momentId: collectionId, tweetId: itemId as TweetId }
    if (kind === 'put') await client.call('moment.addTweet', { ...params, place })
    else await client.call('moment.removeTweet', params)
  }
  return kind === 'put'
    ? { type: 'put', collectionId, itemId, place }
    : { type: 'take', collectionId, itemId }
}

const show: Act<ActionOf<'show' | 'hide'>> = async ({ client, world }, { kind, collectionId }) => {
  const isPrivate = kind === 'hide'
  if (world.collection(collectionId).kind === 'list') {
    await client.call('list.update', { listId: collectionId, private: isPrivate })
  } else await client.call('moment.publish', { momentId: collectionId })
  return { type: 'show', collectionId, isPrivate }
}

const entitle: Act<ActionOf<'entitle'>> = async ({ client, world }, action) => {
  const { collectionId, title } = action
  if (world.collection(collectionId).kind === 'list') {
    await client.call('list.update', { listId: collectionId, name: title })
  } else await client.call('moment.update', { momentId: collectionId, title })
  return { type: 'entitle', collectionId, title }
}

const followCollection: Act<ActionOf<'follow-collection' | 'unfollow-collection'>> = async (
  { client, world },
  { kind, userId, collectionId },
) => {
  const verb = kind === 'follow-collection' ? 'follow' : 'unfollow'
  if (world.collection(collectionId).kind === 'list') {
    await client.call(`list.${verb}`, { listId: collectionId })
  } else await client.call(`moment.${verb}`, { momentId: collectionId })
  return { type: kind, userId, collectionId }
}

export const featureActs: {
  readonly [K in FeatureAction['kind']]: Act<ActionOf<K>>
} = {
  reply: post,
  quote: post,
  whisper: post,
  'post-more': post,
  retweet: async ({ client, world }, { userId: authorId, tweetId }) => {
    const { retweetId: id } = await client.call('tweet.retweet', { tweetId: tweetId as TweetId })
    const retweetOf = world.original(world.tweet(tweetId)).id
    return { type: 'tweet', id, authorId, text: '', createdAt: timeOfId(id), retweetOf }
  },
  unretweet: async ({ client, world }, { userId, tweetId }) => {
    await client.call('tweet.unretweet', { tweetId: tweetId as TweetId })
    return { type: 'delete', tweetId: world.retweetBy(userId, world.tweet(tweetId))!.id }
  },
  bookmark: markTweet,
  unbookmark: markTweet,
  'mute-thread': markTweet,
  pin: markTweet,
  unpin: markTweet,
  'unmute-thread': markTweet,
  block: aboutUser,
  unblock: aboutUser,
  mute: aboutUser,
  unmute: aboutUser,
  approve: answerRequest,
  reject: answerRequest,
  protect: setOpenness,
  open: setOpenness,
  rename: async ({ client }, { userId, name }) => {
    await client.call('user.update', { name })
    return { type: 'rename', userId, name }
  },
  leave: async ({ client }, { userId, password }) => {
    // A repeat finds the session ended.
    await unless('unauthenticated', client.call('account.delete', { password }), {})
    return { type: 'leave', userId }
  },
  suspend: async ({ operator, world }, { userId }) => {
    const { handle } = world.user(userId)
    await operator!.call('user.suspend', { handle, by: 'load', reason: 'a load run' })
    return { type: 'suspend', userId }
  },
  'mute-word': muteWord,
  'unmute-word': muteWord,
  'make-list': make,
  'make-moment': make,
  put: change,
  take: change,
  show,
  hide: show,
  drop: async ({ client, world }, { collectionId }) => {
    const { kind } = world.collection(collectionId)
    const call =
      kind === 'list'
        ? client.call('list.delete', { listId: collectionId })
        : client.call('moment.delete', { momentId: collectionId })
    await unless('not_found', call, {})
    return { type: 'drop', collectionId }
  },
  'follow-collection': followCollection,
  'unfollow-collection': followCollection,
  entitle,
  cover: async ({ client }, { collectionId, itemId }) => {
    const coverTweetId = itemId as TweetId
    await client.call('moment.update', { momentId: collectionId, coverTweetId })
    return { type: 'cover', collectionId, itemId }
  },
  move: async ({ client }, { collectionId, itemId, place }) => {
    const tweetId = itemId as TweetId
    await client.call('moment.move', { momentId: collectionId, tweetId, place })
    return { type: 'move', collectionId, itemId, place }
  },
  ...promotionActs,
}
