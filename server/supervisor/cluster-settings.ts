// The settings of `npm start`: how many processes, and where they listen and keep their data.
//
// The supervisor hands its whole environment on to the processes that it starts, so a setting of a
// gateway or a shard is given in the same place; docs/settings.md lists all of them.

import { partitionsMax } from '../../protocol/ids.ts'
import { logLevels } from '../../protocol/std/log.ts'
import type { Settings } from '../../protocol/std/settings.ts'
import { defineSettings } from '../../protocol/std/settings.ts'

export const clusterSettings = defineSettings({
  port: {
    env: 'ROOKERY_PORT',
    kind: 'integer',
    unit: 'port',
    default: 8080,
    min: 0,
    max: 65_535,
    meaning: 'Where clients connect, by HTTP and WebSocket; 0 takes a free one.',
  },
  host: {
    env: 'ROOKERY_HOST',
    kind: 'text',
    unit: 'address',
    default: '127.0.0.1',
    meaning: 'The address to listen on; 0.0.0.0 is every address of the machine.',
  },
  gateways: {
    env: 'ROOKERY_GATEWAYS',
    kind: 'integer',
    unit: 'processes',
    default: 1,
    min: 1,
    max: 64,
    meaning:
      'Gateway processes. On Linux they share the port and the kernel spreads connections; elsewhere each takes the next port.',
  },
  shards: {
    env: 'ROOKERY_SHARDS',
    kind: 'integer',
    unit: 'processes',
    default: 2,
    min: 1,
    max: 64,
    meaning: 'Shard processes: each is the primary of its share of the partitions.',
  },
  partitions: {
    env: 'ROOKERY_PARTITIONS',
    kind: 'integer',
    unit: 'partitions',
    default: 64,
    min: 1,
    max: partitionsMax,
    meaning: 'Units of ownership, fixed at the first start: every id holds its partition.',
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
    default: '',
    meaning: 'The Redis that keeps the log; unset, the embedded log in the data directory.',
  },
  clusterSecret: {
    env: 'ROOKERY_CLUSTER_SECRET',
    kind: 'secret',
    unit: 'text',
    default: '',
    meaning: 'What gateways and shards prove to each other; unset, a random one for each start.',
  },
  operatorToken: {
    env: 'ROOKERY_OPERATOR_TOKEN',
    kind: 'secret',
    unit: 'text',
    default: '',
    meaning:
      'Opens the console and the way of operators on each gateway; unset, nobody has either.',
  },
  adminHost: {
    env: 'ROOKERY_ADMIN_HOST',
    kind: 'text',
    unit: 'address',
    default: '127.0.0.1',
    meaning: 'The address of /metrics, /livez and /readyz of each process.',
  },
  adminPort: {
    env: 'ROOKERY_ADMIN_PORT',
    kind: 'integer',
    unit: 'port',
    default: 0,
    min: 0,
    max: 65_000,
    meaning:
      'The first admin port: under `npm start` gateways take it and those after it, then the shards; 0 takes free ones.',
  },
  logLevel: {
    env: 'ROOKERY_LOG_LEVEL',
    kind: 'choice',
    choices: logLevels,
    default: 'info',
    meaning: 'The least serious lines that are written to stdout.',
  },
})

export type ClusterSettings = Settings<typeof clusterSettings>
