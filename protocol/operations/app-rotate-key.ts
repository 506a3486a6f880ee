import { keyField, keyHashLengthMax } from '../apps.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Gives an application a new key. The old one ends: every socket that uses it is closed with 4011. */
export const appRotateKey = defineOperation({
  name: 'app.rotateKey',
  code: 0xb2,
  summary: 'Give an application a new key',
  owner: 'actor',
  access: 'user',
  request: { appId: f.id },
  answer: { appId: f.id, key: keyField },
  event: {
    userId: f.userId,
    appId: f.id,
    keyHash: f.text({ lengthMax: keyHashLengthMax }),
    endedKeyHash: f.text({ lengthMax: keyHashLengthMax }),
  },
  refusals: {},
  http: { method: 'PUT', path: '/v1/apps/{appId}/key' },
})
