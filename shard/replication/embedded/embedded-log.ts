// The embedded replication log over its tables; embedded.ts opens them and says what it promises.

import type { Partition } from '../../../protocol/ids.ts'
import {
  type AppendRequest,
  type AppendResult,
  type Lease,
  type LogEntry,
  LogUnavailable,
  type ReplicationLog,
  type Tail,
  type TailHandlers,
} from '../log.ts'
import { checkAppendRequest, endOfAppend, nextEpoch, refuseAppend } from '../log-rules.ts'
import { comparePositions, type LogPosition } from '../position.ts'
import { Doorbell } from './embedded-doorbell.ts'
import { conflictsMax, type EntryStore } from './embedded-entries.ts'
import type { LeaseStore } from './embedded-leases.ts'
import type { EmbeddedMembers } from './embedded-members.ts'
import type { EmbeddedSnapshots } from './embedded-snapshots.ts'
import { EmbeddedTail } from './embedded-tail.ts'

/** When nothing is heard of a write for so long, the caller is told to ask again. */
const answerMsMax = 5000

/**
 * What an answered append has survived.
 *   log    the end of any process: it is committed, and the operating system has it
 *   sync   the end of the machine as well: it is on the disk
 */
export type Acknowledge = 'log' | 'sync'

type Parts = {
  readonly partitionCount: number
  readonly acknowledge: Acknowledge
  readonly clock: () => number
  readonly entries: EntryStore
  readonly leases: LeaseStore
  readonly members: EmbeddedMembers
  readonly snapshots: EmbeddedSnapshots
  /** The file that each commit writes to. */
  readonly databasePath: string
  /** Frees what dead processes hold: called now and then. */
  readonly sweep: () => void
  readonly closeTables: () => Promise<void>
}

/** An append that is queued for writing, until its entries are seen in the log. */
type Unseen = {
  readonly partition: Partition
  readonly end: LogPosition
  readonly answer: PromiseWithResolvers<boolean>
}

const sweepEveryMs = 30_000

export class EmbeddedLog implements ReplicationLog {
  readonly members: EmbeddedMembers
  readonly snapshots: EmbeddedSnapshots
  readonly #parts: Parts
  readonly #entries: EntryStore
  readonly #leases: LeaseStore
  readonly #doorbell: Doorbell
  readonly #sweeper: NodeJS.Timeout
  readonly #tails = new Set<EmbeddedTail>()
  /** One for each append in flight; the callers keep to one for each partition. */
  readonly #unseen = new Set<Unseen>()
  #closing: Promise<void> | undefined

  constructor(parts: Parts) {
    this.members = parts.members
    this.snapshots = parts.snapshots
    this.#parts = parts
    this.#entries = parts.entries
    this.#leases = parts.leases
    this.#doorbell = new Doorbell({ path: parts.databasePath, onRing: () => this.#look() })
    this.#sweeper = setInterval(parts.sweep, sweepEveryMs).unref()
  }

  async acquire(request: {
    partition: Partition
    node: string
    ttlMs: number
    minEpoch: number
  }): Promise<Lease> {
    this.#checkPartition(request.partition)
    for (let attempt = 0; attempt < conflictsMax; attempt++) {
      this.#checkOpen()
      const lease = await answered(this.#tryAcquire(request))
      if (lease !== undefined) return lease
    }
    throw new LogUnavailable(`Others keep writing to partition ${request.partition}.`)
  }

  async renew(request: {
    node: string
    ttlMs: number
    leases: readonly { partition: Partition; epoch: number }[]
  }): Promise<readonly Partition[]> {
    this.#checkOpen()
    const { node, ttlMs } = request
    const renewals = request.leases.map(async ({ partition, epoch }) => {
      this.#checkPartition(partition)
      const isHeld = await this.#leases.prolong(partition, { node, epoch, ttlMs })
      return isHeld ? [] : [partition]
    })
    return (await answered(Promise.all(renewals))).flat()
  }

  async release(request: { partition: Partition; node: string; epoch: number }): Promise<void> {
    this.#checkOpen()
    this.#checkPartition(request.partition)
    const { partition, node, epoch } = request
    await answered(this.#leases.prolong(partition, { node, epoch, ttlMs: 0 }))
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    this.#checkPartition(request.partition)
    checkAppendRequest(request)
    for (let attempt = 0; attempt < conflictsMax; attempt++) {
      this.#checkOpen()
      this.#entries.refresh()
      const { value: last, version } = this.#entries.head(request.partition)
      const lease = this.#leases.read(request.partition).value
      const refusal = refuseAppend(request, { last, lease, nowMs: this.#parts.clock() })
      if (refusal?.outcome === 'duplicate' && this.#parts.acknowledge === 'sync') {
        await answered(this.#entries.flush())
      }
      if (refusal !== undefined) return refusal
      // The condition is the end of the log as it was judged above. A successor's barrier moves
      // that end, so nothing lands behind it, however long this write waits for its turn.
      if (await answered(this.#write(request, version))) {
        return { outcome: 'appended', last: endOfAppend(request) }
      }
    }
    throw new LogUnavailable(`Others keep writing to partition ${request.partition}.`)
  }

  async head(partition: Partition): Promise<LogPosition> {
    this.#checkOpen()
    this.#checkPartition(partition)
    this.#entries.refresh()
    return this.#entries.head(partition).value
  }

  async read(request: {
    partition: Partition
    after: LogPosition
    limit: number
  }): Promise<readonly LogEntry[]> {
    this.#checkOpen()
    this.#checkPartition(request.partition)
    return this.#entries.readMany(request.partition, request)
  }

  tail(from: ReadonlyMap<Partition, LogPosition>, handlers: TailHandlers): Tail {
    this.#checkOpen()
    for (const partition of from.keys()) this.#checkPartition(partition)
    const tail: EmbeddedTail = new EmbeddedTail({
      store: this.#entries,
      from,
      handlers,
      onClose: () => this.#tails.delete(tail),
    })
    this.#tails.add(tail)
    this.#doorbell.ring()
    return tail
  }

  async trim(partition: Partition, upTo: LogPosition): Promise<void> {
    this.#checkOpen()
    this.#checkPartition(partition)
    await this.#entries.trim(partition, upTo)
  }

  /** Also proves that everything committed before is on the disk. */
  async probe(): Promise<void> {
    this.#checkOpen()
    await answered(this.#entries.flush())
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close()
    await this.#closing
  }

  /** @returns undefined where somebody else was faster in some step: start over then. */
  async #tryAcquire(request: {
    partition: Partition
    node: string
    ttlMs: number
    minEpoch: number
  }): Promise<Lease | undefined> {
    const { partition, node, ttlMs, minEpoch } = request
    const nowMs = this.#parts.clock()
    this.#entries.refresh()
    const { value: last, version: headVersion } = this.#entries.head(partition)
    const { value: lease, version: readVersion } = this.#leases.read(partition)
    const other = this.#leases.inTheWay(lease, { node, nowMs })
    if (other !== undefined) {
      return { outcome: 'held', holder: other.node, remainingMs: other.expiresAtMs - nowMs }
    }
    const epoch = nextEpoch({ counter: lease?.epoch ?? 0, last, minEpoch })
    // First the lease, then the barrier: who loses in between has hurt nobody, and a lease whose
    // barrier never came runs out by itself.
    const taken = { node, epoch, expiresAtMs: nowMs + ttlMs }
    if (!(await this.#leases.replace(partition, { lease: taken, readVersion }))) return undefined
    this.#checkOpen()
    const barrier = {
      partition,
      first: { epoch, sequence: 1 },
      previous: last,
      payloads: [new Uint8Array(0)],
      isBarrier: true,
    }
    if (!(await this.#entries.add(barrier, headVersion))) return undefined
    this.#doorbell.ring()
    return { outcome: 'granted', epoch, last }
  }

  /** @returns false where the log no longer ended where the judgement said. */
  async #write(request: AppendRequest, headVersion: number | undefined): Promise<boolean> {
    const { partition, previous, payloads } = request
    const first = { epoch: request.epoch, sequence: previous.sequence + 1 }
    const record = { partition, first, previous, payloads, isBarrier: false }
    const committed = this.#entries.add(record, headVersion)
    if (this.#parts.acknowledge === 'sync') return committed
    // The database answers only after the flush. That the entries can be read is enough here, and
    // only this request could have written them: the epoch is its own and the end is its own.
    const answer = Promise.withResolvers<boolean>()
    const unseen = { partition, end: endOfAppend(request), answer }
    this.#unseen.add(unseen)
    committed.then(answer.resolve, answer.reject).finally(() => this.#unseen.delete(unseen))
    return answer.promise
  }

  #look(): void {
    if (this.#unseen.size > 0) this.#lookForUnseen()
    for (const tail of [...this.#tails]) tail.look()
  }

  #lookForUnseen(): void {
    this.#entries.refresh()
    for (const { partition, end, answer } of this.#unseen) {
      try {
        const head = this.#entries.head(partition).value
        if (head.epoch === end.epoch && comparePositions(head, end) >= 0) answer.resolve(true)
      } catch (error) {
        answer.reject(error)
      }
    }
  }

  async #close(): Promise<void> {
    await this.members.close()
    this.snapshots.close()
    this.#doorbell.close()
    clearInterval(this.#sweeper)
    for (const tail of [...this.#tails]) await tail.close()
    this.#entries.close()
    await this.#parts.closeTables()
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new LogUnavailable('This replication log was closed.')
  }

  #checkPartition(partition: Partition): void {
    const isPartition = Number.isInteger(partition) && partition >= 0
    if (isPartition && partition < this.#parts.partitionCount) return
    throw new RangeError(`There is no partition ${partition}.`)
  }
}

/**
 * Gives up waiting for a write after a while: another process may have been stopped while it holds
 * the one write lock. The write may still land; asked again, the log tells.
 */
async function answered<Value>(write: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new LogUnavailable(`The embedded log gave no answer in ${answerMsMax} ms.`))
    }, answerMsMax)
  })
  try {
    return await Promise.race([write, overdue])
  } finally {
    clearTimeout(timer)
  }
}
