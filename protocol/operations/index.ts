// The registry of operations: one line each to import, one to list. Everything that has to know all
// operations iterates over it.

import type { Operation } from '../operation.ts'
import { accountCreate } from './account-create.ts'
import { liveSubscribe } from './live-subscribe.ts'
import { liveUnsubscribe } from './live-unsubscribe.ts'
import { sessionCreate } from './session-create.ts'
import { sessionEnd } from './session-end.ts'
import { sessionResume } from './session-resume.ts'
import { timelineHome } from './timeline-home.ts'
import { timelineUser } from './timeline-user.ts'
import { tweetDelete } from './tweet-delete.ts'
import { tweetFavorite } from './tweet-favorite.ts'
import { tweetGet } from './tweet-get.ts'
import { tweetPost } from './tweet-post.ts'
import { tweetUnfavorite } from './tweet-unfavorite.ts'
import { userFollow } from './user-follow.ts'
import { userFollowers } from './user-followers.ts'
import { userFollowing } from './user-following.ts'
import { userGet } from './user-get.ts'
import { userUnfollow } from './user-unfollow.ts'

export const operations = {
  'account.create': accountCreate,
  'session.create': sessionCreate,
  'session.resume': sessionResume,
  'session.end': sessionEnd,
  'user.get': userGet,
  'user.follow': userFollow,
  'user.unfollow': userUnfollow,
  'user.followers': userFollowers,
  'user.following': userFollowing,
  'tweet.post': tweetPost,
  'tweet.get': tweetGet,
  'tweet.delete': tweetDelete,
  'tweet.favorite': tweetFavorite,
  'tweet.unfavorite': tweetUnfavorite,
  'timeline.home': timelineHome,
  'timeline.user': timelineUser,
  'live.subscribe': liveSubscribe,
  'live.unsubscribe': liveUnsubscribe,
} as const

export type OperationName = keyof typeof operations

/** The definition of a name that a client sent; undefined where there is none. */
export function operationNamed(name: string): Operation | undefined {
  return Object.hasOwn(operations, name) ? operations[name as OperationName] : undefined
}

/** By wire code, for the two ends of a cluster link and for the log. */
export const operationsByCode: ReadonlyMap<number, Operation> = new Map(
  Object.values(operations).map((operation) => [operation.code, operation as Operation]),
)
