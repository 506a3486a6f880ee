import { mutedWordField, olderCursor, pageRequest } from '../entities.ts'
import { f } from '../fields.ts'
import { pageLimitMax, wordsMutedMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/** The words and threads that the actor has muted: all words, and a page of threads, the newest first. */
export const mutesList = defineOperation({
  name: 'mutes.list',
  code: 0x8e,
  summary: 'List muted words and threads',
  owner: 'actor',
  access: 'user',
  request: pageRequest,
  answer: {
    words: f.list(mutedWordField, { countMax: wordsMutedMax }),
    threadIds: f.list(f.tweetId, {
      countMax: pageLimitMax,
      meaning: 'The tweets with which the muted threads begin.',
    }),
    olderCursor,
  },
  refusals: {},
  http: { method: 'GET', path: '/v1/mutes' },
})
