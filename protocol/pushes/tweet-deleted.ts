import { f } from '../fields.ts'
import { definePush } from '../operation.ts'

/** A tweet that may be on display is gone, and with it all retweets of it. */
export const tweetDeleted = definePush({
  name: 'tweet.deleted',
  code: 0x02,
  summary: 'A tweet was deleted',
  data: { tweetId: f.tweetId },
})
