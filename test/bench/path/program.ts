// A server of the benchmark: a process of its own, or several, of which the benchmark knows where they
// listen, how much processor time they have taken and how much memory they hold. Linux only: it reads /proc.

import { type ChildProcess, spawn } from 'node:child_process'
import { memoryBytes, processorMs } from '../../helpers/cluster-processes.ts'
import { eventually } from '../../helpers/eventually.ts'

/** What is kept of the output for the case that it does not start. */
const outputLengthMax = 16_384
const startWithinMs = 60_000
/** A drain may take 10 s. */
const stopWithinMs = 15_000

export type ProgramOptions = {
  readonly module: URL
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Matches the output once the server is ready. */
  readonly ready: RegExp
}

/** A child process. Its errors are shown; what it says until it is ready is kept. */
export class Program implements AsyncDisposable {
  output = ''
  readonly #child: ChildProcess
  /** Resolves when it is gone. */
  readonly ended: Promise<void>

  private constructor({ module, args = [], env = {} }: ProgramOptions) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ROOKERY_'))
    const words = [module.pathname, ...args]
    this.#child = spawn(process.execPath, words, {
      env: { ...Object.fromEntries(inherited), ...env },
      // By the channel a server notices that the benchmark is gone, and ends.
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (this.output.length < outputLengthMax) this.output += text
    })
    this.ended = new Promise((resolve) => this.#child.once('close', () => resolve()))
  }

  /** Resolves when it is ready. Throws with its output where it does not get there. */
  static async start(options: ProgramOptions): Promise<Program> {
    const program = new Program(options)
    try {
      await eventually(() => options.ready.test(program.output) || program.#hasEnded, {
        withinMs: startWithinMs,
        elseDump: () => program.output,
      })
      if (program.#hasEnded) throw new Error(`${options.module.pathname}: ${program.output}`)
      return program
    } catch (error) {
      await program[Symbol.asyncDispose]()
      throw error
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** What `pattern` finds in the output. Throws where it finds nothing. */
  read(pattern: RegExp): string {
    const found = pattern.exec(this.output)?.[1]
    if (found === undefined) throw new Error(`${pattern} is not in:\n${this.output}`)
    return found
  }

  send(message: object): void {
    this.#child.send(message)
  }

  /** @returns a function that stops listening */
  onMessage(listener: (message: unknown) => void): () => void {
    this.#child.on('message', listener)
    return () => this.#child.off('message', listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM')
    const guard = setTimeout(() => this.#child.kill('SIGKILL'), stopWithinMs)
    await this.ended
    clearTimeout(guard)
  }
}

/** Amounts by kind of process: `gateway`, `shard`, `redis`, `server`. */
export type ByKind = Readonly<Record<string, number>>

/** A server under measurement, with all the processes that it needs. */
export type Server = AsyncDisposable & {
  readonly name: string
  readonly port: number
  readonly processes: readonly { readonly kind: string; readonly pid: number }[]
}

/** Processor time so far, in milliseconds, in steps of 10. */
export function processorTimes({ processes }: Server): ByKind {
  return sumByKind(processes, processorMs)
}

/** Memory that is really there, in bytes. */
export function residentMemory({ processes }: Server): ByKind {
  return sumByKind(processes, memoryBytes)
}

function sumByKind(processes: Server['processes'], of: (pid: number) => number): ByKind {
  const sums: Record<string, number> = {}
  for (const { kind, pid } of processes) sums[kind] = (sums[kind] ?? 0) + of(pid)
  return sums
}

export function difference(after: ByKind, before: ByKind): ByKind {
  const kinds = Object.entries(after)
  return Object.fromEntries(kinds.map(([kind, value]) => [kind, value - (before[kind] ?? 0)]))
}

export function total(amounts: ByKind): number {
  return Object.values(amounts).reduce((sum, value) => sum + value, 0)
}
