// The snapshot service of a shard process: sees to it that the partitions hosted here can be recovered
// from a snapshot, and that their logs stay short.
//
//   look at a partition, every few seconds, one partition at a time:
//     copies of ours that are gone or damaged count no longer
//     a newer snapshot is recorded than ours          -> take it over, verify it, say that we have it
//     we are its snapshotter, and one is due          -> make it, say that we have it
//     we are its snapshotter                          -> trim the log
//
// A log is trimmed up to the second newest snapshot that enough live hosts have (two, or all where there
// are fewer), and never beyond what the slowest member has applied. So whatever happens to the newest
// snapshot, the one before it and the log still give everything.

import type { SnapshotName, SnapshotPiece } from '../../protocol/cluster-peers.ts'
import type { Partition } from '../../protocol/ids.ts'
import { LogUnavailable } from '../replication/log.ts'
import { comparePositions, type LogPosition, logStart } from '../replication/position.ts'
import type { RecordedSnapshot, SnapshotRecord } from '../replication/snapshot-registry.ts'
import type { ShardState } from '../state/shard-state.ts'
import { Compactor } from './compactor.ts'
import { CompactorThread } from './compactor-thread.ts'
import { Pace, type Reach } from './pace.ts'
import { type Obtained, SnapshotSharing } from './peers.ts'
import { Recovery } from './recovery.ts'
import type { SnapshotCounts, SnapshotServiceOptions } from './service-options.ts'
import type { Snapshot } from './snapshot-file.ts'
import { SnapshotStore, type StoredSnapshot } from './store.ts'

/** Between two looks. Longer than Redis takes to flush: see Pace.look. */
const lookPeriodMsDefault = 2_000
/** How many live hosts have to have a copy before a log is trimmed. */
const copiesWanted = 2

export type { SnapshotCounts, SnapshotServiceOptions } from './service-options.ts'

export class SnapshotService {
  readonly #options: SnapshotServiceOptions
  readonly #store: SnapshotStore
  readonly #compactor: Compactor
  readonly #sharing: SnapshotSharing
  readonly #recovery: Recovery
  readonly #paces = new Map<Partition, Pace>()
  /** Up to where this process has trimmed. */
  readonly #trimmed = new Map<Partition, LogPosition>()
  #looking: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #isClosed = false
  readonly #counts = { made: 0, fetched: 0, corrupt: 0, lastMs: 0 }

  constructor(options: SnapshotServiceOptions) {
    this.#options = options
    const { name, cluster, directory, log, thread = new CompactorThread() } = options
    const store = new SnapshotStore({
      directory,
      cluster,
      onCorrupt: (snapshot, error) => this.#onCorrupt(snapshot, error),
    })
    const compactor = new Compactor({ log, cluster, store, thread })
    this.#store = store
    this.#compactor = compactor
    this.#sharing = new SnapshotSharing({
      name,
      store,
      compactor,
      addressOf: (holder) => options.addressOf(holder),
      fetchSnapshot: (address, wanted) => options.fetchSnapshot(address, wanted),
      onError: (error, message) => options.onError(error, message),
    })
    const obtain = (partition: Partition, record: RecordedSnapshot) =>
      this.#obtain(partition, record)
    this.#recovery = new Recovery({ ...options, store, obtain })
  }

  get counts(): SnapshotCounts {
    const { hosts, appliedCount } = this.#options
    const entriesSince = new Map(
      hosts().map((partition) => [
        partition,
        this.#paceOf(partition).entriesSince(appliedCount(partition)),
      ]),
    )
    return { ...this.#counts, entriesSince }
  }

  /** Starts to look after the partitions. */
  start(): void {
    const { lookPeriodMs = lookPeriodMsDefault } = this.#options
    const again = (): void => {
      if (this.#isClosed) return
      this.#timer = setTimeout(() => void this.look().then(again), lookPeriodMs)
      this.#timer.unref()
    }
    again()
  }

  /** Looks at all hosted partitions, one after the other. Problems are told to `onError`. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAtAll().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  /**
   * Loads the newest snapshot from which the log goes on: one that is here, else one of another shard.
   * @returns its position, or the start of the log where the log still begins there.
   * @throws Error where the log was trimmed and there is no snapshot, LogUnavailable.
   */
  async restore(state: ShardState, partition: Partition): Promise<LogPosition> {
    const snapshot = await this.open(partition)
    if (snapshot === undefined) return logStart
    snapshot.loadInto(state)
    return snapshot.header.position
  }

  /** As `restore`, for who loads it: undefined where everything is in the log. */
  async open(partition: Partition): Promise<Snapshot | undefined> {
    const found = await this.#recovery.open(partition)
    const count = this.#options.appliedCount(partition)
    const position = found?.header.position ?? logStart
    this.#paceOf(partition).noteSnapshot({ position, count }, this.#options.clock())
    return found
  }

  /** For another shard that asks. */
  readPiece(read: SnapshotName & { offset: number }): Promise<SnapshotPiece> {
    return this.#sharing.readPiece(read)
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#compactor.close()
    await this.#looking
  }

  async #lookAtAll(): Promise<void> {
    for (const partition of this.#options.hosts()) {
      if (this.#isClosed) return
      const { clock, onError } = this.#options
      const pace = this.#paceOf(partition)
      const settled = pace.look(this.#reachOf(partition))
      if (pace.isPausing(clock())) continue
      try {
        await this.#lookAt(partition, settled)
        pace.succeeded()
      } catch (error) {
        if (this.#isClosed) return
        pace.failed(clock())
        // One that is away is away for all partitions, and told once.
        const isAway = error instanceof LogUnavailable
        const whose = isAway ? '' : ` of partition ${partition}`
        onError(error, `the snapshots${whose} could not be looked after`)
      }
    }
  }

  async #lookAt(partition: Partition, settled: Reach | undefined): Promise<void> {
    const { log, clock, isSnapshotter, snapshotEntries } = this.#options
    const records = await this.#dropLost(partition, await log.snapshots.list(partition))
    await this.#takeOver(partition, records)
    if (!isSnapshotter(partition)) return
    const nowMs = clock()
    if (
      settled !== undefined &&
      this.#paceOf(partition).isDue(settled, { snapshotEntries, nowMs })
    ) {
      await this.#make(partition, settled)
    }
    await this.#trim(partition)
  }

  /** Copies of ours that are not there any more count no longer. */
  async #dropLost(
    partition: Partition,
    records: readonly RecordedSnapshot[],
  ): Promise<readonly RecordedSnapshot[]> {
    const { log, name } = this.#options
    const isLost = ({ position, bytes, holders }: RecordedSnapshot): boolean =>
      holders.includes(name) && this.#store.sizeOf(partition, position) !== bytes
    const lost = records.filter(isLost)
    if (lost.length === 0) return records
    for (const { position } of lost) await log.snapshots.forget(partition, position, name)
    return log.snapshots.list(partition)
  }

  /** Sees to it that this process has the newest recorded snapshot, or the newest that it can get. */
  async #takeOver(partition: Partition, records: readonly RecordedSnapshot[]): Promise<void> {
    const { name, clock, appliedCount } = this.#options
    const [newest] = records
    if (newest === undefined) return
    const reach = { position: newest.position, count: appliedCount(partition) }
    this.#paceOf(partition).noteSnapshot(reach, clock())
    for (const record of records) {
      if (record.holders.includes(name) || (await this.#obtain(partition, record)).isHere) return
    }
  }

  /** Gets a snapshot, from the directory or from another shard, and says that it is here. */
  async #obtain(partition: Partition, record: RecordedSnapshot): Promise<Obtained> {
    const { log, name } = this.#options
    if (!(await this.#hasSame(partition, record))) {
      const fetched = await this.#sharing.fetch(partition, record)
      if (!fetched.isHere) return fetched
      this.#counts.fetched++
    }
    await log.snapshots.record(partition, record, name)
    return { isHere: true, unheard: [] }
  }

  /** Whether another process of this machine has put the same snapshot into the directory. */
  async #hasSame(partition: Partition, { position, sha256 }: SnapshotRecord): Promise<boolean> {
    if (this.#store.sizeOf(partition, position) === undefined) return false
    const found = await this.#store.newestVerified(partition, async (snapshot) => {
      if (comparePositions(snapshot.position, position) !== 0) return false
      return (await this.#compactor.verify(snapshot)).sha256 === sha256
    })
    return found !== undefined
  }

  async #make(partition: Partition, settled: Reach): Promise<void> {
    const { log, name, clock } = this.#options
    const startedAtMs = clock()
    const made = await this.#compactor.make(partition, settled.position)
    this.#paceOf(partition).noteSnapshot(settled, clock())
    if (made === undefined) return
    const { position, bytes, sha256 } = made
    await log.snapshots.record(partition, { position, bytes, sha256 }, name)
    this.#counts.made++
    this.#counts.lastMs = clock() - startedAtMs
  }

  async #trim(partition: Partition): Promise<void> {
    const { log, slowestPosition } = this.#options
    const records = await log.snapshots.list(partition)
    const safe = records.filter((record) => this.#hasEnoughCopies(partition, record))[1]
    if (safe === undefined) return
    const slowest = slowestPosition(partition)
    const upTo = comparePositions(safe.position, slowest) < 0 ? safe.position : slowest
    if (comparePositions(upTo, this.#trimmed.get(partition) ?? logStart) <= 0) return
    await log.trim(partition, upTo)
    this.#trimmed.set(partition, upTo)
  }

  /** Copies of shards that are not live are of no help. */
  #hasEnoughCopies(partition: Partition, { holders }: RecordedSnapshot): boolean {
    const { name, addressOf, liveHostCount } = this.#options
    const live = holders.filter((holder) => holder === name || addressOf(holder) !== undefined)
    return live.length >= Math.min(copiesWanted, Math.max(1, liveHostCount(partition)))
  }

  #onCorrupt({ partition, position, path }: StoredSnapshot, error: Error): void {
    const { log, name, onError } = this.#options
    this.#counts.corrupt++
    onError(error, `a damaged snapshot was set aside: ${path}`)
    log.snapshots.forget(partition, position, name).catch((failure: unknown) => {
      onError(failure, `the loss of ${path} could not be recorded; the next look does it`)
    })
  }

  #reachOf(partition: Partition): Reach {
    const { position, appliedCount } = this.#options
    return { position: position(partition), count: appliedCount(partition) }
  }

  #paceOf(partition: Partition): Pace {
    let pace = this.#paces.get(partition)
    if (pace === undefined) {
      pace = new Pace(this.#options.clock())
      this.#paces.set(partition, pace)
    }
    return pace
  }
}
