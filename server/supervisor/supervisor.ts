// The supervisor: starts the processes of a cluster on one machine, tells gateways where the shards
// are, and ends everything in order.
//
//                 supervisor
//          fork /     |      \ fork            {type: 'shards', addresses} ---> gateways
//     gateway-0    shard-0   shard-1           {type: 'ready', port, adminPort} <--- all
//
// It is not on the path of any request and holds nothing that could be lost: when it is killed, its
// children notice, drain and go. All processes start side by side, because a gateway may as well wait
// for a shard as the supervisor would. They end one kind after the other: gateways first, so that no
// request meets a shard that is gone.

import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { listenProblem } from '../../protocol/std/admin.ts'
import { hugePages } from '../../protocol/std/huge-pages.ts'
import type { Log } from '../../protocol/std/log.ts'
import { StartError } from '../../protocol/std/run.ts'
import type { ClusterSettings } from './cluster-settings.ts'
import { untilReady } from './readiness.ts'
import type { Ready } from './supervised-process.ts'
import { SupervisedProcess } from './supervised-process.ts'

/** What gateways and shards get of the 10 s that a drain may take; then they are killed. */
const gatewayDrainMs = 5_000
const shardDrainMs = 4_000
const clusterSecretBytes = 32
/** Of Node's thread pool in a shard; its default is 4. */
const shardThreads = 8

export type SupervisorOptions = {
  readonly settings: ClusterSettings
  /** Handed on to the children, with what the supervisor decides on top. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  readonly modules: { readonly gateway: string; readonly shard: string }
  readonly log: Log
  /** Once, when every process does its work. */
  onReady(summary: ClusterSummary): void
  /** A process refused to start: the whole start is over. */
  onRefused(error: StartError): void
  onStderr(text: string): void
}

/** What a person wants to know about a cluster that has started. */
export type ClusterSummary = {
  readonly host: string
  /** Of the gateways, without repeats: one where they share it. */
  readonly ports: readonly number[]
  readonly admin: readonly { readonly name: string; readonly port: number }[]
}

export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #shards: readonly SupervisedProcess[]
  readonly #gateways: readonly SupervisedProcess[]
  readonly #addresses: Record<string, string> = {}
  readonly #clusterSecret: string
  /** The ports that clients know: a restarted gateway takes its old one again. */
  readonly #gatewayPorts: number[] = []
  #isStopping = false
  #isRefused = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    const { settings, modules } = options
    this.#clusterSecret = settings.clusterSecret || randomBytes(clusterSecretBytes).toString('hex')
    this.#shards = Array.from({ length: settings.shards }, (_, index) =>
      this.#process({
        name: `shard-${index}`,
        modulePath: modules.shard,
        env: () => this.#shardEnv(index),
        onStarted: () => undefined,
        onReady: (ready) => this.#onShardReady(`shard-${index}`, ready),
      }),
    )
    this.#gateways = Array.from({ length: settings.gateways }, (_, index) =>
      this.#process({
        name: `gateway-${index}`,
        modulePath: modules.gateway,
        env: () => this.#gatewayEnv(index),
        onStarted: () => this.#tellShards(this.#gateways[index]!),
        onReady: (ready) => this.#onGatewayReady(index, ready),
      }),
    )
  }

  /** Rejects with a StartError where the port cannot be had; resolves once all are being started. */
  async start(): Promise<void> {
    const { settings } = this.#options
    const port = await freePort(settings)
    for (let index = 0; index < settings.gateways; index++) {
      this.#gatewayPorts.push(this.#portOfGateway(index, port))
    }
    for (const child of [...this.#shards, ...this.#gateways]) child.start()
    void this.#tellWhenReady()
  }

  /** Gateways first, then shards. Resolves when all are gone, within 10 s. */
  async stop(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#gateways.map((child) => child.stop({ withinMs: gatewayDrainMs })))
    await Promise.all(this.#shards.map((child) => child.stop({ withinMs: shardDrainMs })))
  }

  /** Ends all children at once. */
  kill(): void {
    this.#isStopping = true
    for (const child of [...this.#gateways, ...this.#shards]) child.kill()
  }

  #process(
    part: Pick<
      ConstructorParameters<typeof SupervisedProcess>[0],
      'name' | 'modulePath' | 'env' | 'onStarted' | 'onReady'
    >,
  ): SupervisedProcess {
    return new SupervisedProcess({
      ...part,
      log: this.#options.log,
      onStderr: (text) => this.#options.onStderr(text),
      onRefused: (reason) => this.#onRefused(part.name, reason),
    })
  }

  #sharedEnv(adminIndex: number): Record<string, string | undefined> {
    const { env, settings } = this.#options
    return {
      ...env,
      ROOKERY_CLUSTER_SECRET: this.#clusterSecret,
      ROOKERY_PARTITIONS: String(settings.partitions),
      ROOKERY_DATA_DIR: resolve(settings.dataDirectory),
      ROOKERY_SHARD_NAMES: Array.from(
        { length: settings.shards },
        (_, index) => `shard-${index}`,
      ).join(','),
      // Those of another cluster, as of a file of settings: the supervisor tells its own.
      ROOKERY_SHARD_ADDRESS: '',
      ROOKERY_SHARD_ADDRESSES: '',
      ROOKERY_ADMIN_PORT: String(settings.adminPort === 0 ? 0 : settings.adminPort + adminIndex),
    }
  }

  #shardEnv(index: number): Record<string, string | undefined> {
    const { env } = this.#options
    return {
      ...this.#sharedEnv(this.#options.settings.gateways + index),
      ROOKERY_SHARD_NAME: `shard-${index}`,
      ROOKERY_SHARD_HOST: '127.0.0.1',
      ROOKERY_SHARD_PORT: '0',
      // Commits of the log and password hashes wait for the disk and the processor in these threads.
      UV_THREADPOOL_SIZE: env['UV_THREADPOOL_SIZE'] ?? String(shardThreads),
      ...hugePages(env),
    }
  }

  #gatewayEnv(index: number): Record<string, string | undefined> {
    const { settings } = this.#options
    return {
      ...this.#sharedEnv(index),
      ROOKERY_GATEWAY_NAME: `gateway-${index}`,
      ROOKERY_HOST: settings.host,
      ROOKERY_PORT: String(this.#gatewayPorts[index]),
      ROOKERY_PORT_SHARED: String(this.#isPortShared()),
    }
  }

  /** Several listeners of one port get connections in turn on Linux only. */
  #isPortShared(): boolean {
    return this.#options.platform === 'linux' && this.#options.settings.gateways > 1
  }

  #portOfGateway(index: number, port: number): number {
    return this.#isPortShared() || port === 0 ? port : port + index
  }

  #onShardReady(name: string, ready: Ready): void {
    const address = `127.0.0.1:${ready.port}`
    if (this.#addresses[name] !== address) {
      this.#addresses[name] = address
      for (const gateway of this.#gateways) this.#tellShards(gateway)
    }
  }

  #onGatewayReady(index: number, ready: Ready): void {
    this.#gatewayPorts[index] = ready.port
  }

  #tellShards(gateway: SupervisedProcess): void {
    const addresses = { ...this.#addresses }
    if (Object.keys(addresses).length > 0) gateway.send({ type: 'shards', addresses })
  }

  /**
   * A process that has started may not serve yet: a gateway has its links to make. The cluster is
   * announced when each one says of itself that it is ready.
   */
  async #tellWhenReady(): Promise<void> {
    const { settings } = this.#options
    const all = [...this.#gateways, ...this.#shards]
    const isWanted = () => !this.#isStopping && !this.#isRefused
    await Promise.all(
      all.map((child) => untilReady(() => adminAddress(child, settings.adminHost), { isWanted })),
    )
    if (!isWanted()) return
    this.#options.onReady({
      host: settings.host,
      ports: [...new Set(this.#gatewayPorts)],
      admin: all.map((child) => ({ name: child.name, port: child.ready?.adminPort ?? 0 })),
    })
  }

  /** Only the first refusal is told: the others have the same reason, or follow from it. */
  #onRefused(name: string, reason: string): void {
    if (this.#isRefused) return
    this.#isRefused = true
    this.#options.onRefused(new StartError(reason || `${name} ended before it was ready.`))
  }
}

function adminAddress(child: SupervisedProcess, host: string) {
  return child.ready === undefined ? undefined : { host, port: child.ready.adminPort }
}

/**
 * Makes sure that nobody listens on the port yet. A gateway that shares its port would not notice:
 * two clusters would then each get a part of the connections. Where several gateways need one port
 * and any will do, a free one is chosen here.
 */
function freePort(settings: ClusterSettings): Promise<number> {
  const { host, port, gateways } = settings
  if (port === 0 && gateways === 1) return Promise.resolve(0)
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new StartError(listenProblem({ host, port, what: 'Rookery', cause })))
    })
    probe.listen(port, host, () => {
      const address = probe.address()
      const free = typeof address === 'object' && address !== null ? address.port : port
      probe.close(() => resolve(free))
    })
  })
}
