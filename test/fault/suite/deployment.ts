// A deployment of several machines on one: shard and gateway processes side by side, each with its own
// environment, ports and data directory, one Redis, and where it is wanted a proxy on the way between
// two of them. Nothing supervises them: what is to be started again, the run starts.
//
//   clients ── gateway-0 ──(proxy)── shard-0 ──(proxy)── Redis
//           └─ gateway-1 ──(proxy)── shard-1 ──(proxy)──┘

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../helpers/eventually.ts'
import { quietPort } from '../../helpers/quiet-port.ts'
import type { RedisServer, RedisServerOptions } from '../../helpers/redis-server.ts'
import { startRedis } from '../../helpers/redis-server.ts'
import { TcpProxy } from '../../helpers/tcp-proxy.ts'
import { NodeProcess } from './node-process.ts'

export type DeploymentOptions = {
  readonly shards?: number
  readonly gateways?: number
  readonly partitions?: number
  /** The log: a Redis with these settings, or the embedded one in a directory that all shards share. */
  readonly log?: RedisServerOptions | 'embedded'
  /** Where all shards keep their data; without one, each has its own that is removed at the end. */
  readonly directory?: string
  /** Proxies in front of Redis and of each shard, one of each for every shard. */
  readonly proxies?: readonly ('redis' | 'shard')[]
  /** Settings beside the relaxed ones, or instead of them. */
  readonly env?: Readonly<Record<string, string>>
}

export type ShardNode = {
  readonly name: string
  readonly process: NodeProcess
  readonly redisProxy: TcpProxy | undefined
  readonly shardProxy: TcpProxy | undefined
}

const clusterName = 'fault'
const host = '127.0.0.1'
const readyWithinMs = 60_000
/** Longer than it takes one partition after the other to move. */
const steadyMs = 500
const servedWithinMs = 30_000
/** What stands in the way of a load that comes from one address. */
const relaxed: Readonly<Record<string, string>> = {
  ROOKERY_CLUSTER: clusterName,
  ROOKERY_CLUSTER_SECRET: 'a secret for all processes of this cluster',
  ROOKERY_PASSWORD_COST: 'weak',
  ROOKERY_SOCKET_RATE: '0',
  ROOKERY_HTTP_RATE: '0',
  ROOKERY_USER_CONNECTIONS: '1000',
  ROOKERY_ADDRESS_CONNECTIONS: '1000000',
  ROOKERY_LOG_LEVEL: 'info',
}

export class Deployment implements AsyncDisposable {
  readonly cluster = clusterName
  readonly partitionCount: number
  readonly shards = new Map<string, ShardNode>()
  readonly gateways = new Map<string, NodeProcess>()
  #redis: RedisServer | undefined
  readonly #options: DeploymentOptions
  readonly #directory: string
  readonly #gatewayUrls = new Map<string, string>()
  readonly #names: readonly string[]
  readonly #addresses = new Map<string, string>()
  #turn = 0

  private constructor(options: DeploymentOptions, redis: RedisServer | undefined) {
    this.#options = options
    this.partitionCount = options.partitions ?? 64
    this.#redis = redis
    this.#directory = options.directory ?? mkdtempSync(join(tmpdir(), 'rookery-fault-'))
    this.#names = Array.from({ length: options.shards ?? 2 }, (_, index) => `shard-${index}`)
  }

  /** Resolves when every partition is served. */
  static async start(options: DeploymentOptions = {}): Promise<Deployment> {
    const log = options.log ?? {}
    const redis = log === 'embedded' ? undefined : await startRedis(log)
    const deployment = new Deployment(options, redis)
    try {
      await Promise.all(deployment.#names.map((name) => deployment.#prepareShard(name)))
      for (const { process } of deployment.shards.values()) process.begin()
      for (const { process } of deployment.shards.values()) await process.untilListening()
      for (let index = 0; index < (options.gateways ?? 1); index++) {
        await deployment.#addGateway(`gateway-${index}`)
      }
      await deployment.untilServing()
      await deployment.untilSettled()
      return deployment
    } catch (error) {
      await deployment[Symbol.asyncDispose]()
      throw error
    }
  }

  /** The address of a gateway that runs: in turn, as a load balancer does that checks them. */
  readonly url = (): string => {
    const running = [...this.gateways.values()].filter(({ isRunning }) => isRunning)
    const chosen = running[this.#turn++ % Math.max(running.length, 1)]?.name ?? 'gateway-0'
    return this.urlOf(chosen)
  }

  /** The Redis that the shards use now. */
  get redis(): RedisServer | undefined {
    return this.#redis
  }

  /** Leads every shard to another Redis from now on. It takes proxies in front of Redis. */
  async leadTo(redis: RedisServer): Promise<void> {
    const former = this.#redis
    for (const { redisProxy } of this.shards.values()) redisProxy?.leadTo(redis.port)
    this.#redis = redis
    await former?.stop()
  }

  urlOf(gateway: string): string {
    return this.#gatewayUrls.get(gateway) as string
  }

  shard(name: string): ShardNode {
    const found = this.shards.get(name)
    if (found === undefined) throw new Error(`there is no ${name}`)
    return found
  }

  /** Adds a shard that none of the others was told of. Resolves when it listens. */
  async addShard(name: string): Promise<ShardNode> {
    const node = await this.#prepareShard(name)
    await node.process.start()
    return node
  }

  /** Forgets a shard that has ended. */
  async removeShard(name: string): Promise<void> {
    const { redisProxy, shardProxy } = this.shard(name)
    this.shards.delete(name)
    await redisProxy?.[Symbol.asyncDispose]()
    await shardProxy?.[Symbol.asyncDispose]()
  }

  /** Every process that runs, shards first. */
  get processes(): NodeProcess[] {
    const shards = [...this.shards.values()].map(({ process }) => process)
    return [...shards, ...this.gateways.values()].filter(({ isRunning }) => isRunning)
  }

  /** Resolves when every gateway that runs says that every partition is served. */
  async untilServing(withinMs = readyWithinMs): Promise<void> {
    const isServing = async (): Promise<boolean> => {
      const gateways = this.processes.filter(({ kind }) => kind === 'gateway')
      const answers = await Promise.all(gateways.map((gateway) => gateway.admin('/readyz')))
      return answers.length > 0 && answers.every(({ status }) => status === 200)
    }
    await eventually(isServing, { withinMs, elseDump: () => this.dump() })
  }

  /**
   * Resolves when every shard that runs is the primary of its share, every partition has one, and nothing
   * moves any more.
   */
  async untilSettled(withinMs = readyWithinMs): Promise<void> {
    let before = ''
    let steadySinceMs = Infinity
    const isSettled = async (): Promise<boolean> => {
      const names = [...this.shards.values()].filter((node) => node.process.isRunning)
      const epochs = await Promise.all(names.map(({ name }) => this.epochsOf(name)))
      const now = JSON.stringify(epochs.map((one) => [...one]))
      if (now !== before) steadySinceMs = performance.now()
      before = now
      const count = epochs.reduce((sum, { size }) => sum + size, 0)
      const isShared = epochs.every(({ size }) => size > 0) && count === this.partitionCount
      return isShared && performance.now() - steadySinceMs >= steadyMs
    }
    await eventually(isSettled, { withinMs, elseDump: () => this.dump() })
  }

  /** The partitions that a shard says it is the primary of, with their epochs. */
  async epochsOf(name: string): Promise<Map<number, number>> {
    const samples = await this.shard(name).process.metric('rookery_partition_epoch', 'partition')
    return new Map([...samples].map(([partition, epoch]) => [Number(partition), epoch]))
  }

  /** The same, once it is the primary of some: on a busy machine it may just have lost its leases, and gets them back. */
  async epochsServed(name: string): Promise<Map<number, number>> {
    const served = async (): Promise<Map<number, number> | undefined> => {
      const epochs = await this.epochsOf(name)
      return epochs.size > 0 ? epochs : undefined
    }
    return await eventually(served, { withinMs: servedWithinMs, elseDump: () => this.dump() })
  }

  /** The end of what every process has written. */
  dump(): string {
    const nodes = [
      ...[...this.shards.values()].map(({ process }) => process),
      ...this.gateways.values(),
    ]
    return nodes.map(({ name, output }) => `--- ${name}\n${output.slice(-4_000)}`).join('\n')
  }

  /** What every process that runs says of its readiness. */
  readiness(): Promise<string[]> {
    const words = async (process: NodeProcess): Promise<string> => {
      const answer = await process
        .admin('/readyz')
        .catch((error: unknown) => ({ text: `${error}` }))
      return `${process.name}: ${answer.text.trim()}`
    }
    return Promise.all(this.processes.map(words))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const shards = [...this.shards.values()]
    await Promise.all(
      [...shards.map(({ process }) => process), ...this.gateways.values()].map((one) => one.kill()),
    )
    for (const { name } of shards) await this.removeShard(name)
    await this.redis?.stop()
    if (this.#options.directory !== undefined) return
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 })
  }

  async #prepareShard(name: string): Promise<ShardNode> {
    const { proxies = [], env } = this.#options
    const port = await quietPort()
    const redisProxy =
      this.redis !== undefined && proxies.includes('redis')
        ? await TcpProxy.start(this.redis.port)
        : undefined
    const shardProxy = proxies.includes('shard') ? await TcpProxy.start(port) : undefined
    const address = `${host}:${shardProxy?.port ?? port}`
    const process = new NodeProcess('shard', name, {
      ...relaxed,
      ...this.#logEnv(name, redisProxy),
      ROOKERY_PARTITIONS: String(this.partitionCount),
      ROOKERY_SHARD_NAME: name,
      ROOKERY_SHARD_NAMES: this.#names.join(','),
      ROOKERY_SHARD_HOST: host,
      ROOKERY_SHARD_PORT: String(port),
      ROOKERY_SHARD_ADDRESS: address,
      ...env,
    })
    const node = { name, process, redisProxy, shardProxy }
    this.shards.set(name, node)
    this.#addresses.set(name, address)
    return node
  }

  /** Processes that share a log on this machine share its directory; on Redis each has its own. */
  #logEnv(name: string, redisProxy: TcpProxy | undefined): Record<string, string> {
    const { redis } = this
    if (redis === undefined) return { ROOKERY_DATA_DIR: this.#directory }
    const url = redisProxy === undefined ? redis.url : `redis://${host}:${redisProxy.port}`
    return { ROOKERY_DATA_DIR: join(this.#directory, name), ROOKERY_REDIS_URL: url }
  }

  async #addGateway(name: string): Promise<void> {
    const port = await quietPort()
    const addresses = this.#names.map((shard) => `${shard}=${this.#addresses.get(shard)}`)
    const gateway = new NodeProcess('gateway', name, {
      ...relaxed,
      ROOKERY_PARTITIONS: String(this.partitionCount),
      ROOKERY_GATEWAY_NAME: name,
      ROOKERY_HOST: host,
      ROOKERY_PORT: String(port),
      ROOKERY_SHARD_ADDRESSES: addresses.join(','),
      ...this.#options.env,
    })
    this.gateways.set(name, gateway)
    this.#gatewayUrls.set(name, `ws://${host}:${port}`)
    await gateway.start()
  }
}
