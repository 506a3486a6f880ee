// The server that a run is about: one that is there already (--url), or a whole cluster started for
// this run, with its data in a temporary directory and its limits out of the way.

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { OperatorDoor } from '../client/operator.ts'
import { liveUrl } from '../client/socket.ts'
import type { MetricsDoor } from './health.ts'
import type { ProcessorTimes } from './processes.ts'
import { processorTimes } from './processes.ts'

export type Target = AsyncDisposable & {
  readonly url: string
  /** Whether the run has started it, and ends it. */
  readonly isOwn: boolean
  /** The admin ports of its processes, so far as they are known. */
  readonly doors: readonly MetricsDoor[]
  /** Where operators are let in; undefined where it was not said. */
  readonly operator?: OperatorDoor
  /** Of the server's processes so far; undefined where they cannot be seen. */
  processorTimes(): ProcessorTimes | undefined
}

/** A load run comes from one address and few users, and signs up many: it is no attack. */
const relaxedLimits: Readonly<Record<string, string>> = {
  ROOKERY_SOCKET_RATE: '0',
  ROOKERY_HTTP_RATE: '0',
  ROOKERY_USER_CONNECTIONS: '1000000',
  ROOKERY_ADDRESS_CONNECTIONS: '1000000',
  ROOKERY_PASSWORD_COST: 'weak',
  ROOKERY_LOG_LEVEL: 'warn',
}

/** The setting of a gateway by which it knows operators. */
const operatorTokenName = 'ROOKERY_OPERATOR_TOKEN'
const startTimeoutMs = 30_000
/** A drain may take 10 s. */
const stopTimeoutMs = 12_000
/** What is kept of the server's output for the case that it does not start. */
const outputLengthMax = 16_384

/** What a launcher takes from its process. */
export type LauncherOptions = {
  /** What it says about Rookery (shards, Redis, …) holds for the cluster too, but for port and data. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What a running cluster writes: warnings and worse. */
  readonly printError: (text: string) => void
}

/** Finds or starts servers, and stops those that it has started. */
export class Launcher {
  readonly #options: LauncherOptions
  readonly #running = new Set<() => Promise<void>>()

  constructor(options: LauncherOptions) {
    this.#options = options
  }

  /**
   * The server at `url`, or a new cluster where there is none. Dispose of it at the end.
   * Throws RangeError for what is no address, and with the server's own words where it does not start.
   * @param options.admin the admin port of one of its gateways
   * @param options.metrics the admin ports of its processes
   */
  async open(
    url: string | undefined,
    {
      admin,
      metrics = [],
    }: { readonly admin?: string | undefined; readonly metrics?: readonly string[] } = {},
  ): Promise<Target> {
    if (url === undefined) return await this.#start()
    const token = this.#options.env[operatorTokenName]
    return {
      url: liveUrl(url),
      isOwn: false,
      doors: metrics.map((address) => ({ url: adminUrl(address), name: new URL(address).host })),
      ...(admin === undefined || !token ? {} : { operator: { url: adminUrl(admin), token } }),
      processorTimes: () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    }
  }

  /** Stops what is still running: for a run that is broken off from outside. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((stop) => stop()))
  }

  /** Starts `server/cluster.ts` on a free port. */
  async #start(): Promise<Target> {
    const { env, printError } = this.#options
    const dataDirectory = mkdtempSync(join(tmpdir(), 'rookery-load-'))
    const program = fileURLToPath(new URL('../../server/cluster.ts', import.meta.url))
    const token = env[operatorTokenName] || randomBytes(24).toString('hex')
    const own = {
      ROOKERY_PORT: '0',
      ROOKERY_DATA_DIR: dataDirectory,
      [operatorTokenName]: token,
    }
    const child = spawn(process.execPath, [program], {
      env: { ...relaxedLimits, ...env, ...own },
      // By the channel it notices when this process dies, and drains: nothing of it is left behind.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    const stop = async (): Promise<void> => {
      child.kill('SIGTERM')
      const guard = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
      await gone
      clearTimeout(guard)
      rmSync(dataDirectory, { recursive: true, force: true })
      this.#running.delete(stop)
    }
    this.#running.add(stop)
    try {
      const { url, doors } = await addressesOf(child, printError)
      const gateway = doors.find(({ name }) => name === 'gateway-0')
      if (gateway === undefined) throw new Error('the cluster did not name its first gateway')
      return {
        url,
        isOwn: true,
        doors,
        operator: { url: gateway.url, token },
        processorTimes: () => processorTimes(child.pid!),
        [Symbol.asyncDispose]: stop,
      }
    } catch (error) {
      await stop()
      throw error
    }
  }
}

function adminUrl(address: string): string {
  if (/^https?:/.test(address) && URL.canParse(address)) return address
  throw new RangeError(`${address} is not an address such as http://127.0.0.1:9100`)
}

/** Ends what a cluster says when it is ready. */
const lastWords = 'Ctrl-C'

function doorsIn(output: string): MetricsDoor[] {
  const lines = output.matchAll(/((?:gateway|shard)-\d+) +(https?:\S+)\/metrics\s/g)
  return Array.from(lines, ([, name = '', url = '']) => ({ name, url }))
}

/** Waits for the lines with the addresses; what is written afterwards goes to `printError`. */
function addressesOf(
  child: ChildProcess,
  printError: (text: string) => void,
): Promise<{ readonly url: string; readonly doors: readonly MetricsDoor[] }> {
  return new Promise((resolve, reject) => {
    let output = ''
    let isUp = false
    const fail = (why: string): void => {
      clearTimeout(timer)
      reject(new Error(`the cluster did not start: ${why}\n${output.trim()}`))
    }
    const timer = setTimeout(() => fail(`no address after ${startTimeoutMs} ms`), startTimeoutMs)
    const hear = (text: string): void => {
      if (isUp) {
        printError(text)
        return
      }
      output = (output + text).slice(-outputLengthMax)
      const match = /wss?:\/\/[^\s"',]+(?=\s)/.exec(output)
      if (match === null || !output.includes(lastWords)) return
      isUp = true
      clearTimeout(timer)
      resolve({ url: liveUrl(match[0]), doors: doorsIn(output) })
    }
    child.stdout?.setEncoding('utf8').on('data', hear)
    child.stderr?.setEncoding('utf8').on('data', hear)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? code}`))
  })
}
