// What Redis says of itself, for operators: memory, replicas, how its append-only file fares.

import type { LogDescription } from '../log.ts'
import { parseInfo } from './redis-checks.ts'
import type { Link } from './redis-link.ts'

/** What is told of the answer to INFO, where it is there. */
const numbers = [
  'uptime_in_seconds',
  'used_memory',
  'used_memory_rss',
  'connected_clients',
  'connected_slaves',
  'instantaneous_ops_per_sec',
  'evicted_keys',
  'aof_delayed_fsync',
  'aof_rewrite_in_progress',
] as const
const texts = [
  'redis_version',
  'role',
  'aof_last_write_status',
  'aof_last_bgrewrite_status',
] as const

/** Asks the master; of a Redis Cluster, one of its nodes. Rejects with LogUnavailable. */
export async function describeRedis(link: Link, where: string): Promise<LogDescription> {
  const info = parseInfo(await link.call('info', []))
  const facts: Record<string, string | number> = {}
  for (const name of texts) if (info.has(name)) facts[name] = info.get(name) ?? ''
  for (const name of numbers) if (info.has(name)) facts[name] = Number(info.get(name))
  return { where, facts }
}
