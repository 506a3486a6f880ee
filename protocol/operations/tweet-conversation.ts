import { pageRequest, tweetField, tweetPage, tweetsField } from '../entities.ts'
import { f } from '../fields.ts'
import { ancestorsMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/**
 * A tweet in its conversation: what it replies to, up to the root, and the replies to it, newest first. Of a
 * retweet, the conversation of the original.
 */
export const tweetConversation = defineOperation({
  name: 'tweet.conversation',
  code: 0x70,
  summary: 'Read a conversation',
  owner: { readerOr: 'tweetId' },
  access: 'anyone',
  request: { tweetId: f.tweetId, ...pageRequest },
  answer: {
    ...tweetPage,
    ancestors: {
      ...tweetsField,
      meaning: `What the tweet replies to, the root first; of a longer chain the nearest ${ancestorsMax}.`,
    },
    missing: f.optional({
      ...f.tweetId,
      meaning:
        'The ancestor before the first of `ancestors`, where it cannot be shown: it was deleted, or is hidden from the reader.',
    }),
    tweet: tweetField,
  },
  refusals: {},
  http: { method: 'GET', path: '/v1/tweets/{tweetId}/conversation' },
})
