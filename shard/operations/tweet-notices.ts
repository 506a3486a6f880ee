// Whom a new tweet concerns, beside those who read its author: whom it replies to, quotes or mentions.

import type { UserId } from '../../protocol/ids.ts'
import type { Event } from '../../protocol/operation.ts'
import type { tweetPost } from '../../protocol/operations/tweet-post.ts'
import type { ShardState } from '../state/shard-state.ts'

type Posted = Pick<Event<typeof tweetPost>, 'tweetId' | 'authorId' | 'entities'> & {
  readonly inReplyToAuthorId?: UserId | undefined
  readonly quoteOfAuthorId?: UserId | undefined
}
type Kind = 'reply' | 'quote' | 'mention'

const nobody: ReadonlyMap<UserId, Kind> = new Map()

/** Each of them once, by what concerns them most. */
export function whomItConcerns(posted: Posted): ReadonlyMap<UserId, Kind> {
  const { authorId, entities, inReplyToAuthorId, quoteOfAuthorId } = posted
  // Nearly every tweet.
  const isLinked = inReplyToAuthorId !== undefined || quoteOfAuthorId !== undefined
  if (!isLinked && entities.mentions.length === 0) return nobody
  const concerned = new Map<UserId, Kind>()
  for (const { userId } of entities.mentions) {
    if (userId !== undefined) concerned.set(userId, 'mention')
  }
  if (quoteOfAuthorId !== undefined) concerned.set(quoteOfAuthorId, 'quote')
  if (inReplyToAuthorId !== undefined) concerned.set(inReplyToAuthorId, 'reply')
  concerned.delete(authorId)
  return concerned
}

/** Notes a tweet for all whom it concerns, and that it has come, for what came before it. */
export function noteTweet(state: ShardState, posted: Posted & { readonly tweet: number }): void {
  const { tweet, tweetId, authorId } = posted
  const { notices, tweets, retweetsOf } = state
  for (const [recipientId, kind] of whomItConcerns(posted)) {
    notices.note({ kind, actorId: authorId, recipientId, subject: tweet }, tweetId)
  }
  if (tweets.favorites.get(tweet) > 0 || retweetsOf.length(tweet) > 0) {
    notices.subjectArrived(tweets.authorOf(tweet), tweet)
  }
}
