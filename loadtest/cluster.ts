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

/** The server at `url`, or a new cluster where there is none. Dispose of it at the end. */
export async function openTarget(url: string | undefined): Promise<Target> {
  if (url === undefined) return await startCluster()
  return {
    url: liveUrl(url),
    isOwn: false,
    processorTimes: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

const running = new Set<() => Promise<void>>()

/** Stops what this process has started: for a run that is broken off from outside. */
export async function stopClusters(): Promise<void> {
  await Promise.all([...running].map((stop) => stop()))
}

/**
 * Starts `server/cluster.ts` on a free port. What the environment says about Rookery (shards, Redis, …)
 * holds for it too, but for port and data. Throws with the server's own words where it does not come up.
 */
async function startCluster(): Promise<Target> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'rookery-load-'))
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../server/cluster.ts', import.meta.url))],
    {
      env: {
        ...relaxedLimits,
        ...process.env,
        ROOKERY_PORT: '0',
        ROOKERY_DATA_DIR: dataDirectory,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const guard = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
    await gone
    clearTimeout(guard)
    rmSync(dataDirectory, { recursive: true, force: true })
    running.delete(stop)
  }
  running.add(stop)
  try {
    const url = await addressOf(child)
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

/** Waits for the line with the address; afterwards the output goes on to our stderr. */
function addressOf(child: ChildProcess): Promise<string> {
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
        process.stderr.write(text)
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
