// The log follower: applies the entries of every partition whose primary is elsewhere.
//
// It knows the last position applied of each partition, also of those whose primary is this process
// (the primary notes its own). At start it replays all logs; afterwards a partition belongs either
// to the tail or to its primary here, never to both, so each entry is applied exactly once.

import type { Partition } from '../protocol/ids.ts'
import type { LogEntry, LogPosition, ReplicationLog, Tail } from './replication/log.ts'
import { comparePositions, logStart } from './replication/log.ts'

export type FollowerPorts = {
  readonly log: ReplicationLog
  readonly partitionCount: number
  applyPayload(partition: Partition, payload: Uint8Array): void
  /** The tail has stopped for good, and with it this process's view of the others. */
  onError(error: Error): void
}

type Waiter = { readonly position: LogPosition; resolve(): void }

export class LogFollower {
  readonly #ports: FollowerPorts
  readonly #positions: LogPosition[]
  readonly #waiters: Waiter[][]
  #tail: Tail | undefined
  /** Hand-overs of an older tail that are still on their way are not ours any more. */
  #generation = 0

  constructor(ports: FollowerPorts) {
    this.#ports = ports
    this.#positions = Array.from({ length: ports.partitionCount }, () => logStart)
    this.#waiters = Array.from({ length: ports.partitionCount }, () => [])
  }

  position(partition: Partition): LogPosition {
    return this.#positions[partition]!
  }

  /** Notes that everything up to `position` has been applied, and wakes those who wait for it. */
  applied(partition: Partition, position: LogPosition): void {
    this.#positions[partition] = position
    const waiters = this.#waiters[partition]!
    if (waiters.length === 0) return
    this.#waiters[partition] = waiters.filter((waiter) => {
      if (comparePositions(position, waiter.position) < 0) return true
      waiter.resolve()
      return false
    })
  }

  /** Follows exactly these partitions from where they stand. */
  async follow(partitions: readonly Partition[]): Promise<void> {
    const generation = ++this.#generation
    await this.#tail?.close()
    // Somebody else has changed it meanwhile: the last one counts.
    if (generation !== this.#generation) return
    const from = new Map(partitions.map((partition) => [partition, this.position(partition)]))
    this.#tail = this.#ports.log.tail(from, {
      onEntries: (partition, entries) => {
        if (generation === this.#generation) this.#apply(partition, entries)
      },
      onError: (error) => this.#ports.onError(error),
    })
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
    this.#generation++
    await this.#tail?.close()
  }

  #apply(partition: Partition, entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (!entry.isBarrier) this.#ports.applyPayload(partition, entry.payload)
      this.applied(partition, entry.position)
    }
  }
}
