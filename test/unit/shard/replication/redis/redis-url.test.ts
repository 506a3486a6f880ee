// How the address of Redis is read, and that no message tells its secrets.

import { describe, expect, test } from 'vitest'
import {
  parseRedisUrl,
  showRedisAddress,
} from '../../../../../shard/replication/redis/redis-url.ts'

describe('the address of Redis', () => {
  test('names one server', () => {
    expect(parseRedisUrl('redis://cache')).toEqual({
      kind: 'server',
      hosts: [{ host: 'cache', port: 6379 }],
      isEncrypted: false,
      database: 0,
    })
    expect(parseRedisUrl('rediss://[::1]:7000/3')).toMatchObject({
      hosts: [{ host: '::1', port: 7000 }],
      isEncrypted: true,
      database: 3,
    })
  })

  test('carries a user and a password, encoded where they need it', () => {
    const { username, password } = parseRedisUrl('redis://shard:p%40ss%2F%3A,x@cache')
    expect({ username, password }).toEqual({ username: 'shard', password: 'p@ss/:,x' })
    expect(parseRedisUrl('redis://:secret@cache')).toMatchObject({ password: 'secret' })
    expect(parseRedisUrl('redis://:secret@cache')).not.toHaveProperty('username')
  })

  test('names Sentinels and what they call the master', () => {
    const url = 'rediss+sentinel://shard:secret@a:1,b/mymaster/2?sentinelPassword=other'
    const address = parseRedisUrl(url)
    expect(address).toEqual({
      kind: 'sentinel',
      hosts: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26379 },
      ],
      isEncrypted: true,
      username: 'shard',
      password: 'secret',
      masterName: 'mymaster',
      sentinelPassword: 'other',
      database: 2,
    })
    expect(showRedisAddress(address)).toBe('mymaster of a:1,b:26379')
  })

  test('names nodes of a cluster', () => {
    const address = parseRedisUrl('redis+cluster://a:1,b:2')
    expect(address).toMatchObject({ kind: 'cluster', database: 0 })
    expect(showRedisAddress(address)).toBe('a:1,b:2')
  })

  test.each([
    'http://cache',
    'redis://',
    'redis://a,b',
    'redis://a:0',
    'redis://a:70000',
    'redis://a/x',
    'redis://user@a',
    'redis://:%zz@a',
    'redis://a?db=1',
    'redis+cluster://a/1',
    'redis+sentinel://a',
  ])('%s is refused in one sentence', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(/^ROOKERY_REDIS_URL cannot be read: [^.]*.*\.$/)
  })

  test('what is refused does not show its password', () => {
    for (const url of ['redis://u:hunter2@a,b', 'redis://u:hunter2@a/x', 'redis://u:hunter2@']) {
      expect(() => parseRedisUrl(url)).toThrow(expect.not.stringContaining('hunter2'))
      expect(() => parseRedisUrl(url)).toThrow(/cannot be read/)
    }
  })
})
