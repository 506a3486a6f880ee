// The shape of a notification: what others have done that concerns the reader.
//
// What is alike is one entry: all who favorited one tweet, all who retweeted it, all who followed on one day
// (UTC). The entry moves to the top with each of them, and keeps its `key`:
//
//   { key: "favorite:1147…", kind: "favorite", tweetId: 1147…, actorIds: [eve, bob, …], count: 5 }
//
// The grouping follows what Mastodon (`group_key`) and Twitter show.

import type { Value } from './fields.ts'
import { f } from './fields.ts'
import { notificationActorsMax, notificationGroupsMax } from './limits.ts'

/** In the order of their numbers in a shard's memory and in snapshots: new ones are added at the end. */
export const notificationKinds = [
  'mention',
  'reply',
  'quote',
  'retweet',
  'favorite',
  'follow',
  'follow_request',
  'follow_approved',
] as const
export type NotificationKind = (typeof notificationKinds)[number]

const id = f.id

export const notificationField = f.record({
  id: {
    ...id,
    meaning:
      'Of the newest that happened: entries are in its order, pages go on from it, and `notifications.markRead` takes it. It changes when more happens; `key` does not.',
  },
  key: f.text({
    lengthMax: 64,
    meaning: 'Names the entry for as long as it is there: a push with the same one replaces it.',
  }),
  kind: f.text({
    lengthMax: 16,
    meaning:
      '`mention`, `reply`, `quote`: a tweet does so; `retweet`, `favorite`: of a tweet of the reader; `follow`; `follow_request`: somebody asks to follow and waits; `follow_approved`: somebody has let the reader follow.',
  }),
  createdAt: { ...f.time, meaning: 'When the newest of it happened.' },
  tweetId: f.optional({
    ...f.tweetId,
    meaning:
      'For `mention`, `reply` and `quote` the tweet that does so; for `retweet` and `favorite` the tweet of the reader. It is in `tweets`.',
  }),
  actorIds: f.list(f.userId, {
    countMax: notificationActorsMax,
    meaning: 'Who did it, the newest first; the first few of `count`. They are in `users`.',
  }),
  count: {
    ...f.count,
    meaning: 'How many users did it. Of those who followed on one day, the newest 100 are counted.',
  },
  read: { ...f.boolean, meaning: 'Whether all of it is marked as read.' },
})

export type Notification = Value<typeof notificationField>

export const notificationsField = f.list(notificationField, { countMax: notificationGroupsMax })

/** How much of the list is new: for a badge. */
export const unreadCountField = {
  ...f.count,
  meaning: 'Entries in which something happened since they were last marked as read.',
}
