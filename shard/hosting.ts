// Hosting partitions anew, while everything else goes on.
//
// A process knows the public facts of all partitions, but what it needs of the users that it hosts (whom
// they follow, who follows them, their sessions and marks) it did not keep. It gets that from the
// snapshots and logs, source by source, in a state on the side that hosts just these partitions:
//
//   snapshot of q (hosted facts only) -> log of q up to where the live state stood -> what the live
//   state has applied since -> both are at the same entry now: the live state adopts some facts -+
//                                  ^------------------------------------------------------------+
//
// The last two are one turn of the event loop, so that no entry comes in between, and go on in turns of a millisecond for
// as long as there are facts of a partition to be adopted, and then of the next one. What follows flow from users of q into a
// partition is q's to tell; all the rest is told by the log of the partition itself. When all sources are through,
// the partitions are hosted.
//
// Each source holds something for each partition, and to read them all is most of the work: so who needs several
// partitions asks for them together. Of a source that is hosted here all is here already.

import type { Partition } from '../protocol/ids.ts'
import type { ReplicationLog } from './replication/log.ts'
import { LogUnavailable } from './replication/log.ts'
import type { LogPosition } from './replication/position.ts'
import { comparePositions } from './replication/position.ts'
import { stepFactsMax } from './state/hosted-facts.ts'
import { ShardState } from './state/shard-state.ts'

/** Entries of one read. */
const readEntriesMax = 512

export type HostingPorts = {
  readonly state: ShardState
  readonly log: ReplicationLog
  readonly partitionCount: number
  /** The last position of a log that the live state has applied. */
  position(partition: Partition): LogPosition
  applyTo(state: ShardState, payload: Uint8Array): void
  /** Brings what the newest snapshot of `source` knows for `state`. @returns its position. */
  restoreHosted(state: ShardState, source: Partition): Promise<LogPosition>
  defer(task: () => void): void
  /** Facts that are adopted in one turn; `stepFactsMax` unless a test wants fewer. */
  readonly stepFacts?: number
}

/** Up to where a log is to be read. */
type Reading = { readonly source: Partition; readonly target: LogPosition }

export class Hosting {
  readonly #ports: HostingPorts
  /** Partitions of which some sources are here: their hosting is under way, or ended early. */
  readonly #unfinished = new Set<Partition>()
  /** What the live state has applied of a log since a side state began to read it. */
  readonly #recorded = new Map<Partition, Uint8Array[]>()

  constructor(ports: HostingPorts) {
    this.#ports = ports
  }

  /** Told of every entry that the live state applies. */
  applied(partition: Partition, payload: Uint8Array): void {
    if (this.#recorded.size > 0) this.#recorded.get(partition)?.push(Buffer.from(payload))
  }

  get unfinished(): readonly Partition[] {
    return [...this.#unfinished]
  }

  /**
   * Resolves when all these partitions are hosted. Where it rejects, they stay unfinished: the
   * sources that are through are kept up to date, and not read again by the next call; or `drop` removes them.
   */
  async host(partitions: readonly Partition[]): Promise<void> {
    const { state, partitionCount } = this.#ports
    for (const partition of partitions) this.#unfinished.add(partition)
    for (let source = 0; source < partitionCount; source++) {
      const lacking = partitions.filter((partition) => !state.hosting.hasArrived(source, partition))
      if (lacking.length > 0) await this.#adoptFrom(source, lacking)
    }
    for (const partition of partitions) this.#unfinished.delete(partition)
  }

  /** Forgets what is here of a partition, a step at a time. */
  async drop(partition: Partition): Promise<void> {
    this.#unfinished.delete(partition)
    for (const _step of this.#ports.state.unhost(partition)) await this.#nextTurn()
  }

  async #adoptFrom(source: Partition, partitions: readonly Partition[]): Promise<void> {
    const { state, position, applyTo, partitionCount, stepFacts = stepFactsMax } = this.#ports
    const given = { source, partitionCount, stepFacts }
    if (state.hosting.hasArrived(source, source)) {
      for (const partition of partitions) {
        await this.#finish(state.adopt(undefined, { ...given, partition }))
      }
      return
    }
    const side = new ShardState()
    for (const partition of partitions) side.host(partition)
    const recorded: Uint8Array[] = []
    const target = position(source)
    this.#recorded.set(source, recorded)
    try {
      await this.#bringTo(side, { source, target })
      // The source itself first: with its own facts all of it is here.
      const others = partitions.filter((partition) => partition !== source)
      const sourceFirst = others.length < partitions.length ? [source, ...others] : others
      for (const partition of sourceFirst) {
        await this.#finish(state.adopt(side, { ...given, partition }), () => {
          for (const payload of recorded.splice(0)) applyTo(side, payload)
        })
      }
    } finally {
      this.#recorded.delete(source)
    }
  }

  /** @param catchUp is called before each step, in the same turn */
  async #finish(steps: Generator<void, boolean>, catchUp = (): void => undefined): Promise<void> {
    for (;;) {
      catchUp()
      if (steps.next().done) return
      await this.#nextTurn()
    }
  }

  /** Whatever goes wrong before anything is adopted can be tried again: this process has others to serve. */
  async #bringTo(side: ShardState, of: Reading): Promise<void> {
    try {
      await this.#read(side, of)
    } catch (cause) {
      if (cause instanceof LogUnavailable) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new LogUnavailable(`partition ${of.source} cannot be read: ${reason}`, { cause })
    }
  }

  async #read(side: ShardState, { source, target }: Reading): Promise<void> {
    const { log, applyTo, restoreHosted } = this.#ports
    let position = await restoreHosted(side, source)
    if (comparePositions(position, target) > 0) {
      throw new LogUnavailable(`the snapshot of partition ${source} is newer than what is applied`)
    }
    while (comparePositions(position, target) < 0) {
      const after = position
      const entries = await log.read({ partition: source, after, limit: readEntriesMax })
      if (entries.length === 0) throw new LogUnavailable(`partition ${source} ends too early`)
      for (const entry of entries) {
        if (comparePositions(entry.position, target) > 0) return
        if (!entry.isBarrier) applyTo(side, entry.payload)
        position = entry.position
      }
    }
  }

  #nextTurn(): Promise<void> {
    return new Promise((resolve) => this.#ports.defer(resolve))
  }
}
