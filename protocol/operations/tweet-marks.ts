import { tweetViewerField } from '../entities.ts'
import { f } from '../fields.ts'
import { pageTweetsMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/**
 * Says what a user has to do with some tweets, in the order in which they are named. Only whoever hosts the user
 * knows; gateways ask it about a page that another shard has made.
 */
export const tweetMarks = defineOperation({
  name: 'tweet.marks',
  code: 0xe3,
  summary: 'What a user has to do with some tweets',
  owner: { subject: 'userId' },
  access: 'operator',
  request: { userId: f.userId, tweetIds: f.list(f.tweetId, { countMax: pageTweetsMax }) },
  answer: { marks: f.list(tweetViewerField, { countMax: pageTweetsMax }) },
  refusals: {},
})
