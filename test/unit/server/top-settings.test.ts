import { expect, test } from 'vitest'
import { readTopOptions } from '../../../server/top-settings.ts'

const ROOKERY_OPERATOR_TOKEN = 'a token of operators'

test('the address is an argument, or the admin port of the settings', () => {
  const env = { ROOKERY_OPERATOR_TOKEN, ROOKERY_ADMIN_PORT: '9101' }
  const expected = { url: 'http://127.0.0.1:9101', token: ROOKERY_OPERATOR_TOKEN, isOnce: false }
  expect(readTopOptions([], env)).toEqual(expected)
  expect(readTopOptions(['http://gate:9', '--once'], env)).toEqual({
    ...expected,
    url: 'http://gate:9',
    isOnce: true,
  })
})

test.each([
  ['ROOKERY_OPERATOR_TOKEN', [], {}],
  ['npm run top -- http://', [], { ROOKERY_OPERATOR_TOKEN }],
  ['no address', ['gate'], { ROOKERY_OPERATOR_TOKEN }],
  ['too many', ['http://a:1', 'http://b:1'], { ROOKERY_OPERATOR_TOKEN }],
])('what is missing or wrong is said: %s', (said, argv, env) => {
  expect(() => readTopOptions(argv, env)).toThrow(said)
})
