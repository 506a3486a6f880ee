import { keyField } from '../apps.ts'
import { tokenField } from '../credentials.ts'
import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** Says who a token is. As the first request of a socket it signs the socket in. */
export const sessionResume = defineOperation({
  name: 'session.resume',
  code: 0x03,
  summary: 'Sign a socket in with a token',
  owner: 'token',
  access: 'anyone',
  session: 'resumes',
  request: {
    token: tokenField,
    apiKey: f.optional({
      ...keyField,
      meaning:
        'The key of the application, for programs that can send no `X-API-Key` header with the upgrade. The socket keeps it.',
    }),
  },
  answer: { user: userField },
  refusals: {},
})
