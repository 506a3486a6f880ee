// Finding what a request names: a user or a tweet, or the reason why it cannot be had.

import { failure } from '../../protocol/errors.ts'
import type { UserReference } from '../../protocol/fields.ts'
import type { Partition, TweetId, UserId } from '../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId } from '../../protocol/ids.ts'
import type { No, View } from './implement.ts'
import { mayRead } from './visibility.ts'

/** The dense index of what was found, or why there is none. */
export type Found = number | No<never>

export function findUserById(view: View, userId: number, field = 'userId'): Found {
  const user = view.users.find(userId)
  return user >= 0 ? user : { kind: 'absent', partition: partitionOfId(userId), field }
}

/** A user whom the actor may have marked: then also one who has deleted their account, so that the mark can be taken back. */
export function findMarkedUser(
  view: View,
  { kind, actorIndex, userId }: { kind: string; actorIndex: number; userId: UserId },
): Found {
  const user = view.users.indexOf(userId)
  const isMarked = user >= 0 && view.marks(kind).has(actorIndex, userId)
  return isMarked && view.users.hasCard(user) ? user : findUserById(view, userId)
}

/** Whether the log of its partition was heard here up to this id: what is not here then is gone. */
export function isHeardOf(view: View, id: number): boolean {
  return id <= view.lastIssuedId(partitionOfId(id))
}

export function findUser(view: View, reference: UserReference, partitionCount: number): Found {
  if ('id' in reference) return findUserById(view, reference.id, 'user')
  const user = view.users.findHandle(reference.handle)
  if (user >= 0) return user
  return absentHandle(reference.handle, partitionCount)
}

function absentHandle(handle: string, partitionCount: number): No<never> {
  const partition: Partition = partitionOfHandle(handle, partitionCount)
  return { kind: 'absent', partition, field: 'user' }
}

/** A tweet that can be shown to somebody: who may not see it is told nothing else of it. */
export function findReadableTweet(
  view: View,
  reader: number,
  tweetId: TweetId,
  field = 'tweetId',
): Found {
  const tweet = findTweet(view, tweetId, field)
  if (typeof tweet !== 'number' || mayRead(view, { reader, tweet })) return tweet
  return { kind: 'failed', error: failure('not_found', { field }) }
}

/** The same, or the original where a retweet was named. What refers to a tweet never refers to a retweet. */
export function findReadableOriginal(
  view: View,
  reader: number,
  tweetId: TweetId,
  field = 'tweetId',
): Found {
  const tweet = findReadableTweet(view, reader, tweetId, field)
  if (typeof tweet !== 'number') return tweet
  return originalOrSelf(view, tweet)
}

/** The id of the original of a retweet, which may be gone; any other id itself, also one that was never heard of. */
export function originalIdOf(view: View, tweetId: TweetId): TweetId {
  const tweet = view.tweets.indexOf(tweetId)
  return tweet < 0 ? tweetId : view.tweets.idOf(originalOrSelf(view, tweet))
}

/** The original of a retweet; any other tweet itself. */
export function originalOrSelf(view: View, tweet: number): number {
  const original = view.tweets.originalOf(tweet)
  return original < 0 ? tweet : original
}

/** A tweet that can be shown at all: to whom, visibility.ts says. */
export function findTweet(view: View, tweetId: TweetId, field = 'tweetId'): Found {
  const tweet = view.tweets.find(tweetId)
  if (tweet >= 0) return tweet
  // A retweet may be here and its original not.
  const retweet = view.tweets.findBody(tweetId)
  const missing = retweet < 0 ? tweetId : view.tweets.idOf(view.tweets.originalOf(retweet))
  if (view.tweets.isDeleted(missing)) {
    return { kind: 'failed', error: failure('not_found', { field }) }
  }
  return { kind: 'absent', partition: partitionOfId(missing), field }
}
