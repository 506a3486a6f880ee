import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** A user by id or by handle. */
export const userGet = defineOperation({
  name: 'user.get',
  code: 0x10,
  summary: 'Read a user',
  owner: { readerOr: 'user' },
  access: 'anyone',
  request: { user: f.userReference },
  answer: { user: userField },
  refusals: {
    suspended: { status: 403, meaning: 'Operators have suspended this account.' },
  },
  http: { method: 'GET', path: '/v1/users/{user}' },
})
