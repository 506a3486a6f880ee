import { f } from '../fields.ts'
import { definePush } from '../operation.ts'

/** New counts of a tweet that the socket was shown; at most one a second for each tweet. */
export const tweetCounts = definePush({
  name: 'tweet.counts',
  code: 0x03,
  summary: 'The counts of a tweet have changed',
  data: {
    tweetId: f.tweetId,
    favorites: f.count,
    retweets: f.count,
    replies: f.count,
  },
})
