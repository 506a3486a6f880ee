import { referencedField, tweetField, usersField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** A tweet with its author. */
export const tweetGet = defineOperation({
  name: 'tweet.get',
  code: 0x21,
  summary: 'Read a tweet',
  owner: { readerOr: 'tweetId' },
  access: 'anyone',
  request: { tweetId: f.tweetId },
  answer: { tweet: tweetField, referenced: referencedField, users: usersField },
  refusals: {},
  http: { method: 'GET', path: '/v1/tweets/{tweetId}' },
})
