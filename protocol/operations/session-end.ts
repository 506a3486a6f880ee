import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Signs out: the token ends, and every socket that uses it is closed with 4010. */
export const sessionEnd = defineOperation({
  name: 'session.end',
  code: 0x04,
  summary: 'Sign out',
  owner: 'actor',
  access: 'user',
  session: 'ends',
  request: {},
  answer: {},
  event: { userId: f.userId, tokenHash: f.text({ lengthMax: 64 }) },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/sessions/current', status: 204 },
})
