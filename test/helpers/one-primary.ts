// One primary over a log that does what a test wants, and a state that is nothing but a list of numbers:
// each write adds its number, once.

import { decodeEvent } from '../../protocol/event.ts'
import { userFollow } from '../../protocol/operations/user-follow.ts'
import { Primary } from '../../shard/primary.ts'
import type { AnyEvent, AnyWriteHandler, Write } from '../../shard/primary-ports.ts'
import { encodeDigestEntry, isDigestEntry } from '../../shard/replication/digest-entry.ts'
import type { LogEntry } from '../../shard/replication/log.ts'
import type { LogPosition } from '../../shard/replication/position.ts'
import { comparePositions, logStart } from '../../shard/replication/position.ts'
import { eventually } from './eventually.ts'
import { UnsteadyLog } from './unsteady-log.ts'

/** How a write came out: `added`, `unchanged`, `absent`, `not served`, or the code of its error. */
export type Outcome = { value?: string }

/** An event of any operation carries a number as well as another: this one has two ids. */
const eventOf = (number: number): AnyEvent => ({ followerId: 1, followeeId: number })

export const digestEveryEntries = 1_000

export class OnePrimary {
  nowMs = 1_000_000
  readonly log = new UnsteadyLog({ clock: () => this.nowMs, partitionCount: 1 })
  /** The state: what was applied, in order. */
  readonly applied: number[] = []
  readonly errors: string[] = []
  readonly appended: { entries: number; outcome: string }[] = []
  statusChanges = 0
  lastIssuedId = 0
  position: LogPosition = logStart
  /** Whether the entries come from the primary, and not from the tail of the log. */
  isOwned = false
  isLeaseSafe = true
  readonly primary: Primary

  constructor(node = 'shard-0') {
    this.primary = new Primary(0, {
      log: this.log,
      node,
      leaseMs: 1_000,
      digestEveryEntries,
      defer: (task) => setImmediate(task),
      pause: (ms) => this.pause(ms),
      decide: (write) => this.#decide(write),
      apply: (_handler, event) => this.#apply(event),
      applyEntries: (_partition, entries) => this.bring(entries),
      position: () => this.position,
      applied: (_partition, position) => {
        this.position = position
      },
      own: (_partition, position) => {
        this.position = position
        this.isOwned = true
      },
      disown: () => {
        this.isOwned = false
      },
      isLeaseSafe: () => this.isLeaseSafe,
      leaseAsked: () => () => undefined,
      digest: () => encodeDigestEntry({ slice: 0, slices: 1, digest: String(this.applied.length) }),
      lastIssuedId: () => this.lastIssuedId,
      whenNear: (task) => this.whenNear(task),
      appendStarted: (entries) => (outcome) => this.appended.push({ entries, outcome }),
      onChange: () => this.statusChanges++,
      onError: (_error, message) => this.errors.push(message),
    })
  }

  static async serving(): Promise<OnePrimary> {
    const world = new OnePrimary()
    await world.primary.gain()
    return world
  }

  /** Applies entries of the log, as the tail does. */
  bring(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (comparePositions(entry.position, this.position) <= 0) continue
      const isEvent = !entry.isBarrier && !isDigestEntry(entry.payload)
      if (isEvent) this.#apply(decodeEvent(entry.payload).event as AnyEvent)
      this.position = entry.position
    }
  }

  #apply(event: AnyEvent): void {
    this.applied.push(event['followeeId'] as number)
  }

  /** Whose answer has a bug. */
  isBroken: (number: number) => boolean = () => false

  /** What others have written is applied here, unless a test wants it otherwise. */
  whenNear: (task: () => void) => void = (task) => task()

  /** How it waits: time passes at once, unless a test wants it otherwise. */
  pause: (ms: number) => Promise<void> = async (ms) => {
    this.nowMs += ms
    await turn()
  }

  /**
   * Adds a number, unless it is there. A negative one is absent, as something of another process; NaN is a bug.
   * @param keys what it claims; its number unless said otherwise
   */
  add(
    number: number,
    keys: readonly string[] = [`number ${number}`],
    then?: (value: string) => void,
    applying: () => void = () => undefined,
  ): Outcome {
    const outcome: Outcome = {}
    const end = (value: string): void => {
      if (outcome.value !== undefined) throw new Error(`${number} is answered twice`)
      outcome.value = value
      then?.(value)
    }
    const handler = { kind: 'write', operation: userFollow, claims: () => keys }
    this.primary.submit({
      handler: handler as unknown as AnyWriteHandler,
      context: {} as Write['context'],
      params: { number },
      applying,
      answered: (event) => {
        if (this.isBroken(number)) throw new Error(`${number} cannot be shown`)
        end(event === undefined ? 'unchanged' : 'added')
      },
      denied: (no) => end(no.kind === 'failed' ? no.error.code : no.kind),
      notServed: () => end('not served'),
    })
    return outcome
  }

  /** Waits until an append is at the log. */
  async appendArrives(): Promise<void> {
    await eventually(() => this.log.waiting.length > 0, { withinMs: 2_000 })
  }

  async serves(): Promise<void> {
    await eventually(() => this.primary.isServing, { withinMs: 2_000 })
  }

  /** What the log holds, as numbers. */
  async logged(): Promise<number[]> {
    const entries = await this.log.entries()
    const events = entries.filter(({ payload }) => !isDigestEntry(payload))
    return events.map(({ payload }) => decodeEvent(payload).event['followeeId'] as number)
  }

  #decide({ params }: Write): ReturnType<AnyWriteHandler['decide']> {
    const number = params['number'] as number
    if (Number.isNaN(number)) throw new Error('a decision with a bug')
    if (number < 0) return { kind: 'absent', partition: 0, field: 'number' }
    if (this.applied.includes(number)) return { kind: 'unchanged' }
    return { kind: 'committed', event: eventOf(number) }
  }
}

/** Lets everything happen that is due in this turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
