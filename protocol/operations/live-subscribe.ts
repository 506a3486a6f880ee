import { positionField, referencedField, tweetsField, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { resumeItemsMax, tagLengthMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'
import { checkTag } from '../tag.ts'

const tagPrefix = 'tag:'

export const channelField = f.text({
  lengthMax: tagPrefix.length + tagLengthMax,
  meaning:
    '`home`: the home timeline as it happens; `tag:NAME`: the tweets with a hashtag. A socket may have `home` and 16 tags.',
  rule: (text) => {
    if (text === 'home') return text
    const tag = text.startsWith(tagPrefix) ? checkTag(text.slice(tagPrefix.length)) : undefined
    return typeof tag === 'string' ? tagPrefix + tag : { problem: 'must be home or tag:NAME' }
  },
})

/** The folded name in a channel that has been checked; undefined for `home`. */
export function tagOfChannel(channel: string): string | undefined {
  return channel === 'home' ? undefined : channel.slice(tagPrefix.length)
}

const deletedTweetIds = f.optional({
  ...f.list(f.tweetId, { countMax: resumeItemsMax }),
  meaning: 'Tweets that were deleted since the position, and may still be on display.',
})

/**
 * Starts the pushes of a channel. With a position, the answer holds exactly what was missed since
 * (`recovered: true`), or, where that cannot be told any more, the newest page (`recovered: false`):
 * never a part. Without a position it holds the newest page.
 */
export const liveSubscribe = defineOperation({
  name: 'live.subscribe',
  code: 0x40,
  summary: 'Receive the home timeline or a hashtag as it happens',
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
  },
  refusals: {},
})
