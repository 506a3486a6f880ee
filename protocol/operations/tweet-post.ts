import { ruleOf } from '../credentials.ts'
import { entitiesField, locationField, tweetField, visibilityField } from '../entities.ts'
import { f } from '../fields.ts'
import { mediaPerTweetMax } from '../limits.ts'
import { mediaField, mediaIdField } from '../media.ts'
import { defineOperation, operationId } from '../operation.ts'
import { checkTweetText } from '../text/normalize.ts'

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
    mediaIds: f.optional(
      f.list(mediaIdField, {
        countMax: mediaPerTweetMax,
        meaning: 'Up to 4 photos or one video, which the author uploaded within the last day.',
      }),
    ),
    location: f.optional(locationField),
    visibility: f.optional(visibilityField),
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
    media: f.optional(mediaField),
    /** Whose tweet it replies to: it is for those who follow both. */
    inReplyToAuthorId: f.optional(f.userId),
    visibility: f.optional(visibilityField),
    /** Whose tweet it quotes: they are told. */
    quoteOfAuthorId: f.optional(f.userId),
  },
  refusals: {},
  http: {
    method: 'POST',
    path: '/v1/tweets',
    status: 201,
    location: '/v1/tweets/{tweet.id}',
  },
})
