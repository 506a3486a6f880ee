// One shard process of a moving cluster: real shard, real plan, and everything that it would get from its
// machine (time, order, chance, the way to the others) from the simulation.

import { expect } from 'vitest'
import type { Partition } from '../../protocol/ids.ts'
import { rank } from '../../protocol/placement.ts'
import type { GatewayLink } from '../../shard/live/live-subscribers.ts'
import { Membership } from '../../shard/placement/membership.ts'
import { PlacementKeeper } from '../../shard/placement/placement-keeper.ts'
import { MemoryLog } from '../../shard/replication/memory/memory.ts'
import { logStart } from '../../shard/replication/position.ts'
import { Shard } from '../../shard/shard.ts'
import { digestOf } from '../../shard/snapshots/digest.ts'
import { fakePasswordWork } from './simulated-cluster.ts'

export const leaseMs = 1_000
const tickMs = 200
const replaceAfterMs = 5_000
const dropAfterMs = 1_000
const leaveWithinMs = 5_000
/** So that there are some in a short run. */
const digestEveryEntries = 8

/** What has happened in a run, so that a test can be sure that it tested something. */
export type Happened = {
  failovers: number
  handedOver: number
  hosted: number
  dropped: number
  digestsChecked: number
}

/** What a process has around it. */
export type Surroundings = {
  readonly log: MemoryLog
  readonly partitionCount: number
  readonly replicas: number
  readonly expectedNames: readonly string[]
  readonly happened: Happened
  now(): number
  random(): number
  /** Runs a task of a process after so many simulated milliseconds, if it is alive and awake then. */
  after(process: MovingProcess, ms: number, task: () => void): void
  /** The same at some moment that chance decides. */
  later(process: MovingProcess, task: () => void): void
  processAt(address: string): MovingProcess | undefined
  push(push: Parameters<GatewayLink['push']>[0]): void
}

/** One life of a shard process. */
export class MovingProcess {
  readonly name: string
  readonly address: string
  readonly membership: Membership
  readonly link: GatewayLink
  isAlive = true
  isStalled = false
  isReady = false
  shard!: Shard
  keeper!: PlacementKeeper
  /** Those who wait for a reply of this process; it never comes when it dies. */
  readonly orphans = new Set<() => void>()
  readonly #around: Surroundings
  readonly #log: MemoryLog

  constructor(around: Surroundings, { name, life }: { name: string; life: number }) {
    this.name = name
    this.address = `${name}:${life}`
    this.#around = around
    this.#log = new MemoryLog({
      clock: around.now,
      on: around.log,
      schedule: (task) => around.later(this, task),
    })
    this.membership = new Membership({
      name,
      incarnation: this.address,
      registry: this.#log.members,
      partitionCount: around.partitionCount,
      replicas: around.replicas,
      expectedNames: around.expectedNames,
      ttlMs: leaseMs,
      replaceAfterMs,
      now: around.now,
      pause: (ms) => this.#pause(ms),
    })
    this.membership.address = this.address
    this.link = {
      push: (push) => {
        if (this.isAlive) around.push(push)
      },
      sessionEnded: () => undefined,
    }
  }

  get canRun(): boolean {
    return this.isAlive && !this.isStalled
  }

  serves(partition: Partition): boolean {
    return this.isReady && this.shard.isServing(partition)
  }

  /** As shard-process.ts does it: join, recover, be ready, keep one's place. */
  async run(): Promise<void> {
    const { membership } = this
    await membership.join()
    this.shard = this.#makeShard(membership.hostedAtStart())
    this.keeper = this.#makeKeeper()
    membership.ownWork = () => ({
      hosted: this.shard.status().hosted,
      serving: this.shard.status().serving.map(([partition]) => partition),
      positions: [...this.shard.follower.positions],
    })
    this.#every(tickMs, () => {
      if (!this.isReady) void membership.announce()
    })
    await this.shard.start()
    membership.state = 'ready'
    this.shard.live.connect(this.link)
    this.isReady = true
    this.#every(tickMs, () => void this.keeper.tick())
    this.#every(leaseMs / 4, () => void this.shard.renewLeases())
  }

  /** As on SIGTERM. */
  async leave(): Promise<void> {
    await this.keeper.leave(leaveWithinMs)
    await this.shard.close()
    await this.membership.withdraw()
  }

  /** Adds what this process has counted; once, at its end. */
  count(): void {
    const { happened } = this.#around
    happened.failovers += this.keeper?.failoverCount ?? 0
    happened.digestsChecked += this.shard?.digests.checkedCount ?? 0
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#around.after(this, ms, resolve))
  }

  #every(ms: number, task: () => void): void {
    this.#around.after(this, ms, () => {
      task()
      this.#every(ms, task)
    })
  }

  #makeKeeper(): PlacementKeeper {
    const { now, later, processAt, happened } = this.#around
    return new PlacementKeeper({
      shard: this.shard,
      membership: this.membership,
      handOver: async (address, { partition }) => {
        const other = processAt(address)
        if (other?.isReady === true) later(other, () => void other.keeper.receive(partition))
      },
      dropAfterMs,
      now,
      pause: (ms) => this.#pause(ms),
      onError: fail,
      onMove: ({ what }) => {
        if (what === 'handed over') happened.handedOver++
        else if (what !== 'taken over') happened[what]++
      },
      onFatal: (error) => fail(error, 'fatal'),
    })
  }

  #makeShard(hosted: readonly Partition[]): Shard {
    const { now, random, partitionCount, later } = this.#around
    return new Shard({
      node: this.address,
      log: this.#log,
      partitionCount,
      hosted,
      passwords: { run: async (task) => fakePasswordWork(task) },
      leaseMs,
      digestEveryEntries,
      sessionLifetimeMs: 86_400_000,
      pageValidators: 64,
      now,
      monotonicNow: now,
      random: (bytes) => Uint8Array.from({ length: bytes }, () => random() * 256),
      defer: (task) => later(this, task),
      pause: (ms) => this.#pause(ms),
      restore: async () => logStart,
      restoreHosted: async () => logStart,
      appendStarted: () => () => undefined,
      onError: fail,
      onFatal: (error) => fail(error, 'fatal'),
      onChange: () => undefined,
    })
  }
}

function fail(error: unknown, message: string): never {
  throw new Error(message, { cause: error })
}

/** Whether every partition is served by whom the ring wants, and hosted by nobody whom it does not want. */
export function areInPlace(
  processes: readonly MovingProcess[],
  { partitionCount, replicas }: Pick<Surroundings, 'partitionCount' | 'replicas'>,
): boolean {
  const names = processes.map(({ name }) => name)
  return rank(names, { partitionCount, depth: 1 + replicas }).every((wanted, partition) => {
    const servers = processes.filter((process) => process.serves(partition))
    const hosts = processes.filter(({ shard }) => shard.state.hosts(partition))
    const isServed = servers.length === 1 && servers[0]?.name === wanted[0]
    return isServed && hosts.every(({ name }) => wanted.includes(name))
  })
}

/** Everybody who hosts a partition and is at the same entry has the same facts (I7). */
export function expectSameDigests(
  processes: readonly MovingProcess[],
  partitionCount: number,
): void {
  for (let partition = 0; partition < partitionCount; partition++) {
    const byPosition = new Map<string, Set<string>>()
    for (const { shard, isReady } of processes) {
      if (!isReady || !shard.state.hosts(partition)) continue
      const key = JSON.stringify(shard.follower.position(partition))
      const digests = byPosition.get(key) ?? new Set()
      byPosition.set(key, digests.add(digestOf(shard.state, partition, { slice: 0, slices: 1 })))
    }
    for (const digests of byPosition.values()) expect([...digests], 'I7').toHaveLength(1)
  }
}
