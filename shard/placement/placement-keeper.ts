// The placement keeper: brings this process to where the ring wants it, one step at a time.
//
//   announce -> what do the others do -> planRoles -> gain, hand over, host, drop -> announce …
//
// Every process plans for itself from what all have announced (roles.ts). Two views may differ for a
// moment; leases and epochs keep two primaries apart, so a wrong guess costs a try and nothing else.
//
// A partition moves like this. Its primary sees that another process should serve it, and has been ready for a while:
//   1. it takes no more writes (gateways hold them), lets those in flight come to their end,
//   2. gives the lease back and tells the other one,
//   3. which takes the lease, reads what it lacks, and says to all gateways that it serves.
// Only one partition moves at a time from one process.

import type { Partition } from '../../protocol/ids.ts'
import { LogCorrupt, LogUnavailable } from '../replication/log.ts'
import { comparePositions } from '../replication/position.ts'
import type { Shard } from '../shard.ts'
import { type HostChangePorts, HostChanges } from './host-changes.ts'
import type { Membership } from './membership.ts'
import { FormerPrimaries } from './moves.ts'
import { Newcomers } from './newcomers.ts'
import type { RolePlan } from './roles.ts'
import { planRoles } from './roles.ts'

/** Entries that a successor may lack of what the primary has: it reads them while writes wait. */
const successorLagMax = 2_000
/** How long a partition that was handed to us is ours to take, whatever the others still announce. */
const promiseMs = 2_000
/**
 * Between two partitions that are handed over, unless this process leaves: whoever takes them has mostly just
 * started, and its code gets warm with the writes of a few before it has those of many.
 */
const breathMs = 100
const leavePauseMs = 50

export type KeeperPorts = HostChangePorts & {
  readonly shard: Shard
  readonly membership: Membership
  /** Tells another shard that a lease is free for it. */
  handOver(address: string, given: { partition: Partition; epoch: number }): Promise<void>
  pause(ms: number): Promise<void>
  /** Another process has taken our name: this one has to end. */
  onFatal(error: Error): void
}

export class PlacementKeeper {
  /** Partitions taken over from a primary that had gone without a word. */
  failoverCount = 0
  readonly #ports: KeeperPorts
  #plan: RolePlan = { gain: [], handOver: [], host: [], drop: [] }
  #isTicking = false
  #isHandingOver = false
  #isClosed = false
  readonly #gaining = new Set<Partition>()
  /** Partitions that were handed to us, and until when that counts. */
  readonly #promised = new Map<Partition, number>()
  readonly #hostChanges: HostChanges
  readonly #former = new FormerPrimaries()
  readonly #newcomers: Newcomers
  #pinned: ReadonlyMap<Partition, string> = new Map()

  constructor(ports: KeeperPorts) {
    this.#ports = ports
    this.#newcomers = new Newcomers(ports.now)
    this.#hostChanges = new HostChanges(ports)
  }

  /** What is still to be done before this process serves what it should; undefined where nothing is. */
  get problem(): string | undefined {
    const [partition] = this.#plan.gain
    return partition === undefined ? undefined : `partition ${partition} is not served here yet`
  }

  /** One round: call it several times in the time to live of an announcement. */
  async tick(): Promise<void> {
    if (this.#isTicking || this.#isClosed) return
    this.#isTicking = true
    try {
      await this.#look()
      if (this.#isClosed) return
      this.#gainWhatIsOurs()
      void this.#handOverTheRest()
      void this.#hostChanges.follow(this.#plan)
    } catch (error) {
      // While the registry is away, everybody stays where they are.
      if (!(error instanceof LogUnavailable)) throw error
    } finally {
      this.#isTicking = false
    }
  }

  /** Another shard has given a partition to us. Resolves when it is served, or will not be. */
  async receive(partition: Partition): Promise<void> {
    const { shard, now } = this.#ports
    if (this.#isClosed || !shard.state.hosts(partition)) return
    this.#promised.set(partition, now() + promiseMs)
    await this.#gain(partition)
  }

  /**
   * Hands over what others can take, until `withinMs` have passed or nobody is there to take more.
   * The caller then ends what is left.
   */
  async leave(withinMs: number): Promise<void> {
    const { membership, shard, now, pause } = this.#ports
    const giveUpAtMs = now() + withinMs
    membership.state = 'leaving'
    while (now() < giveUpAtMs) {
      try {
        await this.#look()
      } catch (error) {
        if (error instanceof LogUnavailable) break
        throw error
      }
      if (shard.status().serving.length === 0 || !this.#hasSuccessors()) break
      await this.#handOverTheRest()
      await pause(leavePauseMs)
    }
    this.#isClosed = true
    this.#hostChanges.close()
    // The last one has been given back; whether it was taken is told in a moment.
    while (this.#isHandingOver && now() < giveUpAtMs) await pause(leavePauseMs)
    for (const partition of shard.status().hosted) shard.standDown(partition)
  }

  #hasSuccessors(): boolean {
    const { me, members } = this.#ports.membership.view
    return members.some(({ name, isLive, state }) => name !== me && isLive && state !== 'leaving')
  }

  async #look(): Promise<void> {
    const { membership, onFatal } = this.#ports
    if (!(await membership.announce())) {
      onFatal(new Error(`Another process is called ${membership.name}: this one ends.`))
      return
    }
    const { view } = membership
    this.#former.see(view)
    this.#newcomers.see(view)
    // What an operator has moved is looked at afresh: nobody drops it by an older plan.
    if (view.pinned !== undefined && view.pinned !== this.#pinned) {
      this.#pinned = view.pinned
      this.#hostChanges.forgetIdle()
    }
    this.#plan = planRoles(view)
  }

  #gainWhatIsOurs(): void {
    const { shard } = this.#ports
    const wanted = new Set(this.#plan.gain)
    for (const partition of wanted) void this.#gain(partition)
    const serving = new Set(shard.status().serving.map(([partition]) => partition))
    for (const partition of shard.status().hosted) {
      if (serving.has(partition) || wanted.has(partition)) continue
      if (!this.#isPromised(partition)) shard.standDown(partition)
    }
  }

  async #gain(partition: Partition): Promise<void> {
    const { shard, now, onError, onFatal, onMove } = this.#ports
    if (this.#gaining.has(partition)) {
      // Whoever came first hears of a failure.
      await shard.gain(partition).catch(() => undefined)
      return
    }
    this.#gaining.add(partition)
    const startedAtMs = now()
    // Somebody else reigned last, and has not handed it over.
    const isFailover = shard.follower.position(partition).epoch > 0 && !this.#isPromised(partition)
    const loss = isFailover ? this.#former.loss(partition, this.#ports.membership.view) : undefined
    try {
      await shard.gain(partition)
      if (!shard.isServing(partition)) return
      if (isFailover) this.failoverCount++
      onMove({ partition, what: 'taken over', ms: now() - startedAtMs, ...loss })
    } catch (error) {
      // The log has gone on without what was read here: only a new start can follow it.
      if (error instanceof LogCorrupt) onFatal(error)
      else onError(error, `partition ${partition} cannot be served`)
    } finally {
      this.#gaining.delete(partition)
    }
  }

  #isPromised(partition: Partition): boolean {
    return (this.#promised.get(partition) ?? 0) >= this.#ports.now()
  }

  async #handOverTheRest(): Promise<void> {
    const { membership, pause } = this.#ports
    if (this.#isHandingOver) return
    this.#isHandingOver = true
    const tried = new Set<Partition>()
    try {
      for (;;) {
        // By the newest plan each time: it may take a while to come through.
        const next = this.#plan.handOver.find(({ partition }) => !tried.has(partition))
        if (next === undefined) return
        tried.add(next.partition)
        const isGiven = await this.#handOverTo(next.partition, next.to)
        if (isGiven && membership.state !== 'leaving') await pause(breathMs)
      }
    } finally {
      this.#isHandingOver = false
    }
  }

  /** @returns whether it is given away */
  async #handOverTo(partition: Partition, to: string): Promise<boolean> {
    const { shard, membership, handOver, now, onError, onMove } = this.#ports
    const startedAtMs = now()
    const successor = membership.member(to)
    const reached = successor?.positions[partition]
    const own = shard.follower.position(partition)
    if (successor === undefined || reached === undefined) return false
    if (this.#newcomers.has(successor) && membership.state !== 'leaving') return false
    const isNear = reached.epoch === own.epoch && own.sequence - reached.sequence <= successorLagMax
    if (!isNear && comparePositions(reached, own) < 0) return false
    try {
      const epoch = await shard.handOver(partition)
      if (epoch === undefined) return false
      await handOver(successor.address, { partition, epoch })
      onMove({ partition, what: 'handed over', ms: now() - startedAtMs, to })
    } catch (error) {
      // The successor sees in the registry that nobody serves the partition, and takes it.
      onError(error, `${to} could not be told that partition ${partition} is free`)
    }
    return true
  }
}
