// One process of a cluster under test, as an operator starts it: `node shard/main.ts` or `node
// server/main.ts` with an environment of its own. It can be killed, stopped, resumed and started again.
//
// It is a forked child: so it tells where it listens, and drains and goes when the run is broken off.

import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { hugePages } from '../../../protocol/std/huge-pages.ts'
import { eventually } from '../../helpers/eventually.ts'

export type ProcessKind = 'shard' | 'gateway'
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }
type Ready = { readonly type: 'ready'; readonly port: number; readonly adminPort: number }

const modules: Readonly<Record<ProcessKind, string>> = {
  shard: fileURLToPath(new URL('../../../shard/main.ts', import.meta.url)),
  gateway: fileURLToPath(new URL('../../../server/main.ts', import.meta.url)),
}
const startWithinMs = 60_000
const exitWithinMs = 20_000
const adminTimeoutMs = 10_000
/** What is kept of the output, for a run that fails. */
const outputLengthMax = 64 * 1024
/** A shard waits for the disk and hashes passwords in Node's threads, as under `npm start`. */
const threads = '8'

/** A process that ended before it listened. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
  readonly exit: Exit
  /** What it wrote to stderr. */
  readonly words: string
  constructor(process: { readonly name: string; readonly errors: string }, exit: Exit) {
    super(`${process.name} ended with ${exit.signal ?? exit.code} at its start: ${process.errors}`)
    this.exit = exit
    this.words = process.errors
  }
}

export class NodeProcess {
  readonly kind: ProcessKind
  readonly name: string
  /** Of all its starts. */
  output = ''
  /** What it wrote to stderr since its last start. */
  errors = ''
  readonly #env: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #ready: Ready | undefined
  #exited: Promise<Exit> = Promise.resolve({ code: null, signal: null })

  constructor(kind: ProcessKind, name: string, env: Readonly<Record<string, string>>) {
    this.kind = kind
    this.name = name
    this.#env = env
  }

  get isRunning(): boolean {
    return this.#child !== undefined
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`${this.name} does not run`)
    return this.#child.pid
  }

  /** Starts it, and waits for nothing. */
  begin(): void {
    if (this.#child !== undefined) throw new Error(`${this.name} runs already`)
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(ROOKERY_|VITEST)/.test(name),
    )
    const child = fork(modules[this.kind], [], {
      env: {
        UV_THREADPOOL_SIZE: threads,
        // As under `npm start` as well; a gateway has nothing for them.
        ...(this.kind === 'shard' ? hugePages({}) : {}),
        ...Object.fromEntries(inherited),
        ...this.#env,
      },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    this.#ready = undefined
    this.errors = ''
    child.on('message', (message) => {
      if ((message as Ready).type === 'ready') this.#ready = message as Ready
    })
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#wrote(text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
      this.#wrote(text)
    })
    this.#exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        if (this.#child === child) this.#child = undefined
        resolve({ code, signal })
      })
    })
  }

  /** Starts it; resolves when it listens. */
  async start(): Promise<void> {
    this.begin()
    await this.untilListening()
  }

  async untilListening(): Promise<void> {
    await eventually(() => this.#ready !== undefined || !this.isRunning, {
      withinMs: startWithinMs,
      elseDump: () => this.output,
    })
    if (this.#ready === undefined) throw new StartRefused(this, await this.#exited)
  }

  /** Resolves when `/readyz` says that it can serve. */
  async untilReady(): Promise<void> {
    await this.untilListening()
    await eventually(async () => (await this.admin('/readyz')).status === 200, {
      withinMs: startWithinMs,
      elseDump: () => this.output,
    })
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#child?.kill(signal) !== true) throw new Error(`${this.name} got no ${signal}`)
  }

  /** kill -9. Resolves with how it ended. */
  async kill(): Promise<Exit> {
    this.#child?.kill('SIGKILL')
    return await this.#exited
  }

  /** How it ends, or has ended. */
  async exit(): Promise<Exit> {
    let exit: Exit | undefined
    void this.#exited.then((seen) => {
      exit = seen
    })
    return await eventually(() => exit, { withinMs: exitWithinMs, elseDump: () => this.output })
  }

  /** SIGTERM, as an operator sends it. Throws where it does not go, or not in good order. */
  async stop(): Promise<void> {
    this.signal('SIGTERM')
    const { code, signal } = await this.exit()
    if (code !== 0) throw new Error(`${this.name} ended with ${signal ?? code}:\n${this.output}`)
  }

  /** A page of its admin port. */
  async admin(path: string): Promise<{ readonly status: number; readonly text: string }> {
    if (this.#ready === undefined) throw new Error(`${this.name} does not listen yet`)
    const answer = await fetch(`http://127.0.0.1:${this.#ready.adminPort}${path}`, {
      signal: AbortSignal.timeout(adminTimeoutMs),
      // A kept connection may be closed by the other side in the moment in which it is used again.
      headers: { connection: 'close' },
    })
    return { status: answer.status, text: await answer.text() }
  }

  /** Samples of one metric, by the value of one of its labels (or by the whole series name). */
  async metric(name: string, label: string): Promise<Map<string, number>> {
    const { text } = await this.admin('/metrics')
    const samples = new Map<string, number>()
    for (const line of text.split('\n')) {
      if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue
      const value = new RegExp(`[{,]${label}="([^"]*)"`).exec(line)?.[1] ?? ''
      samples.set(value, Number(line.slice(line.lastIndexOf(' ') + 1)))
    }
    return samples
  }

  #wrote(text: string): void {
    this.output = (this.output + text).slice(-outputLengthMax)
  }
}
