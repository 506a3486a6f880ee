import { entitiesField, locationField, tweetField } from '../entities.ts'
import { f } from '../fields.ts'
import { mediaPerTweetMax } from '../limits.ts'
import { defineOperation, operationId } from '../operation.ts'
import { checkTweetText } from '../text/normalize.ts'
import { ruleOf } from './credentials.ts'

/** Posts a tweet: one log entry, however many followers read it. */
export const tweetPost = defineOperation({
  name: 'tweet.post',
  code: 0x20,
  summary: 'Post a tweet',
  owner: 'actor',
  access: 'user',
  request: {
    text: f.text({
      lengthMax: 4096,
      rule: ruleOf(checkTweetText),
      meaning: '1 to 280 by the weighting of twitter-text 3; a URL counts 23.',
    }),
    inReplyTo: f.optional(f.tweetId),
    quoteOf: f.optional(f.tweetId),
    mediaIds: f.optional(f.list(f.text({ lengthMax: 64 }), { countMax: mediaPerTweetMax })),
    location: f.optional(locationField),
    operationId,
  },
  answer: { tweet: tweetField },
  event: {
    tweetId: f.tweetId,
    authorId: f.userId,
    text: f.text({ lengthMax: 4096 }),
    entities: entitiesField,
    inReplyTo: f.optional(f.tweetId),
    quoteOf: f.optional(f.tweetId),
    location: f.optional(locationField),
    operationId,
  },
  refusals: {},
  http: {
    method: 'POST',
    path: '/v1/tweets',
    status: 201,
    location: '/v1/tweets/{tweet.id}',
  },
})
