// Brings what this process hosts to where the plan wants it: hosts partitions anew, and drops them.
//
// Both are a lot of work, so one step is under way at a time, and neither is begun at once: who has gone is mostly back soon.
// Hosting anew costs little more for many partitions than for one (hosting.ts), so all that are missing are hosted in one step;
// but first those that nobody can serve until then.

import type { Partition } from '../../protocol/ids.ts'
import { LogUnavailable } from '../replication/log.ts'
import type { Shard } from '../shard.ts'
import type { Membership } from './membership.ts'
import type { Move } from './moves.ts'
import type { RolePlan } from './roles.ts'

/** A keeper that dies is mostly back soon: its partitions are hosted anew only after so long. */
const hostPatienceMs = 4_000

export type HostChangePorts = {
  readonly shard: Pick<Shard, 'host' | 'drop' | 'unfinished'>
  readonly membership: Pick<Membership, 'view'>
  /** A partition that is not ours any more is kept for so long, in case the ring changes again. */
  readonly dropAfterMs: number
  /** Milliseconds that only ever go forward. */
  now(): number
  onError(error: unknown, message: string): void
  /** Something that an operator may want to know of. */
  onMove(move: Move): void
}

export class HostChanges {
  readonly #ports: HostChangePorts
  /** Since when a partition is ours to host but not hosted, and the other way round. */
  readonly #missingSince = new Map<Partition, number>()
  readonly #idleSince = new Map<Partition, number>()
  #isChanging = false
  #isClosed = false

  constructor(ports: HostChangePorts) {
    this.#ports = ports
  }

  /** Takes the next step of a new plan, unless one is under way: resolves at its end. Call it with every plan. */
  async follow({ host, drop }: Pick<RolePlan, 'host' | 'drop'>): Promise<void> {
    const { shard, dropAfterMs } = this.#ports
    // What was begun and is wanted no longer will not be finished.
    const givenUp = shard.unfinished.filter((partition) => !host.includes(partition))
    const missing = this.#longEnough(this.#missingSince, host, (partition) =>
      this.#isWantedNow(partition) ? 0 : hostPatienceMs,
    )
    const [idle] = this.#longEnough(this.#idleSince, [...drop, ...givenUp], () => dropAfterMs)
    if (this.#isChanging || this.#isClosed) return
    this.#isChanging = true
    try {
      if (missing.length > 0) await this.#host(this.#mostUrgent(missing))
      else if (idle !== undefined) await this.#drop(idle)
    } finally {
      this.#isChanging = false
    }
  }

  /** What should be dropped is looked at afresh. */
  forgetIdle(): void {
    this.#idleSince.clear()
  }

  /** Begins nothing any more. */
  close(): void {
    this.#isClosed = true
  }

  async #host(partitions: readonly Partition[]): Promise<void> {
    const { shard, now, onError, onMove } = this.#ports
    const startedAtMs = now()
    try {
      const hosted = await shard.host(partitions)
      const ms = now() - startedAtMs
      for (const partition of hosted) onMove({ partition, what: 'hosted', ms })
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
      // Who leaves closes the log under what is still being read: that is no complaint.
      if (!this.#isClosed) onError(error, `not hosted yet: partitions ${partitions.join(', ')}`)
    }
  }

  async #drop(partition: Partition): Promise<void> {
    const { shard, now, onMove } = this.#ports
    const startedAtMs = now()
    await shard.drop(partition)
    onMove({ partition, what: 'dropped', ms: now() - startedAtMs })
  }

  /** Those of which nobody else has everything, or all where there are none. */
  #mostUrgent(missing: readonly Partition[]): readonly Partition[] {
    const { me, members } = this.#ports.membership.view
    const others = members.filter(
      ({ name, isLive, state }) => name !== me && isLive && state !== 'leaving',
    )
    const urgent = missing.filter(
      (partition) => !others.some(({ hosted }) => hosted.includes(partition)),
    )
    return urgent.length > 0 ? urgent : missing
  }

  /** Whether an operator wants it here, or its primary is about to go and waits for us. */
  #isWantedNow(partition: Partition): boolean {
    const { me, members, pinned } = this.#ports.membership.view
    if (pinned?.get(partition) === me) return true
    return members.some(
      ({ isLive, state, serving }) => isLive && state === 'leaving' && serving.includes(partition),
    )
  }

  /** The partitions that have been in the plan for long enough without a break. */
  #longEnough(
    since: Map<Partition, number>,
    planned: readonly Partition[],
    patienceMs: (partition: Partition) => number,
  ): readonly Partition[] {
    const nowMs = this.#ports.now()
    for (const partition of since.keys()) if (!planned.includes(partition)) since.delete(partition)
    for (const partition of planned) since.set(partition, since.get(partition) ?? nowMs)
    return planned.filter((partition) => nowMs - since.get(partition)! >= patienceMs(partition))
  }
}
