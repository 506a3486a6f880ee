// A whole Rookery under test: `server/cluster.ts` as `npm start` runs it, with real processes, real
// sockets and a data directory of its own.
//
//   await using cluster = await runningCluster()       one for this test
//   const cluster = sharedCluster()                    one for all tests of a file: cluster().url
//
// A cluster keeps its directory when it is stopped and started again; with `isPortKept` also its port,
// for clients that come back to it. All of its output is collected, and shown when the test fails. Whatever happens, its processes end with the test.

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, onTestFailed } from 'vitest'
import { partitionOfHandle } from '../../protocol/ids.ts'
import { place } from '../../protocol/placement.ts'
import type { ClusterProcess } from './cluster-processes.ts'
import { clusterProcesses } from './cluster-processes.ts'
import { eventually } from './eventually.ts'
import { quietPort } from './quiet-port.ts'

const program = fileURLToPath(new URL('../../server/cluster.ts', import.meta.url))
const partitionCount = 64
const shardNames = ['shard-0', 'shard-1']
/** On a machine that does much else. */
const startWithinMs = 60_000
/** What a failing test shows of the output: the end of it. */
const shownLengthMax = 20_000

/** What stands in the way of a test that comes from one address, and of a quick one. */
const relaxed: Readonly<Record<string, string>> = {
  ROOKERY_PORT: '0',
  ROOKERY_PASSWORD_COST: 'weak',
  ROOKERY_SOCKET_RATE: '0',
  ROOKERY_HTTP_RATE: '0',
  ROOKERY_USER_CONNECTIONS: '1000',
}

export type RunningClusterOptions = {
  /** Settings beside the relaxed ones, or instead of them. */
  readonly env?: Readonly<Record<string, string>>
  /** Kept when the cluster is disposed of; without one, a temporary one is made and removed. */
  readonly directory?: string
  /** Takes a port that nobody else is given by chance while the cluster is away. */
  readonly isPortKept?: true
}

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** A cluster for the running test. */
export async function runningCluster(options: RunningClusterOptions = {}): Promise<RunningCluster> {
  const cluster = new RunningCluster(options)
  onTestFailed(() => cluster.show())
  await cluster.start()
  return cluster
}

/** A cluster for all tests of a file. */
export function sharedCluster(options: RunningClusterOptions = {}): () => RunningCluster {
  let cluster: RunningCluster | undefined
  beforeAll(async () => {
    cluster = new RunningCluster(options)
    await cluster.start()
  }, startWithinMs * 2)
  beforeEach((context) => {
    context.onTestFailed(() => cluster?.show())
  })
  afterAll(() => cluster?.[Symbol.asyncDispose]())
  return () => {
    if (cluster === undefined) throw new Error('the cluster is there once the tests run')
    return cluster
  }
}

/** A handle whose user lives on this shard of the two. Different for every call. */
export function handleOn(shard: 'shard-0' | 'shard-1', prefix = 'u'): string {
  for (;;) {
    const handle = `${prefix}_${(handles++).toString(36)}`
    if (placement[partitionOfHandle(handle, partitionCount)] === shard) return handle
  }
}
const placement = place(shardNames, partitionCount)
let handles = 0

export class RunningCluster implements AsyncDisposable {
  readonly directory: string
  /** stdout and stderr of all processes and starts, in the order in which they came. */
  output = ''
  /** stderr of the supervisor alone. */
  errors = ''
  #exited: Promise<Exit> = Promise.resolve({ code: null, signal: null })
  readonly #env: Readonly<Record<string, string>>
  readonly #isDirectoryOurs: boolean
  readonly #isPortKept: boolean
  #child: ChildProcess | undefined
  #port = 0
  /** Where in the output the present start begins. */
  #startedAt = 0
  /** How much of the output failing tests have shown already. */
  #shownTo = 0

  constructor(options: RunningClusterOptions) {
    this.#isPortKept = options.isPortKept === true
    this.#isDirectoryOurs = options.directory === undefined
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), 'rookery-stack-'))
    this.#env = { ...relaxed, ROOKERY_DATA_DIR: this.directory, ...options.env }
  }

  get port(): number {
    return this.#port
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get liveUrl(): string {
    return `ws://127.0.0.1:${this.#port}/v1/live`
  }

  /** Starts, or starts again. Resolves when it is ready. */
  async start(): Promise<void> {
    if (this.#isPortKept && this.#port === 0) this.#port = await quietPort()
    this.begin()
    const ended = this.#exited.then(({ code, signal }) => {
      throw new Error(`the cluster ended with ${signal ?? code}:\n${this.output}`)
    })
    ended.catch(() => undefined) // It may well end later, when it is stopped.
    await Promise.race([this.#untilAnnounced(), ended])
  }

  /** Starts, and waits for nothing: for a start that is to fail. */
  begin(): void {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ROOKERY_'))
    const env = { ...Object.fromEntries(inherited), ...this.#env }
    if (this.#isPortKept) env['ROOKERY_PORT'] = String(this.#port)
    this.#startedAt = this.output.length
    // A process group of its own, so that the whole of it can be killed at once.
    const child = spawn(process.execPath, [program], {
      env,
      // By the channel it notices when the tests themselves are killed, and drains.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
        if (stream === child.stderr) this.errors += text
      })
    }
    this.#exited = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal }))
    })
  }

  /** Every living process of this cluster. */
  processes(): ClusterProcess[] {
    return clusterProcesses(this.directory)
  }

  pidOf(name: string): number {
    const found = this.processes().find((one) => one.name === name)
    if (found === undefined) throw new Error(`there is no ${name}`)
    return found.pid
  }

  /** Sends a signal to one process; gives its pid. */
  signal(name: string, signal: NodeJS.Signals): number {
    const pid = this.pidOf(name)
    process.kill(pid, signal)
    return pid
  }

  /** kill -9 of the whole process group. Resolves when nothing of it is left. */
  async killAll(): Promise<void> {
    if (this.#child?.pid !== undefined) killQuietly(-this.#child.pid, 'SIGKILL')
    await this.untilGone()
  }

  /** Resolves when no process of this cluster lives any more. */
  async untilGone(withinMs = 15_000): Promise<void> {
    await eventually(() => this.processes().length === 0, {
      withinMs,
      elseDump: () => ({ left: this.processes(), output: this.output }),
    })
  }

  /** How the supervisor ended, once it and all that it started have closed their output. */
  async untilExited(withinMs = 30_000): Promise<Exit> {
    let exit: Exit | undefined
    void this.#exited.then((seen) => {
      exit = seen
    })
    return await eventually(() => exit, {
      withinMs,
      elseDump: () => ({ left: this.processes(), output: this.output }),
    })
  }

  /** SIGTERM, as Ctrl-C or an operator sends it. */
  async stop(): Promise<Exit & { readonly tookMs: number }> {
    const startedAtMs = performance.now()
    this.#child?.kill('SIGTERM')
    const exit = await this.untilExited()
    return { ...exit, tookMs: performance.now() - startedAtMs }
  }

  /** Resolves when the gateway says that it can serve everybody. */
  async untilReady(withinMs = startWithinMs): Promise<void> {
    await eventually(async () => (await fetch(`${this.url}/readyz`)).status === 200, {
      withinMs,
      elseDump: () => this.output,
    })
  }

  /** The lines of JSON in the log of the present start. */
  get lines(): readonly Record<string, unknown>[] {
    return this.output
      .slice(this.#startedAt)
      .split('\n')
      .flatMap((line) => {
        const object = parsed(line)
        return object === undefined ? [] : [object]
      })
  }

  /** Where a process listens, by its newest log line that says so. */
  portsOf(name: string): { readonly port: number; readonly adminPort: number } {
    const line = this.lines.findLast((one) => one['name'] === name && 'adminPort' in one)
    if (line === undefined) throw new Error(`${name} has not said where it listens`)
    return { port: line['port'] as number, adminPort: line['adminPort'] as number }
  }

  /** Prints what came since the last time, for a test that fails. */
  show(): void {
    const text = this.output.slice(this.#shownTo).slice(-shownLengthMax)
    this.#shownTo = this.output.length
    console.error(`The cluster on ${this.directory}:\n${text}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid } of this.processes()) killQuietly(pid, 'SIGKILL')
    await this.killAll()
    if (!this.#isDirectoryOurs) return
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 })
  }

  async #untilAnnounced(): Promise<void> {
    const port = await eventually(
      () => /WebSocket +ws:\/\/[^\s:]+:(\d+)\//.exec(this.output.slice(this.#startedAt))?.[1],
      { withinMs: startWithinMs, elseDump: () => this.output },
    )
    this.#port = Number(port)
  }
}

/** Undefined for what is no line of JSON: words for a person, or two lines that ran into each other. */
function parsed(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    // Several processes write to one pipe: a long line may be cut by another.
    return undefined
  }
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // Whoever is gone already needs no signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
