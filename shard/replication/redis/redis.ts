// The replication log on Redis Streams, for shard processes on several machines.
//
// Each partition is one stream whose ids are the log's positions; lua/*.lua are the steps that have to
// be one step. Redis is the distributed engine: one server, a master with Sentinels, or a Redis
// Cluster. How the address is written stands in redis-url.ts. Redis 6.2 or later, with an append-only
// file and `maxmemory-policy noeviction`; redis-checks.ts refuses anything else.
//
// What holds: an append is atomic and checked against every other process. What was answered with
// `acknowledge: 'log'` survives the end of any process, Redis included, and of Redis's machine but for
// the last second or two. With 'sync' it survives that as well, and is on one replica if there is one;
// it is not to be had on a Redis Cluster, where one connection cannot speak for all nodes.
// After a failover that lost the end of a log, the process that knew it writes it again when it next
// takes the lease (redis-restore.ts), and a renewal tells it to. What is lost for good is what only
// Redis's master and the processes that died together with it had.
//
// Four kinds of connection, so that none stands in the way of another: appends, leases, reads, and one
// for each tail. Nothing waits for a connection and nothing is sent twice behind our back: a call that
// gets no answer within a second is a LogUnavailable, and the same call, made again, tells.

import { Cluster, type ClusterOptions, Command, Redis, type RedisOptions } from 'ioredis'
import { type Acknowledge, checkServers, type ServerFacts } from './redis-checks.ts'
import { keysOf } from './redis-codec.ts'
import {
  type Argument,
  type Connection,
  type ConnectionOptions,
  type Connector,
  commandMsMax,
  connectMsMax,
  reconnectPauseMs,
  silenceMsMax,
} from './redis-connection.ts'
import { Durability } from './redis-durability.ts'
import { RedisUnfit } from './redis-errors.ts'
import { checkFormat, checkIdentity, checkNotEmptied } from './redis-format.ts'
import { Link, openMsMax, within } from './redis-link.ts'
import { RedisLog } from './redis-log.ts'
import { parseRedisUrl, type RedisAddress, showRedisAddress } from './redis-url.ts'
import { keepStringMethodsFast } from './string-methods.ts'

export type { Acknowledge } from './redis-checks.ts'
export { RedisUnfit } from './redis-errors.ts'
export type { RedisLog } from './redis-log.ts'

export type RedisLogOptions = {
  /** Where Redis is, and who we are to it: see redis-url.ts. */
  readonly url: string
  /** The name of this Rookery cluster, before each of its keys. */
  readonly cluster: string
  readonly partitionCount: number
  readonly acknowledge: Acknowledge
  /** Milliseconds for what is kept how long; only differences matter. Leases go by Redis's clock. */
  readonly clock?: () => number
}

/**
 * Connects, and makes the log where it does not exist.
 * @throws LogUnavailable where Redis cannot be reached, RedisUnfit where it must not be used as it is
 * set up, and Error where the address cannot be read or the log was made for another number of
 * partitions. Each message is one sentence that names the cure.
 */
export async function openRedisLog(options: RedisLogOptions): Promise<RedisLog> {
  const { cluster, partitionCount, acknowledge, clock = () => performance.now() } = options
  const address = checkOptions(options)
  keepStringMethodsFast()
  const where = showRedisAddress(address)
  const isCluster = address.kind === 'cluster'
  const connector = isCluster ? clusterConnector(address) : serverConnector(address)
  const identity = { cluster, partitionCount, where }
  // Each connection is checked by itself: in the middle of a failover one may still lead to the former master.
  let appendsTo: readonly ServerFacts[] = []
  let isOpen = false
  const check = async (connection: Connection): Promise<readonly ServerFacts[]> => {
    const facts = await checkServers(connection, { acknowledge, where })
    if (isOpen) await checkNotEmptied(connection, identity)
    return facts
  }
  const checkAppends = async (connection: Connection) => {
    appendsTo = await check(connection)
  }
  const appends = new Link({ connector, name: 'rookery-append', check: checkAppends })
  const leases = new Link({ connector, name: 'rookery-lease', check })
  const reads = new Link({ connector, name: 'rookery-read' })
  const { probe: probeKey } = keysOf(cluster, 0)
  const waiting = { link: appends, probeKey, facts: () => appendsTo[0], clock }
  const durability = acknowledge === 'sync' ? new Durability(waiting) : undefined
  try {
    for (const link of [appends, leases, reads]) await link.open()
    await checkFormat(reads, identity)
    isOpen = true
  } catch (error) {
    for (const link of [appends, leases, reads]) link.close()
    connector.close()
    throw error
  }
  const shared = { connector, cluster, partitionCount, clock, durability }
  return new RedisLog({ ...shared, appends, leases, reads })
}

function checkOptions(options: RedisLogOptions): RedisAddress {
  const { url, cluster, partitionCount, acknowledge } = options
  checkIdentity({ cluster, partitionCount })
  const address = parseRedisUrl(url)
  if (acknowledge === 'sync' && address.kind === 'cluster') {
    throw new RedisUnfit(
      'ROOKERY_ACK=sync cannot be kept on a Redis Cluster: use one master with Sentinels, ' +
        'or set ROOKERY_ACK=log.',
    )
  }
  return address
}

/** The client's types want the shape of replies to be named, where its code does not. */
type ClientOptions = RedisOptions & { replyMapping: 'legacy' }

/** What all connections have in common. */
function commonOptions(address: RedisAddress): ClientOptions {
  const { username, password, isEncrypted, database } = address
  return {
    lazyConnect: true,
    // The older protocol: it asks for no right beyond AUTH, and the replies are the same.
    protocol: 2,
    replyMapping: 'legacy',
    disableClientInfo: true,
    db: database,
    connectTimeout: connectMsMax,
    keepAlive: 10_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A server that loads its data says how long it will take in whole seconds; that is too coarse.
    maxLoadingRetryTime: 100,
    retryStrategy: reconnectPauseMs,
    // A master that became a replica: the next connection finds the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(isEncrypted ? { tls: {} } : {}),
  }
}

function serverOptions(address: RedisAddress): ClientOptions {
  const common = commonOptions(address)
  const { hosts, masterName, sentinelPassword, isEncrypted } = address
  if (masterName === undefined) return { ...common, ...hosts[0] }
  return {
    ...common,
    sentinels: [...hosts],
    name: masterName,
    failoverDetector: true,
    sentinelRetryStrategy: reconnectPauseMs,
    sentinelCommandTimeout: commandMsMax,
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(isEncrypted ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
  }
}

function serverConnector(address: RedisAddress): Connector {
  const options = serverOptions(address)
  return {
    isCluster: false,
    where: showRedisAddress(address),
    open: (handlers) => serverConnection(options, handlers),
    openForBlocking: ({ name }) => blockingConnection({ ...options, connectionName: name }),
    close: () => undefined,
  }
}

function serverConnection(options: ClientOptions, handlers: ConnectionOptions): Connection {
  const redis = new Redis({
    ...options,
    connectionName: handlers.name,
    commandTimeout: commandMsMax,
    socketTimeout: silenceMsMax,
  })
  let reason: Error | undefined
  redis.on('error', (error: Error) => {
    reason = error
    handlers.onDown(error)
  })
  redis.on('close', () => handlers.onDown(reason))
  redis.on('ready', () => {
    reason = undefined
    handlers.onReady()
  })
  let isClosed = false
  redis.on('end', () => {
    // The client gives up where a Sentinel's news of a failover meets its own search for the master.
    if (!isClosed) setTimeout(() => redis.connect().catch(handlers.onDown), reconnectPauseMs(1))
  })
  const close = (): void => {
    isClosed = true
    redis.disconnect()
  }
  return { ...asConnection(redis), close }
}

function asConnection(redis: Redis): Connection {
  const call = (command: string, args: readonly Argument[]): Promise<unknown> =>
    redis.callBuffer(command, [...args])
  return {
    connect: () => redis.connect(),
    call,
    callEach: async (command, args) => [await call(command, args)],
    close: () => redis.disconnect(),
  }
}

/** For one question at a time that may stay open for a while. It does not come back by itself. */
async function blockingConnection(options: ClientOptions): Promise<Connection> {
  const redis = new Redis({ ...options, retryStrategy: null, socketTimeout: silenceMsMax })
  // What fails is told to whoever waits for a reply; the event would only say it again.
  redis.on('error', () => undefined)
  try {
    await within(openMsMax, redis.connect())
  } catch (error) {
    redis.disconnect()
    throw error
  }
  return asConnection(redis)
}

function clusterOf(address: RedisAddress, name: string): Cluster {
  const redisOptions = {
    ...commonOptions(address),
    connectionName: name,
    commandTimeout: commandMsMax,
    socketTimeout: silenceMsMax,
  } satisfies ClusterOptions['redisOptions']
  return new Cluster([...address.hosts], {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectPauseMs,
    clusterNodeRetryStrategy: reconnectPauseMs,
    maxRedirections: 4,
    retryDelayOnFailover: 100,
    retryDelayOnClusterDown: 100,
    retryDelayOnTryAgain: 50,
    slotsRefreshTimeout: connectMsMax,
    slotsRefreshInterval: 2_000,
    redisOptions,
  })
}

function clusterConnector(address: RedisAddress): Connector {
  // Knows which node holds which slot, for the connections of the tails.
  const map = clusterOf(address, 'rookery-map')
  map.on('error', () => undefined)
  return {
    isCluster: true,
    where: showRedisAddress(address),
    open: (handlers) => clusterConnection(clusterOf(address, handlers.name), handlers),
    openForBlocking: async ({ name, key }) => {
      if (map.status === 'wait') await map.connect()
      const slot = new Command('get', [key]).getSlot()
      const node = map.slots[slot]?.[0]
      if (node === undefined) throw new Error('CLUSTERDOWN nobody holds the slot')
      const colon = node.lastIndexOf(':')
      const host = node.slice(0, colon)
      const port = Number(node.slice(colon + 1))
      const options = { ...commonOptions(address), db: 0, host, port, connectionName: name }
      try {
        return await blockingConnection(options)
      } catch (error) {
        // The node may have gone, and the slot to another one.
        map.refreshSlotsCache()
        throw error
      }
    },
    close: () => map.disconnect(),
  }
}

function clusterConnection(cluster: Cluster, handlers: ConnectionOptions): Connection {
  let reason: Error | undefined
  const note = (error: Error): void => {
    reason = error
  }
  cluster.on('node error', note)
  cluster.on('error', note)
  cluster.on('close', () => handlers.onDown(reason))
  // Another set of nodes, as after a failover, is checked as a new connection is.
  for (const change of ['+node', '-node']) {
    cluster.on(change, () => {
      if (cluster.status === 'ready') handlers.onReady()
    })
  }
  cluster.on('ready', () => {
    reason = undefined
    handlers.onReady()
  })
  return {
    connect: () => cluster.connect(),
    call: (command, args) => cluster.callBuffer(command, [...args]),
    callEach: (command, args) =>
      Promise.all(cluster.nodes('master').map((node) => node.callBuffer(command, [...args]))),
    close: () => cluster.disconnect(),
  }
}
