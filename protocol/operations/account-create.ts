import { newPassword, ruleOf, tokenField } from '../credentials.ts'
import { userField } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation, operationId } from '../operation.ts'
import { checkHandle, checkName } from '../text/normalize.ts'

/** Signs up: makes the user and the first session. */
export const accountCreate = defineOperation({
  name: 'account.create',
  code: 0x01,
  summary: 'Sign up',
  owner: 'handle',
  access: 'anyone',
  session: 'opens',
  isCredential: true,
  request: {
    handle: f.text({
      lengthMax: 15,
      rule: ruleOf(checkHandle),
      meaning: '1 to 15 of A-Z a-z 0-9 _, unique without regard to case.',
    }),
    name: f.text({
      lengthMax: 200,
      rule: ruleOf(checkName),
      meaning: 'The name shown: 1 to 50 characters.',
    }),
    password: newPassword,
    email: f.optional(
      f.text({
        lengthMax: 254,
        isSecret: true,
        rule: (text) =>
          /^[^\s@]+@[^\s@]+$/.test(text) ? text : { problem: 'must be an e-mail address' },
      }),
    ),
    birthDate: f.optional(
      f.text({
        lengthMax: 10,
        isSecret: true,
        meaning: 'As YYYY-MM-DD.',
        rule: (text) => (isDate(text) ? text : { problem: 'must be a date such as 2001-12-31' }),
      }),
    ),
    operationId,
  },
  answer: { user: userField, token: tokenField },
  event: {
    userId: f.userId,
    handle: f.text({ lengthMax: 15 }),
    name: f.text({ lengthMax: 200 }),
    passwordHash: f.text({ lengthMax: 256 }),
    tokenHash: f.text({ lengthMax: 64 }),
    tokenExpiresAt: f.time,
    email: f.optional(f.text({ lengthMax: 254 })),
    birthDate: f.optional(f.text({ lengthMax: 10 })),
    operationId,
  },
  refusals: {
    handle_taken: { status: 409, meaning: 'Somebody has this handle.' },
  },
  http: {
    method: 'POST',
    path: '/v1/users',
    status: 201,
    location: '/v1/users/{user.id}',
  },
})

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const timeMs = Date.parse(text)
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(text)
}
