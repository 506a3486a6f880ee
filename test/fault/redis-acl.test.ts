// The users of Redis as docs/operations.md gives them: enough for everything that Rookery does, and for Redis
// to play its own file back after it was killed.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openRedisLog } from '../../shard/replication/redis/redis.ts'
import { startRedis } from '../helpers/redis-server.ts'
import { append, readAll, reign, textsOf, usable, written } from '../helpers/redis-world.ts'

const document = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
const password = 'LONG-RANDOM-PASSWORD'

/** The block of the document that holds users.acl, as a file. */
function usersFile(): string {
  const lines = document.split('\n').filter((line) => /^user [a-z]+ (on|off)\b/.test(line))
  expect(lines.length).toBeGreaterThan(1)
  const directory = mkdtempSync(join(tmpdir(), 'rookery-acl-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'users.acl')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}

test('I1: with the documented users nothing is lost when Redis is killed and started again', async () => {
  const redis = await startRedis({ settings: { aclfile: usersFile() } })
  onTestFinished(() => redis.stop())
  const url = `redis://rookery:${password}@127.0.0.1:${redis.port}`
  const options = { url, cluster: 'rookery', partitionCount: 4, acknowledge: 'log' } as const
  const log = await openRedisLog(options)
  onTestFinished(() => log.close())
  const me = { name: 'shard-0', incarnation: 'x', address: '127.0.0.1:1', state: 'ready' } as const
  const member = { ...me, hosted: [0], serving: [0], positions: [] }
  const ages = { ttlMs: 1_000, forgetAfterMs: 60_000 }
  expect(await log.members.announce(member, ages)).toHaveLength(1)
  // Several entries in one append are a transaction in Redis's file.
  const batch = await append(log, await written(log, await reign(log), 20), ['one', 'two', 'three'])
  if (batch.outcome !== 'appended') throw new Error(batch.outcome)
  const { last } = batch
  const leases = [{ partition: 0, epoch: last.epoch }]
  expect(await log.renew({ node: 'a', ttlMs: 20_000, leases })).toEqual([])
  const before = textsOf(await readAll(log))
  await redis.kill()
  await redis.restart()
  await usable(log)
  expect(textsOf(await readAll(log))).toEqual(before)
  await log.release({ partition: 0, node: 'a', epoch: last.epoch })
  const next = await written(log, await reign(log), 10)
  await log.trim(0, last)
  expect(await log.head(0)).toEqual(next)
  await log.members.withdraw({ name: me.name, incarnation: me.incarnation })
})
