import { positionField, tweetField, usersField } from '../entities.ts'
import { definePush } from '../operation.ts'

/** A tweet has reached the home timeline. The same bytes go to every follower. */
export const timelineTweet = definePush({
  name: 'timeline.tweet',
  code: 0x01,
  summary: 'A new tweet in the home timeline',
  data: { tweet: tweetField, users: usersField, position: positionField },
  acceptedId: ['tweet', 'id'],
})
