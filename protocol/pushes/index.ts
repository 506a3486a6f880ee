// The registry of pushes: what a server sends without being asked.

import type { Push } from '../operation.ts'
import { notification } from './notification.ts'
import { timelineTweet } from './timeline-tweet.ts'
import { tweetCounts } from './tweet-counts.ts'
import { tweetDeleted } from './tweet-deleted.ts'

export const pushes = {
  'timeline.tweet': timelineTweet,
  'tweet.deleted': tweetDeleted,
  'tweet.counts': tweetCounts,
  notification,
} as const

export type PushName = keyof typeof pushes

export const pushesByCode: ReadonlyMap<number, Push> = new Map(
  Object.values(pushes).map((push) => [push.code, push as Push]),
)
