// The hosts of the digest run: real shards over one log in memory, of which the first is the primary of all
// partitions, the second their replica, and a third one comes late.
//
//   primary  --append-->  log  --late, in bursts-->  replica
//                          |                            `--snapshots--.
//                          `------- the rest of it -------------->  late host
//
// The late one starts with half of the partitions, and takes the others over while everything goes on. All of
// them share the clock, which stands still unless it is set.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ErrorBody } from '../../../protocol/errors.ts'
import { failure } from '../../../protocol/errors.ts'
import { pack } from '../../../protocol/frame.ts'
import type { Partition } from '../../../protocol/ids.ts'
import { idEpochMs } from '../../../protocol/ids.ts'
import type { Operation } from '../../../protocol/operation.ts'
import { operations } from '../../../protocol/registry.ts'
import { routeOf } from '../../../server/links/router.ts'
import { MemoryLog } from '../../../shard/replication/memory/memory.ts'
import { logStart } from '../../../shard/replication/position.ts'
import { Shard } from '../../../shard/shard.ts'
import { openSnapshot, writeSnapshot } from '../../../shard/snapshots/snapshot-file.ts'
import type { ShardState } from '../../../shard/state/shard-state.ts'
import { ConditionalAsks, unconditional } from '../../helpers/conditional-asks.ts'
import { fakePasswordWork } from '../../helpers/fake-password-work.ts'
import type { Deed } from './deed.ts'

export const partitionCount = 8
export const partitions: readonly Partition[] = Array.from(
  { length: partitionCount },
  (_, partition) => partition,
)
const cluster = 'digests'
/** Longer than any run: nobody loses a lease here. */
const leaseMs = 1e12
const sessionLifetimeMs = 30 * 60_000
/** As a shard process does it. */
const digestEveryEntries = 1_000

export type Answered = Uint8Array | ErrorBody

/** A log that takes its time to be read, so that other things happen in between. */
class SlowlyReadLog extends MemoryLog {
  override async read(request: Parameters<MemoryLog['read']>[0]) {
    await new Promise<void>((resolve) => setImmediate(resolve))
    return await super.read(request)
  }
}

export class Host {
  readonly name: string
  readonly shard: Shard
  /** Whether deliveries of the log wait until they are drawn. */
  isLagging = false
  readonly #waiting: (() => void)[] = []
  readonly asks = new ConditionalAsks()

  constructor(
    name: string,
    given: {
      readonly hosts: Hosts
      readonly hosted: readonly Partition[]
      readonly restore: ConstructorParameters<typeof Shard>[0]['restore']
      readonly restoreHosted: ConstructorParameters<typeof Shard>[0]['restoreHosted']
    },
  ) {
    const { hosts } = given
    this.name = name
    this.shard = new Shard({
      ...given,
      node: name,
      partitionCount,
      log: new SlowlyReadLog({
        clock: () => hosts.nowMs,
        on: hosts.log,
        schedule: (deliver) => {
          if (this.isLagging) this.#waiting.push(deliver)
          else queueMicrotask(deliver)
        },
      }),
      passwords: { run: async (task) => fakePasswordWork(task) },
      leaseMs,
      digestEveryEntries,
      sessionLifetimeMs,
      pageValidators: 64,
      now: () => hosts.nowMs,
      monotonicNow: () => hosts.nowMs,
      random: (count) => Uint8Array.from({ length: count }, () => hosts.random() * 256),
      defer: setImmediate,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      appendStarted: () => () => undefined,
      onError: (error, message) => hosts.failed(new Error(`${name}: ${message}`, { cause: error })),
      onFatal: (error) => hosts.failed(error),
      onChange: () => undefined,
    })
  }

  /** Lets some of what waits arrive, in any order. */
  deliver(share: number, random: () => number): void {
    for (let count = Math.ceil(this.#waiting.length * share); count > 0; count--) {
      const place = Math.floor(random() * this.#waiting.length)
      const last = this.#waiting.pop()!
      const drawn = this.#waiting[place] ?? last
      if (place < this.#waiting.length) this.#waiting[place] = last
      drawn()
    }
  }

  /** The answer to a deed, decided here or read here. */
  ask({ name, actor, params, tokenHash }: Deed, how?: 'unconditionally'): Promise<Answered> {
    const operation: Operation = operations[name]
    const partition = routeOf(operation, { actor, params, isOperator: true }, partitionCount)
    if (typeof partition !== 'number') return Promise.resolve(partition)
    return new Promise((resolve) => {
      const context = tokenHash === undefined ? undefined : { tokenHash }
      const frame = { requestId: 1, operation: operation.code, partition, slot: 0, actor, context }
      const whole = { ...frame, params: pack(params) }
      const plain = {
        answer: (result: Uint8Array) => resolve(Buffer.from(result)),
        error: resolve,
        notServed: () => resolve(failure('unavailable')),
      }
      const [asked, reply] =
        how === 'unconditionally'
          ? ([whole, unconditional(plain)] as const)
          : this.asks.ask(whole, this.shard, plain)
      this.shard.handle(asked, nowhere, reply)
    })
  }
}

const nowhere = { push: () => undefined, sessionEnded: () => undefined }

export class Hosts {
  nowMs = idEpochMs + 1_000_000
  readonly random: () => number
  readonly log = new MemoryLog({ clock: () => this.nowMs, partitionCount })
  readonly primary: Host
  readonly replica: Host
  late: Host | undefined
  readonly #directory = mkdtempSync(join(tmpdir(), 'rookery-digests-'))
  #failure: Error | undefined

  constructor(random: () => number) {
    this.random = random
    const restore = async () => logStart
    const given = { hosts: this, hosted: partitions, restore, restoreHosted: restore }
    this.primary = new Host('primary', given)
    this.replica = new Host('replica', given)
  }

  get all(): readonly Host[] {
    return [this.primary, this.replica, ...(this.late === undefined ? [] : [this.late])]
  }

  /** Whether the late host has everything. */
  get isLateWhole(): boolean {
    const { late } = this
    return late !== undefined && partitions.every((one) => late.shard.state.hosts(one))
  }

  async start(): Promise<void> {
    await Promise.all([this.primary.shard.start(), this.replica.shard.start()])
    await Promise.all(partitions.map((partition) => this.primary.shard.gain(partition)))
    this.replica.isLagging = true
  }

  /** Writes a snapshot of every partition, as its replica knows it. */
  takeSnapshots(): void {
    const { state, follower } = this.replica.shard
    for (const partition of partitions) {
      const position = follower.position(partition)
      writeSnapshot(this.#pathOf(partition), state, { cluster, partition, position })
    }
  }

  /** Starts the late host, from the snapshots and what the log holds behind them. */
  async join(): Promise<void> {
    const load = async (
      state: ShardState,
      partition: Partition,
      facts: 'all' | 'hosted' = 'all',
    ) => {
      const snapshot = openSnapshot(this.#pathOf(partition), { cluster, partition })
      snapshot.loadInto(state, { facts })
      return snapshot.header.position
    }
    const late = new Host('late', {
      hosts: this,
      hosted: partitions.filter((partition) => partition % 2 === 0),
      restore: load,
      restoreHosted: (state, source) => load(state, source, 'hosted'),
    })
    await late.shard.start()
    late.isLagging = true
    this.late = late
  }

  /** Lets the late host take over what it does not host yet: one partition alone, and all others together. */
  async completeLate(): Promise<void> {
    await this.late?.shard.host(partitions.slice(0, 2))
    await this.late?.shard.host(partitions)
  }

  /** Lets everything arrive everywhere, with what a primary writes of its own accord behind it. */
  async settle(): Promise<void> {
    const heads = () => JSON.stringify(this.primary.shard.follower.positions)
    for (let before = ''; before !== heads(); ) {
      before = heads()
      await this.#settleOnce()
    }
  }

  async #settleOnce(): Promise<void> {
    let isSettled = false
    const settled = Promise.all(this.all.map(({ shard }) => shard.settled())).then(() => {
      isSettled = true
    })
    while (!isSettled) {
      for (const host of this.all) host.deliver(1, this.random)
      await new Promise<void>((resolve) => setImmediate(resolve))
      this.check()
    }
    await settled
  }

  failed(error: Error): void {
    this.#failure ??= error
  }

  /** Throws what a shard could not go on with. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Removes the snapshots. */
  close(): void {
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 })
  }

  #pathOf(partition: Partition): string {
    return join(this.#directory, `${partition}.snapshot`)
  }
}
