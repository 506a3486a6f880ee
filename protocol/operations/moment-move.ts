import { momentField } from '../collections.ts'
import { f } from '../fields.ts'
import { momentTweetsMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

/** Moves a tweet of one of the actor's moments to another place; the others move up. */
export const momentMove = defineOperation({
  name: 'moment.move',
  code: 0x1c4,
  summary: 'Move a tweet within a moment',
  owner: 'actor',
  access: 'user',
  request: {
    momentId: f.id,
    tweetId: f.tweetId,
    place: {
      ...f.integer({ min: 0, max: momentTweetsMax - 1 }),
      meaning: 'Counted from 0; beyond the last one is at the end.',
    },
  },
  answer: { moment: momentField },
  event: {
    actorId: f.userId,
    momentId: f.id,
    tweetId: f.tweetId,
    place: f.integer({ min: 0, max: momentTweetsMax - 1 }),
  },
  refusals: {
    not_in_moment: { status: 409, meaning: 'The tweet is not in the moment.' },
  },
  http: { method: 'PUT', path: '/v1/moments/{momentId}/tweets/{tweetId}/place' },
})
