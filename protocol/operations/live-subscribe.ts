import { positionField, tweetsField, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { resumeItemsMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

export const channelField = f.text({
  lengthMax: 64,
  meaning: '`home`: the home timeline as it happens.',
  rule: (text) => (text === 'home' ? text : { problem: 'must be a channel: home' }),
})

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
  summary: 'Receive the home timeline as it happens',
  owner: 'actor',
  access: 'user',
  isLive: true,
  request: { channel: channelField, position: f.optional(positionField) },
  answer: {
    position: positionField,
    recovered: f.boolean,
    tweets: tweetsField,
    users: usersField,
    deletedTweetIds,
  },
  refusals: {},
})
