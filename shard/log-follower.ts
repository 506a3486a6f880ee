// The log follower: applies the entries of every partition whose primary is elsewhere.
//
// It knows the last position applied of each partition, also of those whose primary is this process
// (the primary notes its own). At any time the entries of a partition come from the tail or from its
// primary here, never from both, so each entry is applied exactly once. Whoever brings entries, the
// position decides: what lies at or before it has been applied, and what comes next names it as the one
// before. Where it does not, Redis has lost entries that came here in another way and they were written
// again elsewhere: only who reads on from this very position tells them apart (redis-cursor.ts).
//
//   disown -> a new tail that has the partition, too       own -> not heard any more at once; the tail
//                                                                  without it follows a second later

import type { Partition } from '../protocol/ids.ts'
import type { LogEntry, ReplicationLog, Tail } from './replication/log.ts'
import type { LogPosition } from './replication/position.ts'
import { comparePositions, logStart } from './replication/position.ts'
import { WritePace } from './write-pace.ts'

/** Ownership changes for many partitions at once: one new tail then serves them all. */
const ownedStaysInTailMs = 1_000

export type FollowerPorts = {
  readonly log: ReplicationLog
  readonly partitionCount: number
  pause(ms: number): Promise<void>
  applyPayload(partition: Partition, payload: Uint8Array): void
  /** The tail has stopped for good, and with it this process's view of the others. */
  onError(error: Error): void
}

type Waiter = { readonly position: LogPosition; resolve(): void }

export class LogFollower {
  readonly #ports: FollowerPorts
  readonly #positions: LogPosition[]
  readonly #appliedCounts: Float64Array
  readonly #waiters: Waiter[][]
  /** 1 where the primary is here. */
  readonly #owned: Uint8Array
  /** The tail from which entries of a partition are taken; those of an older one are not ours any more. */
  readonly #heardFrom: Float64Array
  /** When the process may write more. */
  readonly pace: WritePace
  #tail: Tail | undefined
  #generation = 0
  #isFollowing = false
  #isTailOpening = false
  #isTailOutdated = false

  constructor(ports: FollowerPorts) {
    const { partitionCount } = ports
    this.#ports = ports
    this.#positions = Array.from({ length: partitionCount }, () => logStart)
    this.#waiters = Array.from({ length: partitionCount }, () => [])
    this.#appliedCounts = new Float64Array(partitionCount)
    this.#owned = new Uint8Array(partitionCount)
    this.#heardFrom = new Float64Array(partitionCount)
    this.pace = new WritePace({
      behindSinceMs: () => this.#tail?.behindSinceMs,
      ownPerOther: () => this.#ownPerOther,
      pause: (ms) => ports.pause(ms),
    })
  }

  get positions(): readonly LogPosition[] {
    return this.#positions
  }

  position(partition: Partition): LogPosition {
    return this.#positions[partition]!
  }

  /** How many entries of a partition have been applied since the start. */
  appliedCount(partition: Partition): number {
    return this.#appliedCounts[partition]!
  }

  /** The state holds everything up to this position already: for what a snapshot has brought. */
  startAt(partition: Partition, position: LogPosition): void {
    this.#positions[partition] = position
  }

  /** Notes that everything up to `position` has been applied, and wakes those who wait for it. */
  applied(partition: Partition, position: LogPosition): void {
    const before = this.#positions[partition]!
    this.#positions[partition] = position
    const isSameReign = before.epoch === position.epoch
    const count = position.sequence - (isSameReign ? before.sequence : 0)
    this.#appliedCounts[partition]! += count
    if (this.#owned[partition] === 1) this.pace.wrote(count)
    else this.pace.applied(count)
    const waiters = this.#waiters[partition]!
    if (waiters.length === 0) return
    this.#waiters[partition] = waiters.filter((waiter) => {
      if (comparePositions(position, waiter.position) < 0) return true
      waiter.resolve()
      return false
    })
  }

  /**
   * Applies entries of the log, but for those that have been applied already.
   * @returns false where they do not go on from here, and none was applied.
   */
  applyEntries(partition: Partition, entries: readonly LogEntry[]): boolean {
    const at = this.position(partition)
    const first = entries.findIndex((entry) => comparePositions(entry.position, at) > 0)
    if (first === -1) return true
    if (comparePositions(entries[first]!.previous, at) !== 0) return false
    for (const entry of first === 0 ? entries : entries.slice(first)) {
      if (!entry.isBarrier) this.#ports.applyPayload(partition, entry.payload)
      this.applied(partition, entry.position)
    }
    return true
  }

  get #ownPerOther(): number {
    const ownedCount = this.#owned.reduce((count, isOwned) => count + isOwned, 0)
    return ownedCount / Math.max(1, this.#owned.length - ownedCount)
  }

  /** Begins to follow all logs, each from where it stands. */
  async follow(): Promise<void> {
    this.#isFollowing = true
    await this.#openTail()
  }

  /** The primary is here, at this position: nothing of the partition is taken from the tail. */
  own(partition: Partition, position: LogPosition): void {
    this.applied(partition, position)
    this.#owned[partition] = 1
    this.#heardFrom[partition] = 0
    void this.#ports.pause(ownedStaysInTailMs).then(() => this.#openTail())
  }

  /** The primary is here no longer. */
  disown(partition: Partition): void {
    this.#owned[partition] = 0
    void this.#openTail()
  }

  /** Resolves when everything that the partition's log holds now has been applied here. */
  async caughtUp(partition: Partition): Promise<void> {
    const head = await this.#ports.log.head(partition)
    if (comparePositions(this.position(partition), head) >= 0) return
    await new Promise<void>((resolve) =>
      this.#waiters[partition]!.push({ position: head, resolve }),
    )
  }

  async close(): Promise<void> {
    this.#isFollowing = false
    this.#generation++
    await this.#tail?.close()
  }

  /** Opens a tail of all that is not owned. Changes while one is opening are seen to by one more. */
  async #openTail(): Promise<void> {
    this.#isTailOutdated = true
    if (this.#isTailOpening) return
    this.#isTailOpening = true
    while (this.#isTailOutdated && this.#isFollowing) {
      this.#isTailOutdated = false
      const generation = ++this.#generation
      await this.#tail?.close()
      if (this.#isFollowing) this.#tail = this.#newTail(generation)
    }
    this.#isTailOpening = false
  }

  #newTail(generation: number): Tail {
    const from = new Map<Partition, LogPosition>()
    for (const [partition, position] of this.#positions.entries()) {
      if (this.#owned[partition] === 1) continue
      from.set(partition, position)
      this.#heardFrom[partition] = generation
    }
    return this.#ports.log.tail(from, {
      onEntries: (partition, entries) => {
        const isHeard = this.#heardFrom[partition] === generation
        if (!isHeard || generation !== this.#generation) return
        if (this.applyEntries(partition, entries)) return
        this.#heardFrom[partition] = 0
        void this.#openTail()
      },
      onError: (error) => {
        if (generation === this.#generation) this.#ports.onError(error)
      },
    })
  }
}
