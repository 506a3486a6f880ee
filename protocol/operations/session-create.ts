import { tokenField, triedPassword } from '../credentials.ts'
import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation, operationId } from '../operation.ts'

/** Signs in. A wrong handle and a wrong password are answered alike, after the same time. */
export const sessionCreate = defineOperation({
  name: 'session.create',
  code: 0x02,
  summary: 'Sign in',
  owner: 'handle',
  access: 'anyone',
  session: 'opens',
  isCredential: true,
  request: {
    handle: f.text({ lengthMax: 15 }),
    password: triedPassword,
    operationId,
  },
  answer: { user: userField, token: tokenField },
  event: {
    userId: f.userId,
    tokenHash: f.text({ lengthMax: 64 }),
    tokenExpiresAt: f.time,
  },
  refusals: {
    wrong_credentials: {
      status: 401,
      meaning: 'The handle or the password is wrong.',
    },
    suspended: { status: 403, meaning: 'Operators have suspended this account.' },
  },
  http: { method: 'POST', path: '/v1/sessions', status: 201 },
})
