// One way to Redis: its commands, its scripts, and what is known about the connection.
//
// Everything that fails here is a LogUnavailable, and nothing takes longer than a second. A link that
// was given a check is closed to all until the check has passed, after each reconnection anew: the
// server may be another one now.

import { LogRefused, LogUnavailable } from '../log.ts'
import type { Argument, Connection, Connector } from './redis-connection.ts'
import { RedisUnfit, unavailable } from './redis-errors.ts'
import { type Script, scripts } from './redis-scripts.ts'

/** Longer than a command takes, for those that need several (a script to load, a node to find). */
const answerMsMax = 950
/** How long an unfit server is left alone before it is asked again, in milliseconds. */
const recheckMs = 250
/** How long the first connection may take, a server that loads its data included. */
export const openMsMax = 5_000

export type Check = (connection: Connection) => Promise<unknown>

export class Link {
  readonly #connection: Connection
  readonly #where: string
  readonly #check: Check | undefined
  #state: 'down' | 'checking' | 'up' | 'closed' = 'down'
  #reason: Error | undefined
  #recheck: NodeJS.Timeout | undefined
  /**
   * Counts connections. What was answered on an earlier one cannot be relied on where the order of
   * commands on one connection matters.
   */
  generation = 0

  constructor(options: { connector: Connector; name: string; check?: Check }) {
    this.#where = options.connector.where
    this.#check = options.check
    this.#connection = options.connector.open({
      name: options.name,
      onReady: () => this.#onReady(),
      onDown: (reason) => this.#onDown(reason),
    })
  }

  /**
   * Connects for the first time, and checks.
   * @throws LogUnavailable where Redis cannot be reached, RedisUnfit where it must not be used.
   */
  async open(): Promise<void> {
    try {
      await this.#connect()
      await this.#check?.(this.#connection)
      await this.#load()
      this.#state = 'up'
    } catch (error) {
      this.close()
      throw error instanceof RedisUnfit ? error : unavailable(error, this.#where)
    }
  }

  /** @throws LogUnavailable for every reason that a command can fail for. */
  async call(command: string, args: readonly Argument[]): Promise<unknown> {
    this.checkUp()
    try {
      return await within(answerMsMax, this.#connection.call(command, args))
    } catch (error) {
      throw this.#unavailable(error)
    }
  }

  /** Runs a script, which Redis may have forgotten. */
  async run(
    script: Script,
    { keys, args }: { keys: readonly string[]; args: readonly Argument[] },
  ): Promise<unknown> {
    this.checkUp()
    const full = [script.sha, keys.length, ...keys, ...args]
    try {
      return await within(answerMsMax, this.#evaluate(script, full))
    } catch (error) {
      throw this.#unavailable(error)
    }
  }

  close(): void {
    this.#state = 'closed'
    clearTimeout(this.#recheck)
    this.#connection.close()
  }

  async #evaluate(script: Script, full: readonly Argument[]): Promise<unknown> {
    try {
      return await this.#connection.call('evalsha', full)
    } catch (error) {
      // NOSCRIPT is said before a script starts: nothing of it was done.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      await this.#connection.callEach('script', ['LOAD', script.text])
      return await this.#connection.call('evalsha', full)
    }
  }

  /** @throws LogRefused where nothing can be sent now. */
  checkUp(): void {
    if (this.#state === 'up') return
    const reason = this.#reason ?? new Error('there is no connection')
    const { message, cause } = this.#unavailable(reason)
    throw new LogRefused(message, { cause })
  }

  #unavailable(error: unknown): LogUnavailable {
    if (this.#state === 'closed') return new LogUnavailable('This replication log was closed.')
    return unavailable(error, this.#where)
  }

  #onReady(): void {
    this.generation++
    // The first connection is checked by `open`.
    if (this.generation === 1 || this.#state === 'closed') return
    this.#approve(this.generation).catch((error: unknown) => this.#disapprove(error))
  }

  async #approve(generation: number): Promise<void> {
    this.#state = 'checking'
    await this.#check?.(this.#connection)
    await this.#load()
    if (generation !== this.generation || this.#state !== 'checking') return
    this.#state = 'up'
    this.#reason = undefined
  }

  #disapprove(error: unknown): void {
    if (this.#state === 'closed') return
    this.#state = 'down'
    this.#reason = error instanceof Error ? error : new Error(String(error))
    const { generation } = this
    clearTimeout(this.#recheck)
    this.#recheck = setTimeout(() => {
      if (generation !== this.generation || this.#state !== 'down') return
      this.#approve(generation).catch((again: unknown) => this.#disapprove(again))
    }, recheckMs)
  }

  #onDown(reason: Error | undefined): void {
    if (this.#state === 'closed') return
    this.#state = 'down'
    if (reason !== undefined) this.#reason = reason
  }

  async #connect(): Promise<void> {
    try {
      await within(openMsMax, this.#connection.connect())
    } catch (error) {
      // The client only says that the connection was closed; what came before that says why.
      throw this.#reason ?? error
    }
  }

  async #load(): Promise<void> {
    const loads = Object.values(scripts).map(({ text }) =>
      this.#connection.callEach('script', ['LOAD', text]),
    )
    await Promise.all(loads)
  }
}

/** Rejects where a promise takes longer than so many milliseconds. */
export async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer, timed out after ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, overdue])
  } finally {
    clearTimeout(timer)
  }
}
