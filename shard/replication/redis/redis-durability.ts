// What an append waits for with `sync` before it is acknowledged, beyond Redis's own answer.
//
// From Redis 7.2 on the disk is waited for (WAITAOF); older servers flush before they answer
// (appendfsync always, which redis-checks.ts insists on). Where the server has had a replica since it
// was first seen, one replica must have the entries too (WAIT). Fewer than that is a failure, never a
// weaker acknowledgement. Whether one has come is looked up with an append, once a second at most, until
// there was one.
//
// Both commands speak of what their own connection wrote. So the connection must be the one that
// appended, and what an earlier one wrote is covered by writing something behind it.

import { LogUnavailable } from '../log.ts'
import { parseInfo, type ServerFacts } from './redis-checks.ts'
import type { Link } from './redis-link.ts'

/** How long a replica or the disk may take. Less than a command may. */
const waitMsMax = 500
/** Between two looks for a replica. */
const lookPauseMs = 1_000

export type DurabilityOptions = {
  /** The connection that appends. */
  readonly link: Pick<Link, 'call' | 'generation'>
  readonly probeKey: string
  readonly facts: () => ServerFacts | undefined
  /** Milliseconds; only differences matter. */
  readonly clock: () => number
}

type Round = { readonly generation: number; readonly done: Promise<void> }

export class Durability {
  readonly #options: DurabilityOptions
  #isReplicated = false
  #lookedAtMs: number
  #next: Round | undefined

  constructor(options: DurabilityOptions) {
    this.#options = options
    this.#lookedAtMs = options.clock()
  }

  /**
   * Resolves when what was appended on this connection is durable.
   * @param isOlder what has to be durable was written by an earlier attempt.
   * @throws LogUnavailable where that is not so in time, or the connection is another one by now.
   */
  async settled({ generation, isOlder }: { generation: number; isOlder: boolean }): Promise<void> {
    if (isOlder) await this.#options.link.call('set', [this.#options.probeKey, 'again'])
    // All appends that are answered in one turn of the event loop share one question.
    this.#next ??= this.#startRound()
    const round = this.#next
    if (round.generation !== generation) throw lostTrack()
    await round.done
  }

  #startRound(): Round {
    const { generation } = this.#options.link
    const done = new Promise<void>((resolve, reject) => {
      setImmediate(() => {
        this.#next = undefined
        this.#wait(generation).then(resolve, reject)
      })
    })
    return { generation, done }
  }

  async #wait(generation: number): Promise<void> {
    const { link, facts } = this.#options
    const server = facts()
    if (server === undefined || link.generation !== generation) throw lostTrack()
    if (server.replicaCount > 0) this.#isReplicated = true
    await this.#lookForReplica()
    const questions: Promise<void>[] = []
    if (server.canWaitForDisk) questions.push(this.#ask('waitaof', [1, 0, waitMsMax]))
    if (this.#isReplicated) questions.push(this.#ask('wait', [1, waitMsMax]))
    await Promise.all(questions)
    if (link.generation !== generation) throw lostTrack()
  }

  async #lookForReplica(): Promise<void> {
    const { link, clock } = this.#options
    const nowMs = clock()
    if (this.#isReplicated || nowMs - this.#lookedAtMs < lookPauseMs) return
    this.#lookedAtMs = nowMs
    const info = parseInfo(await link.call('info', ['replication']))
    // One that is still being filled has nothing yet: all writes would have to wait for the end of that.
    const isOnline = ([name, value]: readonly [string, string]): boolean =>
      /^slave\d+$/.test(name) && value.includes('state=online')
    if ([...info].some(isOnline)) this.#isReplicated = true
  }

  async #ask(command: 'wait' | 'waitaof', args: readonly number[]): Promise<void> {
    const reply = await this.#options.link.call(command, args)
    const count = Number(Array.isArray(reply) ? reply[0] : reply)
    if (count >= 1) return
    throw new LogUnavailable(
      command === 'wait'
        ? 'No replica of Redis had the entries in time: start one, or set ROOKERY_ACK=log.'
        : 'The disk of Redis did not have the entries in time: look at its load.',
    )
  }
}

function lostTrack(): LogUnavailable {
  return new LogUnavailable('The connection to Redis broke before the entries were durable.')
}
