import { setFlagsFromString } from 'node:v8'
import { expect, test } from 'vitest'
import { keepStringMethodsFast } from '../../../../../shard/replication/redis/string-methods.ts'

setFlagsFromString('--allow-natives-syntax')
/** Whether calls of methods of strings can be compiled in: V8's own word for it. */
const areFast = new Function('return %HasFastProperties(String.prototype)') as () => boolean

test('methods of strings are quick again beside the Redis client, and stay so', async () => {
  await import('ioredis')
  keepStringMethodsFast()
  expect(areFast()).toBe(true)
  class Extended extends String {}
  expect(String(new Extended('x'))).toBe('x')
  expect(areFast()).toBe(true)
})
