import { keyHashLengthMax } from '../apps.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Says whose key it is. Gateways ask it, as they ask of a token. */
export const appIdentify = defineOperation({
  name: 'app.identify',
  code: 0xb5,
  summary: 'Say which application a key is of',
  owner: { subject: 'userId' },
  access: 'operator',
  request: { userId: f.userId, keyHash: f.text({ lengthMax: keyHashLengthMax }) },
  answer: { appId: f.id },
  refusals: {},
})
