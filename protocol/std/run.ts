// The frame of every main: start, signals, drain, exit. No process of Rookery handles them elsewhere.
//
//   start ----> running ----> draining ----> gone
//     |  refused: one sentence on stderr, exit 1
//                  |  SIGTERM, SIGINT, the supervisor is gone: drain, exit 0
//                  |  a bug (uncaught exception, unhandled rejection): log it, drain, exit 1
//                                |  longer than 10 s, or a second signal: exit at once
//
// After the drain the process ends by itself, because nothing holds the event loop open any more;
// the call of `process.exit` is a last resort.

import type { Log } from './log.ts'

/** How long a drain may take: what the operator's tools wait for before they kill. */
export const drainTimeoutMs = 10_000
/** A drain after a bug: nothing may be trusted any more, so it is short. */
const crashDrainTimeoutMs = 3_000
/** How long after the drain something may still hold the event loop open. */
const lingerMs = 500
/**
 * A second signal within this time is the same wish: a terminal sends Ctrl-C to the whole process
 * group, and `npm start` forwards it once more.
 */
const sameSignalMs = 500

/** Why a process could not start, as a sentence for the person who started it. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** What the supervisor that forked this process can be told, and what it tells. */
export type Parent = {
  send(message: object): void
  onMessage(listener: (message: unknown) => void): void
}

/** What a main gets of its process. Nothing below a main touches `process`. */
export type ProcessContext = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly argv: readonly string[]
  readonly platform: string
  /** Whether a person reads stdout. */
  readonly isTerminal: boolean
  /** Absent where the process was started by hand. */
  readonly parent: Parent | undefined
  /** Writes a line to stdout. */
  print(line: string): void
  /** Writes text to stderr as it is. */
  printError(text: string): void
  /** Ends the process for a reason that turned up after the start: drains, one sentence, exit 1. */
  fail(error: Error): void
  /** Ends it because somebody wants that, as a signal does: drains, exit 0. */
  end(reason: string): void
}

export type Running = {
  readonly log: Log
  /** Ends everything in order. Called once; the process exits when it is done. */
  drain(reason: string): Promise<void>
  /** A second signal: called right before the process exits, so it must not wait for anything. */
  abandon?(): void
}

/** Runs a main. `start` resolves when the process does its work, or rejects with a StartError. */
export function runProcess(start: (context: ProcessContext) => Promise<Running>): void {
  new ProcessLife(start).begin()
}

class ProcessLife {
  readonly #start: (context: ProcessContext) => Promise<Running>
  #started: Promise<Running> | undefined
  #running: Running | undefined
  #isEnding = false
  #endingSinceMs = 0

  constructor(start: (context: ProcessContext) => Promise<Running>) {
    this.#start = start
  }

  begin(): void {
    // Whoever read our output may be gone, as after `| head`: that is no reason to end.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
    // Ctrl-C reaches the children of a supervisor as well; they wait for its word, which comes in order.
    process.on('SIGINT', () => (process.connected ? undefined : this.#onSignal('SIGINT')))
    process.on('SIGTERM', () => this.#onSignal('SIGTERM'))
    process.on('uncaughtException', (error) => this.#onBug('uncaught exception', error))
    process.on('unhandledRejection', (error) => this.#onBug('unhandled rejection', error))
    if (process.connected) {
      process.on('disconnect', () => this.#end({ reason: 'the supervisor is gone', exitCode: 0 }))
    }
    this.#started = this.#start(this.#context())
    this.#started.then(
      (running) => {
        this.#running = running
      },
      (error) => {
        tellStartProblem(error)
        process.exit(1)
      },
    )
  }

  #context(): ProcessContext {
    return {
      env: process.env,
      argv: process.argv.slice(2),
      platform: process.platform,
      isTerminal: process.stdout.isTTY === true,
      parent: process.connected ? makeParent() : undefined,
      print: (line) => void process.stdout.write(`${line}\n`),
      printError: (text) => void process.stderr.write(text),
      fail: (error) => {
        tellStartProblem(error)
        this.#end({ reason: 'a failure', exitCode: 1 })
      },
      end: (reason) => this.#end({ reason, exitCode: 0 }),
    }
  }

  #onSignal(signal: string): void {
    if (!this.#isEnding) {
      this.#end({ reason: signal, exitCode: 0 })
      return
    }
    if (performance.now() - this.#endingSinceMs < sameSignalMs) return
    this.#running?.abandon?.()
    process.exit(1)
  }

  #onBug(kind: string, error: unknown): void {
    if (this.#running === undefined) process.stderr.write(`${kind}: ${stackOf(error)}\n`)
    else this.#running.log.fatal({ err: error }, `${kind}: the process drains and exits`)
    this.#end({ reason: kind, exitCode: 1 })
  }

  #end(options: { reason: string; exitCode: number }): void {
    if (this.#isEnding) {
      if (options.exitCode !== 0) process.exitCode = options.exitCode
      return
    }
    this.#isEnding = true
    this.#endingSinceMs = performance.now()
    process.exitCode = options.exitCode
    const timeoutMs = options.exitCode === 0 ? drainTimeoutMs : crashDrainTimeoutMs
    setTimeout(() => {
      this.#running?.log.error(
        { timeoutMs },
        'the drain took too long: the process exits without it',
      )
      this.#running?.abandon?.()
      process.exit(1)
    }, timeoutMs).unref()
    void this.#drain(options.reason)
  }

  async #drain(reason: string): Promise<void> {
    try {
      const running = await this.#started
      running?.log.info({ reason }, 'draining')
      await running?.drain(reason)
      running?.log.info('drained')
    } catch (error) {
      this.#running?.log.error({ err: error }, 'the drain failed')
      process.exitCode = 1
    }
    if (process.connected) process.disconnect()
    setTimeout(() => process.exit(), lingerMs).unref()
  }
}

function makeParent(): Parent {
  return {
    send: (message) => {
      // The callback keeps a closed channel from being thrown: `disconnect` then ends the process.
      process.send?.(message, undefined, undefined, () => undefined)
    },
    onMessage: (listener) => void process.on('message', listener),
  }
}

/** An expected problem is one sentence; a bug in the start shows where it is. */
function tellStartProblem(error: unknown): void {
  const isBug = error instanceof TypeError || error instanceof ReferenceError
  const text = isBug || !(error instanceof Error) ? stackOf(error) : error.message
  process.stderr.write(`${text}\n`)
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
