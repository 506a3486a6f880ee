// One child process that is to be there: started, watched, started again when it dies.
//
//   fork -> starting -> ready ----> died -> (pause) -> fork …
//              |                      ^
//              +-- exit 1, never ready before: the whole start ends with the child's own sentence
//
// A child that dies after a good while comes back at once, because its users wait. One that dies again
// and again within seconds has a reason that a restart does not remove, so the pause doubles.

import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import type { Log } from '../../protocol/std/log.ts'

/** A child that lived this long was well: its next restart is immediate. */
const goodLifeMs = 10_000
const firstPauseMs = 100
const pauseMaxMs = 5_000
/** What is kept of a child's stderr until it is ready: its start-up sentence, or a stack. */
const firstWordsMax = 16_384

/** What a child says once it does its work. */
export type Ready = { readonly port: number; readonly adminPort: number }

export type SupervisedProcessOptions = {
  readonly name: string
  readonly modulePath: string
  /** Asked at every start, so that a restarted child finds what holds by then. */
  readonly env: () => Readonly<Record<string, string | undefined>>
  readonly log: Log
  /** Every fork, before the child says anything: messages sent now reach it. */
  onStarted(): void
  onReady(ready: Ready): void
  /** It refused its very first start. `reason` is what it wrote to stderr. */
  onRefused(reason: string): void
  /** What it writes to stderr once it has been ready, or when it dies without being refused. */
  onStderr(text: string): void
}

/**
 * The pause before a restart, in milliseconds.
 * @param quickDeaths how often in a row the child has died young, this time included
 */
export function restartPauseMs(quickDeaths: number): number {
  if (quickDeaths <= 1) return 0
  return Math.min(pauseMaxMs, firstPauseMs * 2 ** (quickDeaths - 2))
}

export class SupervisedProcess {
  readonly #options: SupervisedProcessOptions
  #child: ChildProcess | undefined
  #ready: Ready | undefined
  #wasEverReady = false
  #isStopping = false
  #quickDeaths = 0
  #startedAtMs = 0
  #firstWords = ''
  #restartTimer: NodeJS.Timeout | undefined
  #gone: Promise<void> = Promise.resolve()

  constructor(options: SupervisedProcessOptions) {
    this.#options = options
  }

  get name(): string {
    return this.#options.name
  }

  /** Where it listens; undefined until it said so, and again while it is being restarted. */
  get ready(): Ready | undefined {
    return this.#ready
  }

  start(): void {
    const { modulePath, env } = this.#options
    this.#startedAtMs = performance.now()
    this.#firstWords = ''
    const child = fork(modulePath, [], {
      env: { ...env() },
      execArgv: [],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    this.#child = child
    child.on('message', (message) => this.#onMessage(message))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#onStderr(text))
    // `close` comes after `exit` and after the last of stderr, so the sentence is complete.
    this.#gone = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.#onGone({ code, signal })
        resolve()
      })
    })
    child.on('error', (error) => {
      this.#options.log.error({ err: error, process: this.name }, 'a process could not be reached')
    })
    this.#options.onStarted()
  }

  /** Tells the child something. A child that is gone is told when it is back, by `onStarted`. */
  send(message: object): void {
    if (this.#child?.connected !== true) return
    this.#child.send(message, (error) => {
      if (error !== null) this.#options.log.debug({ err: error, process: this.name }, 'not told')
    })
  }

  /** Asks it to drain, and kills it where it has not gone in time. Resolves when it is gone. */
  async stop(options: { readonly withinMs: number }): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restartTimer)
    this.#child?.kill('SIGTERM')
    const guard = setTimeout(() => {
      this.#options.log.warn({ process: this.name, ...options }, 'did not drain in time: killed')
      this.kill()
    }, options.withinMs)
    await this.#gone
    clearTimeout(guard)
  }

  /** Ends it at once, for good. */
  kill(): void {
    this.#isStopping = true
    clearTimeout(this.#restartTimer)
    this.#child?.kill('SIGKILL')
  }

  #onMessage(message: unknown): void {
    const ready = readyOf(message)
    if (ready === undefined) return
    this.#ready = ready
    this.#wasEverReady = true
    this.#tellFirstWords()
    this.#options.onReady(ready)
  }

  #onStderr(text: string): void {
    if (this.#ready !== undefined) this.#options.onStderr(text)
    else if (this.#firstWords.length < firstWordsMax) this.#firstWords += text
  }

  #tellFirstWords(): void {
    if (this.#firstWords !== '') this.#options.onStderr(this.#firstWords)
    this.#firstWords = ''
  }

  #onGone(exit: { code: number | null; signal: NodeJS.Signals | null }): void {
    this.#child = undefined
    this.#ready = undefined
    if (this.#isStopping) {
      // Where several refuse the start, each for the same reason, the first one has told it.
      if (this.#wasEverReady || exit.code !== 1) this.#tellFirstWords()
      return
    }
    if (exit.code === 1 && !this.#wasEverReady) {
      this.#isStopping = true
      this.#options.onRefused(this.#firstWords.trim())
      return
    }
    this.#tellFirstWords()
    const livedMs = Math.round(performance.now() - this.#startedAtMs)
    this.#quickDeaths = livedMs < goodLifeMs ? this.#quickDeaths + 1 : 1
    const pauseMs = restartPauseMs(this.#quickDeaths)
    this.#options.log.error(
      { process: this.name, ...exit, livedMs, pauseMs },
      'a process died: it is started again',
    )
    this.#restartTimer = setTimeout(() => this.start(), pauseMs)
  }
}

function readyOf(message: unknown): Ready | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const { type, port, adminPort } = message as Record<string, unknown>
  if (type !== 'ready' || typeof port !== 'number' || typeof adminPort !== 'number') {
    return undefined
  }
  return { port, adminPort }
}
