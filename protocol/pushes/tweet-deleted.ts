import { f } from '../fields.ts'
import { definePush } from '../operation.ts'

/** A tweet that may be on display is gone. */
export const tweetDeleted = definePush({
  name: 'tweet.deleted',
  code: 0x02,
  summary: 'A tweet was deleted',
  data: { tweetId: f.tweetId },
})
