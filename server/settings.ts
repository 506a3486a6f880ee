// What an operator may choose about a gateway. docs/settings.md is generated from this table.

import { partitionsMax } from '../protocol/ids.ts'
import { logLevels } from '../protocol/std/log.ts'
import type { Settings } from '../protocol/std/settings.ts'
import { defineSettings } from '../protocol/std/settings.ts'
import { isAddress } from './links/members.ts'
import { mediaSettings } from './media/settings.ts'

const portBounds = { kind: 'integer', unit: 'port', min: 0, max: 65_535 } as const

export const gatewaySettings = defineSettings({
  host: {
    env: 'ROOKERY_HOST',
    kind: 'text',
    unit: 'address',
    default: '127.0.0.1',
    meaning: 'The address on which clients are served; 0.0.0.0 for all.',
  },
  port: {
    env: 'ROOKERY_PORT',
    ...portBounds,
    default: 8080,
    meaning: 'The port on which clients are served over WebSocket and HTTP; 0 takes a free one.',
  },
  isPortShared: {
    env: 'ROOKERY_PORT_SHARED',
    kind: 'boolean',
    default: false,
    meaning: 'Lets several gateways of one machine listen on the same port (SO_REUSEPORT).',
  },
  isBehindProxy: {
    env: 'ROOKERY_PROXY_PROTOCOL',
    kind: 'boolean',
    default: false,
    meaning:
      'Takes the addresses of clients from the PROXY protocol, version 2, that a load balancer speaks. Nobody else may reach the port then, as anybody could name any address.',
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
  name: {
    env: 'ROOKERY_GATEWAY_NAME',
    kind: 'text',
    unit: 'name',
    default: 'gateway-0',
    meaning: 'What this gateway calls itself towards shards and in the log.',
    rule: (text) =>
      /^[a-z0-9-]{1,64}$/.test(text) ? undefined : 'must be 1 to 64 of a-z, 0-9 and -',
  },
  partitions: {
    env: 'ROOKERY_PARTITIONS',
    kind: 'integer',
    unit: 'partitions',
    min: 1,
    max: partitionsMax,
    default: 64,
    meaning: 'How many partitions the cluster has: fixed at its first start.',
  },
  shardAddresses: {
    env: 'ROOKERY_SHARD_ADDRESSES',
    kind: 'list',
    unit: 'NAME=HOST:PORT',
    default: [],
    meaning:
      'Some shards of the cluster, shard-0=10.0.0.5:4001,shard-1=…; the others are learned from them.',
  },
  clusterSecret: {
    env: 'ROOKERY_CLUSTER_SECRET',
    kind: 'secret',
    default: '',
    meaning: 'What gateways and shards prove to each other that they belong together.',
  },
  operatorToken: {
    env: 'ROOKERY_OPERATOR_TOKEN',
    kind: 'secret',
    default: '',
    meaning:
      'Lets whoever has it bring users and follows in, over the admin port of a gateway: at least 16 characters. Unset, nobody can.',
  },
  origins: {
    env: 'ROOKERY_ORIGINS',
    kind: 'list',
    unit: 'origin',
    default: [],
    meaning:
      'Further origins whose pages may use this server, by WebSocket and by HTTP (CORS), such as https://app.example.org.',
  },
  publicUrl: {
    env: 'ROOKERY_PUBLIC_URL',
    kind: 'text',
    unit: 'URL',
    default: '',
    meaning: 'How clients reach this server, for links in answers; the Host header where unset.',
    rule: (text) =>
      /^https?:\/\/[A-Za-z0-9.:[\]-]+$/.test(text)
        ? undefined
        : 'must be a URL without a path, such as https://rookery.example.org',
  },
  connectionsMax: {
    env: 'ROOKERY_CONNECTIONS',
    kind: 'integer',
    unit: 'sockets',
    min: 1,
    max: 1_000_000,
    default: 200_000,
    meaning: 'WebSockets of one gateway; more are refused with 503.',
  },
  userConnectionsMax: {
    env: 'ROOKERY_USER_CONNECTIONS',
    kind: 'integer',
    unit: 'sockets',
    min: 1,
    max: 1_000_000,
    default: 10,
    meaning: 'WebSockets of one user on one gateway; more are closed with 4009.',
  },
  addressConnectionsMax: {
    env: 'ROOKERY_ADDRESS_CONNECTIONS',
    kind: 'integer',
    unit: 'sockets',
    min: 1,
    max: 1_000_000,
    default: 1_000,
    meaning:
      'WebSockets from one address, and likewise HTTP requests of one that wait for it to send a body or to read an answer; more are refused with 429.',
  },
  unauthenticatedConnectionsMax: {
    env: 'ROOKERY_UNAUTHENTICATED_CONNECTIONS',
    kind: 'integer',
    unit: 'sockets',
    min: 0,
    max: 1_000_000,
    default: 5_000,
    meaning: 'WebSockets that have not signed in yet; more are refused with 503.',
  },
  signInTimeoutMs: {
    env: 'ROOKERY_SIGN_IN_TIMEOUT_MS',
    kind: 'integer',
    unit: 'ms',
    min: 100,
    max: 3_600_000,
    default: 10_000,
    meaning: 'How long a WebSocket may stay without signing in; then it is closed with 4001.',
  },
  sessionCheckMs: {
    env: 'ROOKERY_SESSION_CHECK_MS',
    kind: 'integer',
    unit: 'ms',
    min: 1_000,
    max: 3_600_000,
    default: 60_000,
    meaning: 'How old the knowledge may be that a session still exists.',
  },
  socketRate: {
    env: 'ROOKERY_SOCKET_RATE',
    kind: 'integer',
    unit: 'requests/s',
    min: 0,
    max: 1_000_000,
    default: 200,
    meaning: 'Requests of one WebSocket, with bursts of twice as many; 0 is without a limit.',
  },
  httpRate: {
    env: 'ROOKERY_HTTP_RATE',
    kind: 'integer',
    unit: 'requests/s',
    min: 0,
    max: 1_000_000,
    default: 100,
    meaning:
      'HTTP requests of one user, or of one address that is not signed in, with bursts of twice as many; 0 is without a limit. Upgrades and sign-ins with a token or a key that is new to the gateway count as well.',
  },
  pageCacheBytes: {
    env: 'ROOKERY_PAGE_CACHE_BYTES',
    kind: 'integer',
    unit: 'bytes',
    min: 0,
    max: 2 ** 36,
    default: 2 ** 26,
    meaning:
      'How much memory the last home timelines of readers may take, to be sent once more where their shard says that nothing in them has changed; 0 keeps none.',
  },
  unreadBytes: {
    env: 'ROOKERY_UNREAD_BYTES',
    kind: 'integer',
    unit: 'bytes',
    min: 0,
    max: 2 ** 36,
    default: 0,
    meaning:
      'What clients of WebSockets may have been sent and not shown to have read, all together; beyond it those who are sent more and do not answer a ping are closed with 4108. 0 is a quarter of what Linux gives all connections of the machine before it begins to save (the first number of net.ipv4.tcp_mem, in pages).',
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
    meaning: 'The least important lines that are logged.',
  },
  ...mediaSettings,
})

export type GatewaySettings = Settings<typeof gatewaySettings>

/** The shards of a list setting: name to `host:port`. Throws RangeError, which says what to change. */
export function shardAddressesOf(entries: readonly string[]): Record<string, string> {
  const addresses: Record<string, string> = {}
  for (const entry of entries) {
    const match = /^([A-Za-z0-9._-]{1,64})=([^=]+:\d{1,5})$/.exec(entry)
    if (match === null || !isAddress(match[2] as string)) {
      throw new RangeError(
        `ROOKERY_SHARD_ADDRESSES must hold entries such as shard-0=127.0.0.1:4001, not "${entry}": change it`,
      )
    }
    addresses[match[1] as string] = match[2] as string
  }
  return addresses
}
