// Rookery under measurement: a whole cluster as `npm start` gives it, with its limits out of the way, and its
// users.

import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '../../../loadtest/client/client.ts'
import { OperatorClient } from '../../../loadtest/client/operator.ts'
import { Importer } from '../../../loadtest/import/importer.ts'
import { forEachBounded } from '../../../loadtest/std/bounded.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { clusterProcesses } from '../../helpers/cluster-processes.ts'
import type { RedisServer } from '../../helpers/redis-server.ts'
import { Program, type Server } from './program.ts'
import { noteRunning, noteStopped, startRedis, stopRedis } from './running.ts'

export const logKinds = ['embedded', 'redis everysec', 'redis always'] as const
export type LogKind = (typeof logKinds)[number]

/** What a cluster without page caches is called behind its name. */
const operatorToken = 'the-operator-of-a-benchmark'
const password = 'of a benchmark'
const partitionCount = 64
/** The first user's handle is this and 0. */
const prefix = 'u'
const signInSockets = 4
const readingSockets = 32
const edgesPerWindow = 64 * 1024

export type RookeryOptions = {
  readonly log: LogKind
  readonly shards: number
  readonly gateways?: number
  /** False where each page has to be made anew: gateways keep none. */
  readonly hasPageCache?: boolean
  /** What node is told, as NODE_OPTIONS, in every process of the cluster. */
  readonly nodeOptions?: string
}

/** Removed also where the benchmark is broken off while the cluster starts. */
class DataDirectory implements AsyncDisposable {
  readonly path = mkdtempSync(join(tmpdir(), 'rookery-bench-'))

  constructor() {
    noteRunning(this)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 })
    noteStopped(this)
  }
}

export type User = { readonly id: UserId; readonly handle: string; readonly token: string }

export class Rookery implements Server {
  readonly name: string
  readonly #program: Program
  readonly #directory: DataDirectory
  readonly #redis: RedisServer | undefined
  readonly processes: Server['processes']
  readonly port: number

  private constructor(own: {
    options: RookeryOptions
    program: Program
    directory: DataDirectory
    redis: RedisServer | undefined
  }) {
    this.name = nameOf(own.options)
    this.#program = own.program
    this.#directory = own.directory
    this.#redis = own.redis
    this.port = Number(own.program.read(/WebSocket +ws:\/\/[^\s:]+:(\d+)\//))
    const processes = clusterProcesses(own.directory.path).map(({ name, pid }) => {
      return { kind: name.replace(/-\d+$/, ''), pid }
    })
    if (own.redis !== undefined) processes.push({ kind: 'redis', pid: own.redis.pid })
    this.processes = processes
  }

  static async start(options: RookeryOptions): Promise<Rookery> {
    const directory = new DataDirectory()
    const { path } = directory
    let redis: RedisServer | undefined
    try {
      const appendfsync = options.log === 'redis always' ? 'always' : 'everysec'
      if (options.log !== 'embedded') redis = await startRedis({ appendfsync })
      const program = await Program.start({
        module: new URL('../../../server/cluster.ts', import.meta.url),
        env: environmentOf(options, { directory: path, redis }),
        ready: /Ctrl-C drains/,
      })
      return new Rookery({ options, program, directory, redis })
    } catch (error) {
      if (redis !== undefined) await stopRedis(redis)
      await directory[Symbol.asyncDispose]()
      throw error
    }
  }

  /**
   * Brings users in and signs all of them in.
   * @param followeesOf whom each follows, by their numbers
   */
  async populate(
    count: number,
    followeesOf: (user: number) => readonly number[],
  ): Promise<readonly User[]> {
    const door = { url: this.#program.read(/gateway-0 +(http:\S+)\/metrics/), token: operatorToken }
    const client = new OperatorClient(door)
    const options = { client, partitionCount, prefix, password, inFlight: 4 }
    const importer = new Importer({ ...options, onFollows: () => undefined })
    const { nodes } = await importer.run({ estimate: 0, windows: windowsOf(count, followeesOf) })
    const tokens = await this.#signIn(count)
    return tokens.map((token, user) => {
      return { id: nodes.userIds[nodes.indexOf(user)] as UserId, handle: handleOf(user), token }
    })
  }

  /** A client for what is not measured. */
  async client(user?: User): Promise<Client> {
    const url = `ws://127.0.0.1:${this.port}`
    return await Client.open({ url, ...(user && { token: user.token }), timeoutMs: 30_000 })
  }

  /** Lets everybody read once: whoever never reads has no timeline that tweets are written into. */
  async readAll(users: readonly User[]): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: readingSockets })
    await forEachBounded(users, readingSockets, ({ token }) => {
      const headers = { authorization: `Bearer ${token}` }
      const to = { port: this.port, path: '/v1/timelines/home?limit=1', headers, agent }
      return new Promise((resolve, reject) => {
        const asked = request(to, (response) => {
          response.once('end', resolve).resume()
          if (response.statusCode !== 200) reject(new Error(`answered ${response.statusCode}`))
        })
        asked.once('error', reject).end()
      })
    })
    agent.destroy()
  }

  /** Tweets that the shards have written into timelines so far. */
  async deliveryCount(): Promise<number> {
    const admins = this.#program.output.matchAll(/shard-\d+ +(http:\S+\/metrics)/g)
    const counts = await Promise.all(
      Array.from(admins, async ([, url]) => {
        const text = await (await fetch(url!)).text()
        const lines = text.matchAll(/^rookery_fanout_deliveries_total\S* (\d+)$/gm)
        return Array.from(lines, ([, value]) => Number(value)).reduce(
          (sum, value) => sum + value,
          0,
        )
      }),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]()
    if (this.#redis !== undefined) await stopRedis(this.#redis)
    await this.#directory[Symbol.asyncDispose]()
  }

  async #signIn(count: number): Promise<readonly string[]> {
    const tokens = new Array<string>(count)
    const url = `ws://127.0.0.1:${this.port}`
    const clients = await Promise.all(
      Array.from({ length: signInSockets }, () => Client.open({ url, timeoutMs: 30_000 })),
    )
    try {
      await forEachBounded(Array.from(tokens.keys()), signInSockets * 16, async (user) => {
        const client = clients[user % signInSockets]!
        const { token } = await client.call('session.create', { handle: handleOf(user), password })
        tokens[user] = token
      })
    } finally {
      for (const client of clients) client.close()
    }
    return tokens
  }
}

function nameOf({ log, gateways = 1, hasPageCache = true }: RookeryOptions): string {
  const several = gateways === 1 ? [] : [`${gateways} gateways`]
  return ['Rookery', log, ...several, ...(hasPageCache ? [] : ['pages made anew'])].join(', ')
}

function handleOf(user: number): string {
  return `${prefix}${user}`
}

/** Nothing is refused for coming too often: all of it comes from one address. */
function environmentOf(
  { shards, gateways = 1, hasPageCache, nodeOptions }: RookeryOptions,
  place: { directory: string; redis: RedisServer | undefined },
): Record<string, string> {
  return {
    ROOKERY_PORT: '0',
    ROOKERY_DATA_DIR: place.directory,
    ROOKERY_SHARDS: String(shards),
    ROOKERY_GATEWAYS: String(gateways),
    ROOKERY_PARTITIONS: String(partitionCount),
    ROOKERY_OPERATOR_TOKEN: operatorToken,
    ROOKERY_SOCKET_RATE: '0',
    ROOKERY_HTTP_RATE: '0',
    ROOKERY_USER_CONNECTIONS: '1000000',
    ROOKERY_ADDRESS_CONNECTIONS: '1000000',
    ROOKERY_PASSWORD_COST: 'weak',
    // On a machine that is busy with more than this, a shard that gets no processor for a second would lose its leases
    // in the middle of a round. It changes how soon a dead one is replaced, and nothing that is measured here.
    ROOKERY_LEASE_MS: '20000',
    ROOKERY_LOG_LEVEL: 'warn',
    ...(hasPageCache === false ? { ROOKERY_PAGE_CACHE_BYTES: '0' } : {}),
    ...(nodeOptions === undefined ? {} : { NODE_OPTIONS: nodeOptions }),
    ...(place.redis === undefined ? {} : { ROOKERY_REDIS_URL: place.redis.url }),
  }
}

function* windowsOf(count: number, followeesOf: (user: number) => readonly number[]) {
  // An edge to oneself makes the user and no follow.
  const room = edgesPerWindow + count
  const window = { from: new Float64Array(room), to: new Float64Array(room), count: 0 }
  const add = (from: number, to: number): void => {
    window.from[window.count] = from
    window.to[window.count++] = to
  }
  for (let user = 0; user < count; user++) {
    add(user, user)
    for (const followee of followeesOf(user)) add(user, followee)
    if (window.count < edgesPerWindow) continue
    yield window
    window.count = 0
  }
  yield window
}
