// Very many sockets that only listen, in processes of their own: see swarm-process.ts.

import { Program } from './program.ts'
import type { Dialect, Received, SwarmOrder, SwarmReport } from './swarm-messages.ts'

/** A process may have 20,000 descriptors on many machines, and a gateway has others than sockets. */
export const socketsPerProcessMax = 15_000
const openWithinMs = 180_000
const pushWithinMs = 60_000

export type SwarmOptions = {
  readonly dialect: Dialect
  readonly port: number
  /** One for each socket; of servers that want none, empty ones. */
  readonly tokens: readonly string[]
}

/** Loopback addresses, so that no two processes share the ports of one. */
let addresses = 1

export class Swarm implements AsyncDisposable {
  readonly #programs: readonly Program[]

  private constructor(programs: readonly Program[]) {
    this.#programs = programs
  }

  /** Resolves when every socket is open and subscribed. */
  static async open({ dialect, port, tokens }: SwarmOptions): Promise<Swarm> {
    const count = Math.ceil(tokens.length / socketsPerProcessMax)
    const module = new URL('./swarm-process.ts', import.meta.url)
    const programs = await Promise.all(
      Array.from({ length: count }, () => Program.start({ module, ready: /listening for orders/ })),
    )
    const swarm = new Swarm(programs)
    try {
      const each = Math.ceil(tokens.length / count)
      await Promise.all(
        programs.map((program, place) => {
          const own = tokens.slice(place * each, (place + 1) * each)
          const localAddress = `127.0.0.${++addresses}`
          const order = { kind: 'open', dialect, port, localAddress, tokens: own } as const
          return ask(program, { order, report: 'opened', withinMs: openWithinMs })
        }),
      )
      return swarm
    } catch (error) {
      await swarm[Symbol.asyncDispose]()
      throw error
    }
  }

  /**
   * Begins to wait for pushes. Only for a swarm of one process.
   * @returns a function that waits until so many are there, and throws where they do not come or are too many
   */
  async expect(count: number): Promise<() => Promise<Received>> {
    const [program, ...others] = this.#programs
    if (program === undefined || others.length > 0) throw new RangeError('the swarm is too large')
    const order = { kind: 'expect', count } as const
    await ask(program, { order, report: 'expecting', withinMs: pushWithinMs })
    const received = hear(program, 'received', pushWithinMs)
    // It may fail before anybody waits for it.
    received.catch(() => undefined)
    return () => received
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((program) => program[Symbol.asyncDispose]()))
  }
}

type Kind = SwarmReport['kind']
type Report<K extends Kind> = Extract<SwarmReport, { kind: K }>

async function ask<K extends Kind>(
  program: Program,
  asked: { readonly order: SwarmOrder; readonly report: K; readonly withinMs: number },
): Promise<Report<K>> {
  const report = hear(program, asked.report, asked.withinMs)
  program.send(asked.order)
  return await report
}

function hear<K extends Kind>(program: Program, kind: K, withinMs: number): Promise<Report<K>> {
  return new Promise((resolve, reject) => {
    const end = program.onMessage((message) => {
      const report = message as SwarmReport
      if (report.kind === 'failed') finish(() => reject(new Error(`the swarm: ${report.message}`)))
      else if (report.kind === kind) finish(() => resolve(report as Report<K>))
    })
    void program.ended.then(() =>
      finish(() => reject(new Error('a process of the swarm has ended'))),
    )
    const timer = setTimeout(() => {
      finish(() => reject(new Error(`the swarm has not ${kind} within ${withinMs} ms`)))
    }, withinMs)
    const finish = (settle: () => void): void => {
      end()
      clearTimeout(timer)
      settle()
    }
  })
}
