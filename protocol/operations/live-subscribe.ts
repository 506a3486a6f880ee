import { positionField, referencedField, tweetsField, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { resumeItemsMax, tagLengthMax } from '../limits.ts'
import { notificationsField, unreadCountField } from '../notifications.ts'
import { defineOperation } from '../operation.ts'
import { checkTag } from '../tag.ts'

const tagPrefix = 'tag:'
export const notificationsChannel = 'notifications'

export const channelField = f.text({
  lengthMax: tagPrefix.length + tagLengthMax,
  meaning:
    '`home`: the home timeline as it happens; `notifications`: what concerns the actor; `tag:NAME`: the tweets with a hashtag. A socket may have `home`, `notifications` and 16 tags.',
  rule: (text) => {
    if (text === 'home' || text === notificationsChannel) return text
    const tag = text.startsWith(tagPrefix) ? checkTag(text.slice(tagPrefix.length)) : undefined
    const problem = 'must be home, notifications or tag:NAME'
    return typeof tag === 'string' ? tagPrefix + tag : { problem }
  },
})

/** The folded name in a channel that has been checked; undefined for one that is not of a tag. */
export function tagOfChannel(channel: string): string | undefined {
  return channel.startsWith(tagPrefix) ? channel.slice(tagPrefix.length) : undefined
}

const deletedTweetIds = f.optional({
  ...f.list(f.tweetId, { countMax: resumeItemsMax }),
  meaning: 'Tweets that were deleted since the position, and may still be on display.',
})

/**
 * Starts the pushes of a channel. With a position, the answer holds exactly what was missed since
 * (`recovered: true`), or, where that cannot be told any more, the newest page (`recovered: false`):
 * never a part. Without a position it holds the newest page. In the channel `notifications`, `tweets` are those that
 * the notifications name.
 */
export const liveSubscribe = defineOperation({
  name: 'live.subscribe',
  code: 0x40,
  summary: 'Receive the home timeline, notifications or a hashtag as it happens',
  owner: 'actor',
  access: 'user',
  isLive: true,
  request: { channel: channelField, position: f.optional(positionField) },
  answer: {
    tweets: tweetsField,
    referenced: referencedField,
    users: usersField,
    position: positionField,
    recovered: f.boolean,
    deletedTweetIds,
    notifications: f.optional({
      ...notificationsField,
      meaning: 'In the channel `notifications` alone: the entries in which something happened.',
    }),
    unreadCount: f.optional({ ...unreadCountField, meaning: 'In the same channel.' }),
  },
  refusals: {},
})
