import { keyHashLengthMax } from '../apps.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Ends an application and its key: every socket that uses it is closed with 4011. */
export const appRevoke = defineOperation({
  name: 'app.revoke',
  code: 0xb3,
  summary: 'Revoke an application',
  owner: 'actor',
  access: 'user',
  request: { appId: f.id },
  answer: {},
  event: {
    userId: f.userId,
    appId: f.id,
    endedKeyHash: f.text({ lengthMax: keyHashLengthMax }),
  },
  refusals: {},
  http: { method: 'DELETE', path: '/v1/apps/{appId}', status: 204 },
})
