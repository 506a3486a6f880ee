// Whether a Redis server may keep this log, asked at the start and after each reconnection.
//
// What is promised to those who write cannot be kept by every setting of Redis: an eviction policy may
// drop a log, a server without an append-only file comes back empty. Such a server is refused, in one
// sentence that names the cure.

import type { Connection } from './redis-connection.ts'
import { RedisUnfit } from './redis-errors.ts'

/**
 * What an answered append has survived.
 *   log    the end of any process, Redis included: it is in Redis's append-only file, as far as the
 *          operating system keeps that
 *   sync   the end of Redis's machine as well: it is on its disk, and on one replica if there is one
 */
export type Acknowledge = 'log' | 'sync'

export type ServerFacts = {
  readonly replicaCount: number
  /** Whether the server can be asked to wait for its disk (WAITAOF, from 7.2 on). */
  readonly canWaitForDisk: boolean
}

/** The oldest version with all that is used here: explicit ids, XTRIM MINID, exclusive ranges. */
const versionMin = [6, 2] as const
const waitForDiskVersion = [7, 2] as const

/**
 * Looks at every master.
 * @returns the facts about each of them.
 * @throws RedisUnfit where one must not be used; whatever the connection throws where it fails.
 */
export async function checkServers(
  connection: Connection,
  { acknowledge, where }: { acknowledge: Acknowledge; where: string },
): Promise<readonly ServerFacts[]> {
  const answers = await connection.callEach('info', [])
  const facts = answers.map((answer) => checkServer(parseInfo(answer), where))
  if (acknowledge === 'sync' && !facts.every(({ canWaitForDisk }) => canWaitForDisk)) {
    await checkFlushesAlways(connection, where)
  }
  return facts
}

function checkServer(info: ReadonlyMap<string, string>, where: string): ServerFacts {
  const version = info.get('redis_version') ?? '0.0'
  if (!isAtLeast(version, versionMin)) {
    throw new RedisUnfit(
      `Redis at ${where} is version ${version}: install ${versionMin.join('.')} or later.`,
    )
  }
  if (info.get('role') !== 'master') {
    throw new RedisUnfit(
      `Redis at ${where} is a read-only replica of ${info.get('master_host')}:` +
        `${info.get('master_port')}: name the master in ROOKERY_REDIS_URL, or the Sentinels.`,
    )
  }
  const policy = info.get('maxmemory_policy') ?? 'noeviction'
  if (policy !== 'noeviction') {
    throw new RedisUnfit(
      `Redis at ${where} has maxmemory-policy ${policy}, which may drop what was acknowledged: ` +
        'set it to noeviction.',
    )
  }
  if (info.get('aof_enabled') !== '1') {
    throw new RedisUnfit(
      `Redis at ${where} keeps no append-only file and would come back without what was ` +
        'acknowledged: set appendonly to yes.',
    )
  }
  return {
    replicaCount: Number(info.get('connected_slaves') ?? 0),
    canWaitForDisk: isAtLeast(version, waitForDiskVersion),
  }
}

async function checkFlushesAlways(connection: Connection, where: string): Promise<void> {
  for (const answer of await connection.callEach('config', ['GET', 'appendfsync'])) {
    const value = String((answer as readonly unknown[])[1] ?? 'unknown')
    if (value === 'always') continue
    throw new RedisUnfit(
      `Redis at ${where} has appendfsync ${value}, which answers before the disk has it: set it to ` +
        'always, install Redis 7.2 or later, or set ROOKERY_ACK=log.',
    )
  }
}

/** The answer to INFO, lines `name:value`, by name. */
export function parseInfo(answer: unknown): ReadonlyMap<string, string> {
  const lines = String(answer).split('\r\n')
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':')
      return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const]
    }),
  )
}

function isAtLeast(version: string, [majorMin, minorMin]: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > majorMin || (major === majorMin && minor >= minorMin)
}
