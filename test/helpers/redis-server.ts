// A real redis-server as a child of a test: on a free port of this machine, with a directory of its own.
//
//   await using redis = await startRedis({ appendfsync: 'always' })
//   await redis.kill()       // as kill -9 does
//   await redis.restart()    // the same port and directory

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { eventually } from './eventually.ts'
import { quietPort } from './quiet-port.ts'

const host = '127.0.0.1'
const startMsMax = 10_000

export type RedisServerOptions = {
  readonly appendfsync?: 'everysec' | 'always'
  /** As redis.conf takes it: `20mb`. */
  readonly maxmemory?: string
  readonly password?: string
  /** Makes it a Sentinel instead, which alone decides about this master, whom it calls `main`. */
  readonly sentinelOf?: RedisServer
  /** More lines of redis.conf, by their name. */
  readonly settings?: Readonly<Record<string, string>>
}

export class RedisServer {
  readonly port: number
  readonly password: string | undefined
  readonly directory: string
  readonly #arguments: readonly string[]
  #child: ChildProcess | undefined
  #output = ''

  constructor(port: number, options: RedisServerOptions) {
    this.port = port
    this.password = options.password
    this.directory = mkdtempSync(join(tmpdir(), 'rookery-redis-'))
    const settings = {
      port: String(port),
      bind: host,
      dir: this.directory,
      save: '',
      appendonly: 'yes',
      appendfsync: options.appendfsync ?? 'everysec',
      'repl-diskless-sync-delay': '0',
      ...(options.maxmemory === undefined ? {} : { maxmemory: options.maxmemory }),
      ...(options.password === undefined ? {} : { requirepass: options.password }),
      ...options.settings,
    }
    this.#arguments =
      options.sentinelOf === undefined
        ? Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
        : [this.#writeSentinelFile(options.sentinelOf), '--sentinel']
  }

  get url(): string {
    const user = this.password === undefined ? '' : `:${encodeURIComponent(this.password)}@`
    return `redis://${user}${host}:${this.port}`
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** False before its start, and when it has ended by itself. */
  get isRunning(): boolean {
    const child = this.#child
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** Starts it, again or for the first time, and waits until it has loaded its data. */
  async restart(): Promise<void> {
    await this.kill()
    const child = spawn('redis-server', this.#arguments, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    this.#output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text
      })
    }
    const spawned = Promise.withResolvers<void>()
    child.once('spawn', spawned.resolve)
    child.once('error', (cause) => {
      const advice = 'redis-server cannot be started: install it (apt-get install redis-server)'
      spawned.reject(new Error(advice, { cause }))
    })
    await spawned.promise
    const isReady = /Ready to accept connections|Sentinel ID is/
    await eventually(() => isReady.test(this.#output), {
      withinMs: startMsMax,
      elseDump: () => this.#output,
    })
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.kill('SIGKILL')
    await ended
  }

  /** Keeps it from doing anything, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }

  /** A Sentinel writes what it learns into its file, so it needs one. */
  #writeSentinelFile(master: RedisServer): string {
    const path = join(this.directory, 'sentinel.conf')
    const lines = [
      `port ${this.port}`,
      `bind ${host}`,
      `dir ${this.directory}`,
      `sentinel monitor main ${host} ${master.port} 1`,
      'sentinel down-after-milliseconds main 500',
      'sentinel failover-timeout main 2000',
    ]
    writeFileSync(path, `${lines.join('\n')}\n`)
    return path
  }

  /** A client for what a test does to Redis behind the back of the log. */
  client(): Redis & AsyncDisposable {
    const options = this.password === undefined ? {} : { password: this.password }
    const redis = new Redis(this.port, host, { ...options, lazyConnect: false })
    redis.on('error', () => undefined)
    return Object.assign(redis, {
      [Symbol.asyncDispose]: async () => redis.disconnect(),
    })
  }

  /** Runs one command. */
  async command(name: string, ...args: (string | number)[]): Promise<unknown> {
    const client = this.client()
    try {
      return await client.call(name, args)
    } finally {
      client.disconnect()
    }
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

/** Starts a server; `await using` stops it. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  // It may be killed and started again: in between, nobody is given its port for a connection.
  const server = new RedisServer(await quietPort(), options)
  try {
    await server.restart()
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}

/** A port that was free a moment ago: redis-server cannot be asked to choose one. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}
