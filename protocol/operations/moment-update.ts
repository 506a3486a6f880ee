import {
  descriptionField,
  keptDescription,
  keptTitle,
  momentField,
  titleField,
} from '../collections.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Edits one of the actor's moments: what is not given stays. */
export const momentUpdate = defineOperation({
  name: 'moment.update',
  code: 0x1c1,
  summary: 'Edit a moment',
  owner: 'actor',
  access: 'user',
  request: {
    momentId: f.id,
    title: f.optional(titleField),
    description: f.optional(descriptionField),
    coverTweetId: f.optional({ ...f.tweetId, meaning: 'One of its tweets.' }),
  },
  answer: { moment: momentField },
  event: {
    actorId: f.userId,
    momentId: f.id,
    title: f.optional(keptTitle),
    description: f.optional(keptDescription),
    coverTweetId: f.optional(f.tweetId),
  },
  refusals: {
    not_in_moment: { status: 409, meaning: 'The tweet is not in the moment.' },
  },
  http: { method: 'PUT', path: '/v1/moments/{momentId}' },
})
