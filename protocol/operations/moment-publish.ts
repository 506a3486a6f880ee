import { momentField } from '../collections.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Shows one of the actor's moments to all who may see what the actor writes. */
export const momentPublish = defineOperation({
  name: 'moment.publish',
  code: 0x1c5,
  summary: 'Publish a moment',
  owner: 'actor',
  access: 'user',
  request: { momentId: f.id },
  answer: { moment: momentField },
  event: { actorId: f.userId, momentId: f.id },
  refusals: {},
  http: { method: 'PUT', path: '/v1/moments/{momentId}/publish' },
})
