// Finding what a request names: a user or a tweet, or the reason why it cannot be had.

import { failure } from '../../protocol/errors.ts'
import type { UserReference } from '../../protocol/fields.ts'
import type { Partition, TweetId } from '../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId } from '../../protocol/ids.ts'
import type { No, View } from './implement.ts'

/** The dense index of what was found, or why there is none. */
export type Found = number | No<never>

export function findUserById(view: View, userId: number, field = 'userId'): Found {
  const user = view.users.find(userId)
  return user >= 0 ? user : { kind: 'absent', partition: partitionOfId(userId), field }
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

/** A tweet that can be shown. */
export function findTweet(view: View, tweetId: TweetId, field = 'tweetId'): Found {
  const tweet = view.tweets.find(tweetId)
  if (tweet >= 0) return tweet
  if (view.tweets.isDeleted(tweetId)) {
    return { kind: 'failed', error: failure('not_found', { field }) }
  }
  return { kind: 'absent', partition: partitionOfId(tweetId), field }
}
