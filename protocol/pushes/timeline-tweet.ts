import { positionField, referencedField, tweetField, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { tagLengthMax } from '../limits.ts'
import { definePush } from '../operation.ts'

/** A tweet has reached the home timeline, or the channel of a tag. The same bytes go to every follower. */
export const timelineTweet = definePush({
  name: 'timeline.tweet',
  code: 0x01,
  summary: 'A new tweet in a channel',
  data: {
    tweet: tweetField,
    referenced: referencedField,
    users: usersField,
    position: positionField,
    channel: f.optional(
      f.text({
        lengthMax: tagLengthMax + 4,
        meaning: 'The channel that it came by, such as `tag:NAME`; absent for `home`.',
      }),
    ),
  },
  acceptedId: ['tweet', 'id'],
})
