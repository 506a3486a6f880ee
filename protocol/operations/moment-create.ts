import {
  descriptionField,
  keptDescription,
  keptTitle,
  momentField,
  titleField,
} from '../collections.ts'
import { f } from '../fields.ts'
import { defineOperation, operationId } from '../operation.ts'

/** Makes a moment: an ordered collection of tweets with a title, which only the owner sees until it is published. */
export const momentCreate = defineOperation({
  name: 'moment.create',
  code: 0x1c0,
  summary: 'Make a moment',
  owner: 'actor',
  access: 'user',
  request: {
    title: titleField,
    description: f.optional(descriptionField),
    coverTweetId: f.optional({
      ...f.tweetId,
      meaning: 'Its first tweet, and the one that stands for it.',
    }),
    operationId,
  },
  answer: { moment: momentField },
  event: {
    momentId: f.id,
    actorId: f.userId,
    title: keptTitle,
    description: keptDescription,
    coverTweetId: f.optional(f.tweetId),
    operationId,
  },
  refusals: {},
  http: { method: 'POST', path: '/v1/moments', status: 201, location: '/v1/moments/{moment.id}' },
})
