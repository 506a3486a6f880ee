// The registry of handlers: one line each to import, one to list. An operation without a handler does
// not compile.

import type { OperationName } from '../../protocol/operations/index.ts'
import { accountCreateHandler } from './account-create.ts'
import type { Handler } from './implement.ts'
import { liveSubscribeHandler } from './live-subscribe.ts'
import { liveUnsubscribeHandler } from './live-unsubscribe.ts'
import { sessionCreateHandler } from './session-create.ts'
import { sessionEndHandler } from './session-end.ts'
import { sessionResumeHandler } from './session-resume.ts'
import { timelineHomeHandler } from './timeline-home.ts'
import { timelineUserHandler } from './timeline-user.ts'
import { tweetDeleteHandler } from './tweet-delete.ts'
import { tweetFavoriteHandler } from './tweet-favorite.ts'
import { tweetGetHandler } from './tweet-get.ts'
import { tweetPostHandler } from './tweet-post.ts'
import { tweetUnfavoriteHandler } from './tweet-unfavorite.ts'
import { userFollowHandler } from './user-follow.ts'
import { userFollowersHandler } from './user-followers.ts'
import { userFollowingHandler } from './user-following.ts'
import { userGetHandler } from './user-get.ts'
import { userUnfollowHandler } from './user-unfollow.ts'

const handlers = {
  'account.create': accountCreateHandler,
  'session.create': sessionCreateHandler,
  'session.resume': sessionResumeHandler,
  'session.end': sessionEndHandler,
  'user.get': userGetHandler,
  'user.follow': userFollowHandler,
  'user.unfollow': userUnfollowHandler,
  'user.followers': userFollowersHandler,
  'user.following': userFollowingHandler,
  'tweet.post': tweetPostHandler,
  'tweet.get': tweetGetHandler,
  'tweet.delete': tweetDeleteHandler,
  'tweet.favorite': tweetFavoriteHandler,
  'tweet.unfavorite': tweetUnfavoriteHandler,
  'timeline.home': timelineHomeHandler,
  'timeline.user': timelineUserHandler,
  'live.subscribe': liveSubscribeHandler,
  'live.unsubscribe': liveUnsubscribeHandler,
} satisfies Record<OperationName, unknown>

/** By wire code. The definition of each handler fixes its types; here they are told at run time. */
export const handlersByCode: ReadonlyMap<number, Handler> = new Map(
  Object.values(handlers).map((handler) => [handler.operation.code, handler as unknown as Handler]),
)
