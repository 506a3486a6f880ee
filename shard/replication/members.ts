// The member registry: the port through which shard processes know of each other.
//
// Each process says several times a second that it lives, where it listens, and what it does. What comes
// back is all that the others have said. It is soft state: nothing of it is ever needed to keep a
// promise. Leases and epochs keep two primaries apart; the registry only tells who should try.

import type { Partition } from '../../protocol/ids.ts'
import type { LogPosition } from './position.ts'

/** An operator's word on who should serve a partition; the newest word on a partition counts. */
export type Pin = {
  readonly partition: Partition
  /** The name of a member; '' where the ring decides again. */
  readonly to: string
  /** Larger than in every word on this partition that was known when it was given. */
  readonly version: number
}

export type Member = {
  /** The place in the ring; stays the same over restarts. */
  readonly name: string
  /** Differs with each start of a process. */
  readonly incarnation: string
  /** Where gateways and other shards reach it: `host:port`; empty while it does not listen yet. */
  readonly address: string
  /** `joining` while it recovers, `leaving` when it hands its partitions over to go. */
  readonly state: 'joining' | 'ready' | 'leaving'
  /** The partitions whose facts are complete here. */
  readonly hosted: readonly Partition[]
  /** Those of them of which it is the primary. */
  readonly serving: readonly Partition[]
  /** The last entry applied here, by partition. */
  readonly positions: readonly LogPosition[]
  /** What it knows of the words of operators; absent for a release that knew no such thing. */
  readonly pins?: readonly Pin[]
}

/** A member as the registry knows it. */
export type SeenMember = Member & {
  /** Milliseconds since it was heard of, by the registry's clock. */
  readonly silentMs: number
  readonly isLive: boolean
}

export interface MemberRegistry {
  /**
   * Says that this process lives, and tells of all members, itself included. One that is not heard of
   * for `ttlMs` is not live any more; one that is not heard of for `forgetAfterMs` is left out.
   * @returns undefined where another live process goes by this name: its word stands.
   * Rejects with LogUnavailable where the medium cannot be reached.
   */
  announce(
    member: Member,
    times: { readonly ttlMs: number; readonly forgetAfterMs: number },
  ): Promise<readonly SeenMember[] | undefined>
  /** This process is going: it is not live from now on. Its place in the ring stays until it is forgotten. */
  withdraw(member: Pick<Member, 'name' | 'incarnation'>): Promise<void>
}
