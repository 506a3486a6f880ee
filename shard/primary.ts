// The write path of one partition, on its primary.
//
//   submit -> decide -> append (one batch in flight) -> apply -> answer
//
// The rule of what a second request sees while a first one is between decide and apply:
//
//   Nothing of it. State changes only in `apply`, and apply runs only when the log has said that the entry is
//   durable; so no read, no push and no decision ever rests on something that a crash could take back. A decision
//   that could be wrong because of an undurable one is not made: each decision *claims* keys (`follow 7 9`,
//   `handle ada`), and a request that needs a claimed key waits, and decides anew when the first has been applied
//   or has failed. Requests with different keys do not depend on each other, share a batch, and are applied in the
//   order of their decisions.
//
// If the log refuses the batch (another primary reigns, or the lease ran out), nothing was written: the requests
// are said to be *not served* here, and may go to whoever reigns. If the log does not answer, the batch may or may
// not be there: they are answered `unknown_outcome`. Either way this partition is closed until the lease has been
// taken again and everything that is in the log has been read and applied, so an entry that landed after all takes
// effect exactly once. A retry with the same operation id then finds it.
//
// It wants to be primary from `gain` to `handOver` or `standDown`: a lost lease is then taken again when the log allows.

import { failure } from '../protocol/errors.ts'
import { encodeEvent } from '../protocol/event.ts'
import type { Partition } from '../protocol/ids.ts'
import { IdGenerator } from '../protocol/ids.ts'
import { Claims } from './claims.ts'
import { giveLeaseBack, takeLease } from './lease-taking.ts'
import type { Claim } from './operations/implement.ts'
import type { AnyEvent, Decided, PrimaryPorts, Write } from './primary-ports.ts'
import { LogRefused, LogUnavailable } from './replication/log.ts'

/** Entries of one append. More wait for the next one, which is the back-pressure of the log. */
export const batchEntriesMax = 512
/** Writes of one partition that are decided, in flight or waiting for a claim; beyond it they are answered `unavailable`. */
export const writesQueuedMax = 16_384

export class Primary {
  readonly partition: Partition
  readonly ids: IdGenerator
  epoch = 0
  isServing = false
  readonly #ports: PrimaryPorts
  #isWanted = false
  #gaining: Promise<void> | undefined
  /** Ends the wait for somebody else's lease. */
  #lookNow: () => void = () => undefined
  #isFlushing = false
  #flushing = Promise.resolve()
  #queue: Decided[] = []
  #inFlightCount = 0
  #entriesSinceDigest = 0
  readonly #claims = new Claims<Write>()
  /** Called when nothing is queued or in flight any more. */
  readonly #untilIdle: (() => void)[] = []

  constructor(partition: Partition, ports: PrimaryPorts) {
    this.partition = partition
    this.ids = new IdGenerator(partition)
    this.#ports = ports
  }

  /**
   * Wants to reign, and tries until it does, or is not wanted any more. Asked again meanwhile, it looks
   * at the lease at once: somebody may have given it back.
   */
  gain(): Promise<void> {
    this.#isWanted = true
    if (this.isServing) return Promise.resolve()
    this.#lookNow()
    this.#gaining ??= this.#takeAndOpen().finally(() => {
      this.#gaining = undefined
    })
    return this.#gaining
  }

  async #takeAndOpen(): Promise<void> {
    // What is in flight comes to its end first: taken from the log as well, it would be applied twice.
    while (this.#isFlushing) await this.#flushing
    await takeLease(this.#ports, {
      partition: this.partition,
      isWanted: () => this.#isWanted,
      epochSeen: () => this.epoch,
      wait: (ms) => {
        const asked = new Promise<void>((resolve) => {
          this.#lookNow = resolve
        })
        return Promise.race([this.#ports.pause(ms), asked])
      },
      open: (epoch) => this.#open(epoch),
    })
  }

  /** The lease is gone: answers what waits, and starts to gain it back. */
  lose(): void {
    if (!this.isServing) return
    this.#stopServing()
    if (!this.#isFlushing) this.#afterLoss()
  }

  /** Leaves the partition to somebody else, without a word to them. */
  standDown(): void {
    this.#isWanted = false
    this.lose()
  }

  /**
   * Takes nothing new, lets what was decided come to its end, and gives the lease back.
   * @returns the epoch of the reign that has ended so; undefined where it did not reign.
   */
  async handOver(): Promise<number | undefined> {
    this.#isWanted = false
    if (!this.isServing) return undefined
    const { epoch } = this
    this.isServing = false
    this.#ports.onChange()
    if (this.#isFlushing || this.#queue.length > 0) {
      const idle = new Promise<void>((resolve) => this.#untilIdle.push(resolve))
      this.#flush()
      await idle
    } else {
      this.#ports.disown(this.partition)
    }
    await giveLeaseBack(this.#ports, { partition: this.partition, epoch })
    return epoch
  }

  submit(write: Write): void {
    if (!this.isServing) {
      write.notServed()
      return
    }
    if (!this.#ports.isLeaseSafe(this.partition)) {
      this.lose()
      write.notServed()
      return
    }
    const count = this.#queue.length + this.#inFlightCount + this.#claims.waitingCount
    if (count >= writesQueuedMax) {
      write.denied({ kind: 'failed', error: failure('unavailable', { retryAfterMs: 200 }) })
      return
    }
    this.#decide(write)
  }

  /** Decides a write, or lets it wait for those who claim the same. */
  #decide(write: Write): void {
    const keys = write.handler.claims(write.context, write.params)
    if (this.#claims.waitFor(keys, write)) return
    const decision = this.#ports.decide(write)
    if (decision.kind === 'committed') this.#commit(write, keys, decision.event)
    else if (decision.kind === 'unchanged') write.answered(undefined)
    else write.denied(decision)
  }

  #commit(write: Write, keys: readonly Claim[], event: AnyEvent): void {
    const payload = encodeEvent(write.handler.operation, event)
    this.#claims.claim(keys)
    this.#queue.push({ write, event, payload, keys })
    if (this.#queue.length === 1 && !this.#isFlushing) {
      this.#ports.defer(() => this.#ports.whenNear(() => this.#flush()))
    }
  }

  #flush(): void {
    if (this.#isFlushing || this.#queue.length === 0) return
    this.#isFlushing = true
    const batch = this.#nextBatch()
    this.#inFlightCount = batch.length
    const payloads = batch.length === 0 ? [this.#digest()] : batch.map(({ payload }) => payload)
    this.#flushing = this.#append(batch, payloads).then(
      () => this.#flushed(),
      (error: unknown) => {
        // Only a bug gets here: every outcome of the log is handled in #append.
        this.#ports.onError(error, 'a write path broke')
        throw error
      },
    )
  }

  /** Empty where it is time for a digest, which is alone in its batch: the state is then that before it. */
  #nextBatch(): readonly Decided[] {
    if (this.#entriesSinceDigest >= this.#ports.digestEveryEntries) return []
    const batch = this.#queue.slice(0, batchEntriesMax)
    this.#queue = this.#queue.slice(batch.length)
    return batch
  }

  #digest(): Uint8Array {
    this.#entriesSinceDigest = 0
    return this.#ports.digest(this.partition)
  }

  #flushed(): void {
    this.#isFlushing = false
    this.#inFlightCount = 0
    if (this.#untilIdle.length > 0) {
      if (this.#queue.length > 0) this.#flush()
      else this.#becomeIdle()
    } else if (!this.isServing) this.#afterLoss()
    else if (this.#queue.length > 0) this.#ports.whenNear(() => this.#flush())
  }

  async #append(batch: readonly Decided[], payloads: readonly Uint8Array[]): Promise<void> {
    const { log, node, appendStarted, position } = this.#ports
    const { partition, epoch } = this
    const done = appendStarted(payloads.length)
    try {
      const previous = position(partition)
      const result = await log.append({ partition, node, epoch, previous, payloads })
      done(result.outcome)
      if (result.outcome === 'appended' || result.outcome === 'duplicate') {
        this.#ports.applied(partition, result.last)
        this.#entriesSinceDigest += batch.length
        for (const decided of batch) this.#finish(decided)
      } else {
        this.#refused(batch, (write) => write.notServed())
      }
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
      done('unavailable')
      this.#ports.onError(error, 'the log did not take a batch')
      const unknown = { kind: 'failed', error: failure('unknown_outcome') } as const
      const isSure = error instanceof LogRefused
      this.#refused(batch, (write) => (isSure ? write.notServed() : write.denied(unknown)))
    }
  }

  /** Only a bug of `apply` ends the process, as its state would be that of nobody else. */
  #finish({ write, event, payload, keys }: Decided): void {
    const isReady = this.#try(write, () => write.applying())
    this.#ports.apply(write.handler, event, payload)
    if (isReady) this.#try(write, () => write.answered(event))
    this.#releaseKeys(keys)
  }

  #releaseKeys(keys: readonly Claim[]): void {
    this.#claims.release(keys, (write) => {
      if (this.isServing) this.#try(write, () => this.#decide(write))
      else write.notServed()
    })
  }

  /** Takes a step that changes no state. @returns false where a bug has stopped it: only its client is worse off. */
  #try(write: Write, step: () => void): boolean {
    try {
      step()
      return true
    } catch (error) {
      this.#ports.onError(error, 'a write could not be answered')
      write.denied({ kind: 'failed', error: failure('internal') })
      return false
    }
  }

  /** Answers a batch that was not taken; what was decided behind it is surely not there. */
  #refused(batch: readonly Decided[], answer: (write: Write) => void): void {
    if (this.isServing) this.#stopServing()
    for (const decided of batch) this.#fail(decided, answer)
    this.#failQueue()
  }

  #fail({ write, keys }: Decided, answer: (write: Write) => void): void {
    answer(write)
    this.#releaseKeys(keys)
  }

  #failQueue(): void {
    const queued = this.#queue
    this.#queue = []
    for (const decided of queued) this.#fail(decided, (write) => write.notServed())
  }

  #stopServing(): void {
    this.isServing = false
    this.#ports.onChange()
  }

  /** Nothing is in flight: from here on the entries come from the log, also those of unknown outcome. */
  #afterLoss(): void {
    this.#failQueue()
    this.#ports.disown(this.partition)
    if (!this.#isWanted) return
    this.gain().catch((error: unknown) =>
      this.#ports.onError(error, 'a partition cannot be served'),
    )
  }

  #becomeIdle(): void {
    this.#ports.disown(this.partition)
    for (const resolve of this.#untilIdle.splice(0)) resolve()
  }

  #open(epoch: number): void {
    this.epoch = epoch
    this.ids.observe(this.#ports.lastIssuedId(this.partition))
    this.#ports.own(this.partition, { epoch, sequence: 1 })
    this.isServing = true
    this.#ports.onChange()
  }
}
