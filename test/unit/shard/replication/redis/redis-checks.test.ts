// Which Redis servers are refused, and that each refusal names the cure.

import { describe, expect, test } from 'vitest'
import { checkServers } from '../../../../../shard/replication/redis/redis-checks.ts'
import type { Connection } from '../../../../../shard/replication/redis/redis-connection.ts'
import {
  explain,
  RedisUnfit,
  unavailable,
} from '../../../../../shard/replication/redis/redis-errors.ts'

const fit = {
  redis_version: '7.0.15',
  role: 'master',
  connected_slaves: '0',
  maxmemory_policy: 'noeviction',
  aof_enabled: '1',
}

function serverWith(info: Partial<typeof fit>, appendfsync = 'everysec'): Connection {
  const lines = Object.entries({ ...fit, ...info }).map(([name, value]) => `${name}:${value}`)
  const answers: Record<string, unknown> = {
    info: Buffer.from(`# Server\r\n${lines.join('\r\n')}\r\n`),
    config: [Buffer.from('appendfsync'), Buffer.from(appendfsync)],
  }
  const call = async (command: string): Promise<unknown> => answers[command]
  return {
    call,
    callEach: async (command) => [await call(command)],
    connect: async () => undefined,
    close: () => undefined,
  }
}

const check = (connection: Connection, acknowledge: 'log' | 'sync' = 'log') =>
  checkServers(connection, { acknowledge, where: 'cache:6379' })

describe('a Redis server', () => {
  test('that is fit tells who it is', async () => {
    expect(await check(serverWith({ connected_slaves: '2' }))).toEqual([
      { replicaCount: 2, canWaitForDisk: false },
    ])
  })

  test.each([
    [{ redis_version: '6.0.16' }, /is version 6\.0\.16: install 6\.2/],
    [{ role: 'slave' }, /read-only replica.*name the master/],
    [{ maxmemory_policy: 'allkeys-lru' }, /allkeys-lru.*set it to noeviction/],
    [{ aof_enabled: '0' }, /append-only file.*set appendonly to yes/],
  ])('with %o is refused', async (info, message) => {
    await expect(check(serverWith(info))).rejects.toThrow(RedisUnfit)
    await expect(check(serverWith(info))).rejects.toThrow(message)
  })

  test('that answers before its disk has it is refused for `sync` alone', async () => {
    await expect(check(serverWith({}), 'sync')).rejects.toThrow(/appendfsync everysec.*always/)
    await expect(check(serverWith({}, 'always'), 'sync')).resolves.toHaveLength(1)
    await expect(check(serverWith({ redis_version: '7.2.0' }), 'sync')).resolves.toEqual([
      expect.objectContaining({ canWaitForDisk: true }),
    ])
    await expect(check(serverWith({ redis_version: '10.0.1' }))).resolves.toHaveLength(1)
  })
})

describe('what Redis says', () => {
  test.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", /memory is full/],
    ["READONLY You can't write against a read only replica.", /read-only replica/],
    ['MISCONF Errors writing to the AOF file', /make room/],
    ['LOADING Redis is loading the dataset in memory', /wait/],
    ['CLUSTERDOWN The cluster is down', /missing nodes/],
    ['WRONGPASS invalid username-password pair', /correct them in ROOKERY_REDIS_URL/],
    ['NOAUTH Authentication required.', /wants a password/],
    ["NOPERM this user has no permissions to run the 'evalsha' command", /ACL SETUSER/],
    ['All sentinels are unreachable. Retrying from scratch after 5ms.', /failover to end/],
    ['connect ECONNREFUSED', /nothing listens/],
    ['Command timed out', /no answer in time/],
  ])('%s comes with its cure', (message, cure) => {
    const sentence = explain(new Error(message), 'cache:6379')
    expect(sentence).toMatch(cure)
    expect(sentence).toMatch(/^Redis at cache:6379 cannot be used/)
    expect(unavailable(new Error(message), 'cache:6379').message).toBe(sentence)
  })

  test('no error carries what was written', () => {
    const error = Object.assign(new Error('ERR odd'), { command: { args: ['a private text'] } })
    const { cause } = unavailable(error, 'x')
    expect(cause).toEqual(new Error('ERR odd'))
    expect(cause).not.toHaveProperty('command')
  })

  test('what nobody foresaw is passed on', () => {
    expect(explain(new Error('ERR odd'), 'x')).toBe('Redis at x cannot be used: ERR odd.')
  })
})
