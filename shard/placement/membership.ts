// Membership: what this process says of itself, and what the others have said.
//
// Several times a second it tells the registry that it lives, and learns of all others in the same
// round trip. Between two of them the last word stands: where the registry cannot be reached, nobody
// is thought dead for that.

import type { Partition } from '../../protocol/ids.ts'
import { LogUnavailable } from '../replication/log.ts'
import type { Member, MemberRegistry, SeenMember } from '../replication/members.ts'
import type { LogPosition } from '../replication/position.ts'
import { comparePositions, logStart } from '../replication/position.ts'
import { Pins } from './pins.ts'
import type { MemberView } from './roles.ts'
import { orderOf } from './roles.ts'

/** A member announces itself so many times before it would count as dead. */
const announcesPerTtl = 4
/** For so long nothing is trimmed that a silent member has not read yet. */
const silenceForgivenMs = 30_000

export type MembershipOptions = {
  readonly name: string
  readonly incarnation: string
  readonly registry: MemberRegistry
  readonly partitionCount: number
  readonly replicas: number
  /** Names that belong to the cluster from its first moment, whether they have been heard of or not. */
  readonly expectedNames: readonly string[]
  readonly ttlMs: number
  /** For how long a member that is gone keeps its place in the ring. */
  readonly replaceAfterMs: number
  /** Milliseconds that only ever go forward. */
  now(): number
  pause(ms: number): Promise<void>
}

/** What the process is doing, asked at each announcement. */
export type OwnWork = Pick<Member, 'hosted' | 'serving' | 'positions'>

export class Membership {
  readonly name: string
  readonly incarnation: string
  state: Member['state'] = 'joining'
  /** Where others reach this process; empty until it listens. */
  address = ''
  /** Tells what this process is doing. */
  ownWork: () => OwnWork
  /** What operators want. */
  readonly pins: Pins
  readonly #options: MembershipOptions
  readonly #startedAtMs: number
  #heardAtMs: number
  #members: readonly SeenMember[] = []

  constructor(options: MembershipOptions) {
    this.#options = options
    this.name = options.name
    this.incarnation = options.incarnation
    this.pins = new Pins(options.partitionCount)
    this.#startedAtMs = options.now()
    this.#heardAtMs = this.#startedAtMs
    this.ownWork = () => ({ hosted: [], serving: [], positions: [] })
  }

  /** How often to announce. */
  get announceEveryMs(): number {
    return this.#options.ttlMs / announcesPerTtl
  }

  /**
   * The first announcement. A name that another process holds is waited for as long as that one could
   * have died just before. @returns false where it lives.
   */
  async join(): Promise<boolean> {
    const { ttlMs, now, pause } = this.#options
    const giveUpAtMs = now() + ttlMs * 2
    while (!(await this.announce())) {
      if (now() > giveUpAtMs) return false
      await pause(this.announceEveryMs)
    }
    return true
  }

  /** @returns false where another living process goes by this name. */
  async announce(): Promise<boolean> {
    const { registry, ttlMs, replaceAfterMs, now } = this.#options
    const { name, incarnation, address, state } = this
    const pins = this.pins.words
    const member = { name, incarnation, address, state, ...this.ownWork(), pins }
    const members = await registry.announce(member, { ttlMs, forgetAfterMs: replaceAfterMs })
    if (members === undefined) return false
    this.#members = members
    this.#heardAtMs = now()
    for (const { pins: theirs } of members) if (theirs !== undefined) this.pins.hear(theirs)
    return true
  }

  /** The same while this process recovers, which needs the log for more than this and finds out. */
  async tryToAnnounce(): Promise<void> {
    try {
      await this.announce()
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
    }
  }

  /**
   * Whether the registry has taken our word lately. It stands in the log's medium: where it takes none,
   * the log takes no write either, be it away, full or read-only.
   */
  get isHeard(): boolean {
    const { ttlMs, now } = this.#options
    return now() - this.#heardAtMs <= ttlMs
  }

  /** Whether somebody else serves clients while this process is on its way. */
  get doOthersServe(): boolean {
    const { name } = this
    return this.#members.some((one) => one.name !== name && one.isLive && one.serving.length > 0)
  }

  /** Says good-bye, so that nobody waits for the end of the lease. */
  async withdraw(): Promise<void> {
    const { name, incarnation } = this
    try {
      await this.#options.registry.withdraw({ name, incarnation })
    } catch (error) {
      // Then it is not heard of any more, which says the same a second later.
      if (!(error instanceof LogUnavailable)) throw error
    }
  }

  /** The partitions that the ring gives this process as it comes: to be recovered before it is ready. */
  hostedAtStart(): Partition[] {
    const { view } = this
    const { me, replicas } = view
    const order = orderOf({ ...view, expectedNames: [me, ...view.expectedNames] })
    return order.flatMap((names, partition) =>
      names.slice(0, replicas + 1).includes(me) ? [partition] : [],
    )
  }

  get view(): MemberView {
    const { name: me, partitionCount, replicas, expectedNames, replaceAfterMs, now } = this.#options
    const isYoung = now() - this.#startedAtMs < replaceAfterMs
    const expected = isYoung ? [...expectedNames, me] : [me]
    const pinned = this.pins.byPartition
    return { me, members: this.#members, expectedNames: expected, partitionCount, replicas, pinned }
  }

  /** Where the living members listen, by name. */
  get addresses(): Readonly<Record<string, string>> {
    const reachable = this.#members.filter(({ isLive, address }) => isLive && address !== '')
    return Object.fromEntries(reachable.map(({ name, address }) => [name, address]))
  }

  member(name: string): SeenMember | undefined {
    return this.#members.find((member) => member.name === name && member.isLive)
  }

  /**
   * The position that every member has passed. One that was not heard of for a moment may be back: a
   * process that recovers is busy.
   */
  slowestPosition(partition: Partition): LogPosition {
    const positions = this.#members
      .filter(({ isLive, silentMs }) => isLive || silentMs < silenceForgivenMs)
      .map((member) => member.positions[partition] ?? logStart)
    return positions.reduce(
      (slowest, one) => (comparePositions(one, slowest) < 0 ? one : slowest),
      positions[0] ?? logStart,
    )
  }

  /** The position that some living member has reached. */
  furthestPosition(partition: Partition): LogPosition {
    let furthest = logStart
    for (const { positions, isLive } of this.#members) {
      const theirs = positions[partition]
      if (isLive && theirs !== undefined && comparePositions(theirs, furthest) > 0)
        furthest = theirs
    }
    return furthest
  }

  /** How many entries of a partition somebody else has and `position` has not, within its epoch. */
  lagBehind(partition: Partition, position: LogPosition): number {
    let lag = 0
    for (const { positions, isLive } of this.#members) {
      const theirs = positions[partition]
      if (!isLive || theirs?.epoch !== position.epoch) continue
      lag = Math.max(lag, theirs.sequence - position.sequence)
    }
    return lag
  }

  liveHostCount(partition: Partition): number {
    return this.#members.filter(({ isLive, hosted }) => isLive && hosted.includes(partition)).length
  }
}
