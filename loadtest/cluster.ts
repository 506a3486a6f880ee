// The server that a run is about: one that is there already (--url), or a whole cluster started for
// this run, with its data in a temporary directory and its limits out of the way.

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProcessorTimes } from './processes.ts'
import { processorTimes } from './processes.ts'
import { liveUrl } from './socket.ts'

export type Target = AsyncDisposable & {
  readonly url: string
  /** Whether the run has started it, and ends it. */
  readonly isOwn: boolean
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
   */
  async open(url: string | undefined): Promise<Target> {
    if (url === undefined) return await this.#start()
    return {
      url: liveUrl(url),
      isOwn: false,
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
    const program = fileURLToPath(new URL('../server/cluster.ts', import.meta.url))
    const own = { ROOKERY_PORT: '0', ROOKERY_DATA_DIR: dataDirectory }
    const child = spawn(process.execPath, [program], {
      env: { ...relaxedLimits, ...env, ...own },
      stdio: ['ignore', 'pipe', 'pipe'],
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
      const url = await addressOf(child, printError)
      return {
        url,
        isOwn: true,
        processorTimes: () => processorTimes(child.pid!),
        [Symbol.asyncDispose]: stop,
      }
    } catch (error) {
      await stop()
      throw error
    }
  }
}

/** Waits for the line with the address; what is written afterwards goes to `printError`. */
function addressOf(child: ChildProcess, printError: (text: string) => void): Promise<string> {
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
      if (match === null) return
      isUp = true
      clearTimeout(timer)
      resolve(liveUrl(match[0]))
    }
    child.stdout?.setEncoding('utf8').on('data', hear)
    child.stderr?.setEncoding('utf8').on('data', hear)
    child.once('error', (error) => fail(error.message))
    child.once('exit', (code, signal) => fail(`it ended with ${signal ?? code}`))
  })
}
