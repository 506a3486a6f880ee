// What an operator may choose about a shard. docs/settings.md is generated from this table.

import { partitionsMax } from '../protocol/ids.ts'
import { logLevels } from '../protocol/std/log.ts'
import type { Environment, Settings } from '../protocol/std/settings.ts'
import { defineSettings, readSettings, refuseUnknown } from '../protocol/std/settings.ts'

const portBounds = { kind: 'integer', unit: 'port', min: 0, max: 65_535 } as const
const name = /^[a-z0-9-]{1,64}$/
const nameRule = (text: string) =>
  name.test(text) ? undefined : 'must be 1 to 64 of a-z, 0-9 and -'

export const shardSettings = defineSettings({
  name: {
    env: 'ROOKERY_SHARD_NAME',
    kind: 'text',
    unit: 'name',
    default: 'shard-0',
    meaning:
      'What this shard is called: its place in the ring. Unique in the cluster, and the same over restarts.',
    rule: nameRule,
  },
  names: {
    env: 'ROOKERY_SHARD_NAMES',
    kind: 'list',
    unit: 'names',
    default: [],
    meaning:
      'Shards that are started together: each counts with the others from its first moment, so that nothing moves while they come up. Any other shard may join later.',
  },
  host: {
    env: 'ROOKERY_SHARD_HOST',
    kind: 'text',
    unit: 'address',
    default: '127.0.0.1',
    meaning:
      'The address on which gateways are served. Beyond loopback it needs ROOKERY_CLUSTER_SECRET.',
  },
  port: {
    env: 'ROOKERY_SHARD_PORT',
    ...portBounds,
    default: 0,
    meaning: 'The port on which gateways are served; 0 takes a free one.',
  },
  address: {
    env: 'ROOKERY_SHARD_ADDRESS',
    kind: 'text',
    unit: 'host:port',
    default: '',
    meaning:
      'Where gateways and other shards reach this one; unset, its host and port. Needed where it listens on every address.',
  },
  secret: {
    env: 'ROOKERY_CLUSTER_SECRET',
    kind: 'secret',
    default: '',
    meaning: 'What gateways and shards show each other that they know; the same in every process.',
  },
  adminHost: {
    env: 'ROOKERY_ADMIN_HOST',
    kind: 'text',
    unit: 'address',
    default: '127.0.0.1',
    meaning: 'The address of /metrics, /livez and /readyz for operators.',
  },
  adminPort: {
    env: 'ROOKERY_ADMIN_PORT',
    ...portBounds,
    default: 0,
    meaning: 'The port of /metrics, /livez and /readyz for operators; 0 takes a free one.',
  },
  partitionCount: {
    env: 'ROOKERY_PARTITIONS',
    kind: 'integer',
    unit: 'partitions',
    min: 1,
    max: partitionsMax,
    default: 64,
    meaning: 'The partitions of the cluster, fixed at the first start.',
  },
  dataDirectory: {
    env: 'ROOKERY_DATA_DIR',
    kind: 'text',
    unit: 'path',
    default: './data',
    meaning: 'Where the embedded log and the snapshots are kept.',
  },
  redisUrl: {
    env: 'ROOKERY_REDIS_URL',
    kind: 'secret',
    unit: 'URL',
    default: '',
    meaning:
      'The Redis that keeps the log, such as redis://10.0.0.5:6379; unset, the embedded log in the data directory.',
  },
  clusterName: {
    env: 'ROOKERY_CLUSTER',
    kind: 'text',
    unit: 'name',
    default: 'rookery',
    meaning: 'Stands before every key in Redis, so that several clusters can share one.',
    rule: nameRule,
  },
  replicas: {
    env: 'ROOKERY_REPLICAS',
    kind: 'text',
    unit: 'shards',
    default: 'auto',
    meaning:
      'How many shards keep each partition warm beside its primary, 0 to 8. `auto` is 1 on Redis and 0 on the embedded log.',
    rule: (text) => (/^(auto|[0-8])$/.test(text) ? undefined : 'must be auto or 0 to 8'),
  },
  replaceAfterSeconds: {
    env: 'ROOKERY_REPLACE_AFTER',
    kind: 'integer',
    unit: 'seconds',
    min: 1,
    max: 86_400,
    default: 60,
    meaning:
      'For how long a shard that is gone keeps its place; only then do others make up for its copies. A restart takes less.',
  },
  tweetCacheBytes: {
    env: 'ROOKERY_TWEET_CACHE_BYTES',
    kind: 'integer',
    unit: 'bytes',
    min: 65_536,
    max: 2 ** 36,
    default: 2 ** 30,
    meaning:
      'How much memory the bodies of tweets may take. The oldest beyond it are read from the disk, out of `bodies` in the data directory; they are a cache, made anew at each start. A disk without room for them costs memory instead.',
  },
  pageValidators: {
    env: 'ROOKERY_PAGE_VALIDATORS',
    kind: 'integer',
    unit: 'readers',
    min: 0,
    max: 2 ** 20,
    default: 2 ** 14,
    meaning:
      'For how many readers it is remembered what their last home timeline was made of, so that a gateway which has it need not be sent it again: 2.3 KB each, once in use. Rounded down to a power of two; 0 for nobody.',
  },
  timelineIdleHours: {
    env: 'ROOKERY_TIMELINE_IDLE_HOURS',
    kind: 'integer',
    unit: 'hours',
    min: 1,
    max: 1_000_000,
    default: 720,
    meaning:
      'A home timeline that nobody has read for so long is dropped from memory; the next read builds it anew.',
  },
  fanOutFollowers: {
    env: 'ROOKERY_FANOUT_FOLLOWERS',
    kind: 'integer',
    unit: 'followers',
    min: 1,
    max: 2 ** 29,
    default: 20_000,
    meaning:
      'From so many followers in one shard process on, threads write a tweet into the timelines; below, the process does it itself, in 2 ms or less.',
  },
  fanOutWorkers: {
    env: 'ROOKERY_FANOUT_WORKERS',
    kind: 'integer',
    unit: 'threads',
    min: 0,
    max: 64,
    default: 1,
    meaning:
      'Threads that write the tweets of those with very many followers into the timelines; started when first needed. 0: the process does all of it itself.',
  },
  snapshotEntries: {
    env: 'ROOKERY_SNAPSHOT_ENTRIES',
    kind: 'integer',
    unit: 'entries',
    min: 100,
    max: 10_000_000,
    default: 50_000,
    meaning:
      'How many entries of one partition make a new snapshot due, and let the log be trimmed.',
  },
  acknowledge: {
    env: 'ROOKERY_ACK',
    kind: 'choice',
    choices: ['auto', 'sync', 'log'],
    default: 'auto',
    meaning:
      'When a write is acknowledged: `sync` when it is on the disk (survives a power cut; on Redis it needs `appendfsync always`, or WAITAOF), `log` when the log has it (survives the kill of any process). `auto` is `sync` on the embedded log and `log` on Redis.',
  },
  leaseMs: {
    env: 'ROOKERY_LEASE_MS',
    kind: 'integer',
    unit: 'milliseconds',
    min: 300,
    max: 60_000,
    default: 1_000,
    meaning:
      'How long a primary may write without prolonging its lease: a dead one is replaced about so long after.',
  },
  sessionLifetimeSeconds: {
    env: 'ROOKERY_SESSION_LIFETIME',
    kind: 'integer',
    unit: 'seconds',
    min: 1,
    max: 10 * 365 * 86_400,
    default: 30 * 86_400,
    meaning: 'How long a session token is good for.',
  },
  passwordCost: {
    env: 'ROOKERY_PASSWORD_COST',
    kind: 'choice',
    choices: ['owasp', 'weak'],
    default: 'owasp',
    meaning:
      'What a password hash costs: `owasp` is right, `weak` makes load tests quick and protects nobody.',
  },
  slowRequestMs: {
    env: 'ROOKERY_SLOW_REQUEST_MS',
    kind: 'integer',
    unit: 'ms',
    min: 0,
    max: 60_000,
    default: 250,
    meaning: 'From how long on a request is told of in the log and on the console.',
  },
  logLevel: {
    env: 'ROOKERY_LOG_LEVEL',
    kind: 'choice',
    choices: logLevels,
    default: 'info',
    meaning: 'The least important lines that are written.',
  },
})

export type ShardSettings = Settings<typeof shardSettings>

const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/

/** Reads the settings. Throws with a sentence for each thing that cannot be. */
export function readShardSettings(env: Environment): ShardSettings {
  refuseUnknown([shardSettings], env)
  const settings = readSettings(shardSettings, env)
  if (!loopback.test(settings.host) && settings.secret === '') {
    throw new RangeError(
      `ROOKERY_SHARD_HOST is ${settings.host}, which others can reach: set ROOKERY_CLUSTER_SECRET, the same in every process.`,
    )
  }
  if (settings.address === '' && /^(0\.0\.0\.0|::)$/.test(settings.host)) {
    throw new RangeError(
      `ROOKERY_SHARD_HOST is ${settings.host}, which nobody can connect to: set ROOKERY_SHARD_ADDRESS to where others reach this shard.`,
    )
  }
  return settings
}

/** How many replicas are wanted: see ROOKERY_REPLICAS. */
export function replicasOf({ replicas, redisUrl }: ShardSettings): number {
  if (replicas !== 'auto') return Number(replicas)
  return redisUrl === '' ? 0 : 1
}
