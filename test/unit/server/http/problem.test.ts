import { expect, test } from 'vitest'
import { failure, failures } from '../../../../protocol/errors.ts'
import { operations } from '../../../../protocol/registry.ts'
import { problemOf, statusOf } from '../../../../server/http/problem.ts'

test('an error has the status of the refusal that its operation declares, or of the failure', () => {
  expect(statusOf('handle_taken', operations['account.create'])).toBe(409)
  expect(statusOf('handle_taken')).toBe(500)
  expect(statusOf('toString', operations['account.create'])).toBe(500)
  for (const [code, { status }] of Object.entries(failures)) expect(statusOf(code)).toBe(status)
})

test('a problem says what, where, and what to do next, and holds no field that is empty', () => {
  const error = failure('rate_limited', { retryAfterMs: 70 })
  expect(problemOf(error, { requestId: 'r-1' })).toEqual({
    type: 'urn:rookery:problem:rate_limited',
    title: failures.rate_limited.meaning,
    status: 429,
    detail: failures.rate_limited.meaning,
    code: 'rate_limited',
    retry: 'later',
    retryAfterMs: 70,
    requestId: 'r-1',
  })
})
