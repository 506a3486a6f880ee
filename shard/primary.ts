// The write path of one partition, on its primary.
//
//   submit -> decide -> append (one batch in flight) -> apply -> answer
//
// The rule of what a second request sees while a first one is between decide and apply:
//
//   Nothing of it. State changes only in `apply`, and apply runs only when the log has said that the
//   entry is durable; so no read, no push and no decision ever rests on something that a crash
//   could take back. A decision that could be wrong because of an undurable one is not made: each
//   decision *claims* keys (`follow 7 9`, `handle ada`), and a request that needs a claimed key waits,
//   and decides anew when the first has been applied or has failed. Requests with different keys do
//   not depend on each other, share a batch, and are applied in the order of their decisions.
//
// If the log refuses the batch (another primary reigns, or the lease ran out), nothing was
// written: the requests are answered `unavailable`. If it does not answer, the batch may or may not
// be there: they are answered `unknown_outcome`. Either way this partition is closed until the lease
// has been taken again and everything that is in the log has been read and applied, so an entry that
// landed after all takes effect exactly once. A retry with the same operation id then finds it.

import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import { encodeEvent } from '../protocol/event.ts'
import type { Partition } from '../protocol/ids.ts'
import { IdGenerator } from '../protocol/ids.ts'
import type { DecideContext, Handler, No } from './operations/implement.ts'
import type { LogPosition, ReplicationLog } from './replication/log.ts'
import { comparePositions, LogUnavailable } from './replication/log.ts'

/** Entries of one append. More wait for the next one, which is the back-pressure of the log. */
export const batchEntriesMax = 512
/** Decided and waiting writes of one partition; beyond it they are answered `unavailable`. */
export const writesQueuedMax = 16_384

export type AnyWriteHandler = Extract<Handler, { kind: 'write' }>
export type AnyEvent = Parameters<AnyWriteHandler['apply']>[1]

/** One write request on its way. */
export type Write = {
  readonly handler: AnyWriteHandler
  readonly context: DecideContext
  readonly params: Parameters<AnyWriteHandler['decide']>[2]
  /** Writes the answer; called once, unless `denied` is. */
  answered(event: AnyEvent | undefined): void
  /** Called before the event is applied, where the answer has to show what it takes away. */
  applying(): void
  /** Called instead where there is nothing to log, with the reason. */
  denied(no: No): void
}

type Decided = {
  readonly write: Write
  readonly event: AnyEvent
  readonly payload: Uint8Array
  readonly keys: readonly string[]
}

export type PrimaryPorts = {
  readonly log: ReplicationLog
  readonly node: string
  readonly leaseMs: number
  /** Runs a task after the current event-loop turn: what was decided in it shares one append. */
  defer(task: () => void): void
  pause(ms: number): Promise<void>
  decide(write: Write): ReturnType<AnyWriteHandler['decide']>
  apply(handler: AnyWriteHandler, event: AnyEvent): void
  /** Applies an entry that was found in the log. */
  applyPayload(partition: Partition, payload: Uint8Array): void
  /** The last position applied here, and where to note a new one. */
  position(partition: Partition): LogPosition
  applied(partition: Partition, position: LogPosition): void
  lastIssuedId(partition: Partition): number
  appendStarted(entries: number): (outcome: string) => void
  /** The partition is served again, or no longer. */
  onChange(): void
  onError(error: unknown, message: string): void
}

export class Primary {
  readonly partition: Partition
  readonly ids: IdGenerator
  epoch = 0
  isServing = false
  readonly #ports: PrimaryPorts
  #isClosed = false
  #isFlushing = false
  #queue: Decided[] = []
  #inFlightCount = 0
  #waitingCount = 0
  /** Claimed keys, each with the requests that wait for it. */
  readonly #claims = new Map<string, Write[]>()

  constructor(partition: Partition, ports: PrimaryPorts) {
    this.partition = partition
    this.ids = new IdGenerator(partition)
    this.#ports = ports
  }

  /** Takes the lease, applies what the log holds beyond our position, and opens for writes. */
  async gain(): Promise<void> {
    const { log, node, leaseMs, pause, onError } = this.#ports
    while (!this.#isClosed) {
      try {
        const request = { partition: this.partition, node, ttlMs: leaseMs, minEpoch: this.epoch }
        const lease = await log.acquire(request)
        if (lease.outcome === 'granted') {
          await this.#catchUp(lease.last)
          if (this.#isClosed) await this.#release(lease.epoch)
          else this.#open(lease.epoch)
          return
        }
        await pause(Math.min(lease.remainingMs, 100))
      } catch (error) {
        if (!(error instanceof LogUnavailable)) throw error
        onError(error, 'the log is away; trying again')
        await pause(200)
      }
    }
  }

  /** The lease is gone: answers what waits, and starts to gain it back. */
  lose(): void {
    if (!this.isServing) return
    this.isServing = false
    this.#ports.onChange()
    if (!this.#isFlushing) this.#regain()
  }

  /** Takes nothing new and stops for good; what is in flight is answered as it turns out. */
  async close(): Promise<void> {
    this.#isClosed = true
    const wasServing = this.isServing
    while (this.#isFlushing || this.#queue.length > 0) await this.#ports.pause(2)
    this.isServing = false
    if (wasServing) await this.#release(this.epoch)
  }

  submit(write: Write): void {
    if (!this.isServing || this.#isClosed || this.#writeCount >= writesQueuedMax) {
      write.denied({ kind: 'failed', error: closed })
      return
    }
    this.#decide(write)
  }

  /** Decides a write, or lets it wait for those who claim the same. */
  #decide(write: Write): void {
    const keys = write.handler.claims(write.context, write.params)
    for (const key of keys) {
      const waiting = this.#claims.get(key)
      if (waiting === undefined) continue
      waiting.push(write)
      this.#waitingCount++
      return
    }
    const decision = this.#ports.decide(write)
    if (decision.kind === 'committed') this.#commit(write, keys, decision.event)
    else if (decision.kind === 'unchanged') write.answered(undefined)
    else write.denied(decision)
  }

  /** Decided, in flight or waiting for a claim. */
  get #writeCount(): number {
    return this.#queue.length + this.#inFlightCount + this.#waitingCount
  }

  #commit(write: Write, keys: readonly string[], event: AnyEvent): void {
    for (const key of keys) this.#claims.set(key, [])
    const payload = encodeEvent(write.handler.operation, event)
    this.#queue.push({ write, event, payload, keys })
    if (this.#queue.length === 1 && !this.#isFlushing) this.#ports.defer(() => this.#flush())
  }

  #flush(): void {
    if (this.#isFlushing || this.#queue.length === 0) return
    this.#isFlushing = true
    const batch = this.#queue.slice(0, batchEntriesMax)
    this.#inFlightCount = batch.length
    this.#queue = this.#queue.slice(batch.length)
    this.#append(batch).then(
      () => this.#flushed(),
      (error: unknown) => {
        // Only a bug gets here: every outcome of the log is handled in #append.
        this.#ports.onError(error, 'a write path broke')
        throw error
      },
    )
  }

  #flushed(): void {
    this.#isFlushing = false
    this.#inFlightCount = 0
    if (!this.isServing) this.#regain()
    else if (this.#queue.length > 0) this.#flush()
  }

  async #append(batch: readonly Decided[]): Promise<void> {
    const { log, node, appendStarted } = this.#ports
    const done = appendStarted(batch.length)
    try {
      const result = await log.append({
        partition: this.partition,
        node,
        epoch: this.epoch,
        previous: this.#ports.position(this.partition),
        payloads: batch.map(({ payload }) => payload),
      })
      done(result.outcome)
      if (result.outcome === 'appended' || result.outcome === 'duplicate') {
        this.#ports.applied(this.partition, result.last)
        for (const decided of batch) this.#finish(decided)
      } else {
        this.#close(batch, closed)
      }
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
      done('unavailable')
      this.#ports.onError(error, 'the log did not take a batch')
      this.#close(batch, failure('unknown_outcome'))
    }
  }

  #finish({ write, event, keys }: Decided): void {
    write.applying()
    this.#ports.apply(write.handler, event)
    write.answered(event)
    this.#releaseKeys(keys)
  }

  #releaseKeys(keys: readonly string[]): void {
    for (const key of keys) {
      const waiting = this.#claims.get(key) ?? []
      this.#claims.delete(key)
      this.#waitingCount -= waiting.length
      for (const write of waiting) {
        if (this.isServing) this.#decide(write)
        else write.denied({ kind: 'failed', error: closed })
      }
    }
  }

  /** Answers a batch that was not taken, and all that was decided behind it and is surely not there. */
  #close(batch: readonly Decided[], error: ErrorBody): void {
    this.isServing = false
    this.#ports.onChange()
    for (const decided of batch) this.#fail(decided, error)
  }

  #fail({ write, keys }: Decided, error: ErrorBody): void {
    write.denied({ kind: 'failed', error })
    this.#releaseKeys(keys)
  }

  #regain(): void {
    const queued = this.#queue
    this.#queue = []
    for (const decided of queued) this.#fail(decided, closed)
    if (this.#isClosed) return
    this.gain().catch((error: unknown) =>
      this.#ports.onError(error, 'a partition cannot be served'),
    )
  }

  async #release(epoch: number): Promise<void> {
    const { log, node } = this.#ports
    await log.release({ partition: this.partition, node, epoch })
  }

  async #catchUp(last: LogPosition): Promise<void> {
    const { log, position, applied, applyPayload } = this.#ports
    const { partition } = this
    while (comparePositions(position(partition), last) < 0) {
      const entries = await log.read({
        partition,
        after: position(partition),
        limit: batchEntriesMax,
      })
      for (const entry of entries) {
        if (!entry.isBarrier) applyPayload(partition, entry.payload)
        applied(partition, entry.position)
      }
      if (entries.length === 0) throw new LogUnavailable(`partition ${partition} ends too early`)
    }
  }

  #open(epoch: number): void {
    this.epoch = epoch
    this.ids.observe(this.#ports.lastIssuedId(this.partition))
    this.#ports.applied(this.partition, { epoch, sequence: 1 })
    this.isServing = true
    this.#ports.onChange()
  }
}

const closed = failure('unavailable', { retryAfterMs: 200 })
