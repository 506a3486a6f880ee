// A cluster in one process: several real shards over one log in memory, with the order of everything
// that could happen at once decided by a seed.
//
// Tail deliveries and deferred work go into one bag; `call` draws from it at random until its answer
// is there. So logs reach shards late, interleaved and in bursts, as they do in production, and
// the same seed gives the same run. A shard can be killed at any time: what it held in memory is gone.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import { pack } from '../../protocol/frame.ts'
import { idEpochMs, partitionOfId } from '../../protocol/ids.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import type { Answer, Operation, Params } from '../../protocol/operation.ts'
import type { Placement } from '../../protocol/placement.ts'
import { partitionsOf, place } from '../../protocol/placement.ts'
import { pushesByCode } from '../../protocol/pushes/index.ts'
import type { OperationName } from '../../protocol/registry.ts'
import { operations } from '../../protocol/registry.ts'
import { routeOf } from '../../server/links/router.ts'
import type { GatewayLink } from '../../shard/live/live-subscribers.ts'
import { MemoryLog } from '../../shard/replication/memory/memory.ts'
import { logStart } from '../../shard/replication/position.ts'
import { Shard } from '../../shard/shard.ts'
import { ConditionalAsks } from '../helpers/conditional-asks.ts'

/** Who asks: `tokenHash` is that of the session, where it matters. */
export type Caller = {
  readonly actor?: number
  readonly slot?: number
  readonly tokenHash?: string
}

export type PushSeen = { readonly slot: number; readonly name: string; readonly data: unknown }

type Called<N extends OperationName> =
  | { result: Answer<(typeof operations)[N]> }
  | { error: ErrorBody }

/** A small generator of random numbers (Mulberry32, by Tommy Ettinger, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One gateway, as the shards see it: it collects what is pushed. */
export class FakeGateway {
  readonly pushes: PushSeen[] = []

  push({ code, slots, count, data }: Parameters<GatewayLink['push']>[0]): void {
    const push = pushesByCode.get(code)!
    const decoded = decodeValue({ kind: 'record', fields: push.data }, data)
    for (const slot of slots.subarray(0, count)) {
      this.pushes.push({ slot, name: push.name, data: decoded })
    }
  }
}

/** A shard with its link to the gateway, which dies with it. */
type RunningShard = { readonly shard: Shard; readonly link: GatewayLink }

export class SimulatedCluster {
  readonly gateway = new FakeGateway()
  readonly asks = new ConditionalAsks()
  /** Operations that were asked for. */
  readonly called = new Set<OperationName>()
  readonly random: () => number
  readonly #shards = new Map<string, RunningShard>()
  readonly #names: readonly string[]
  readonly partitionCount: number
  readonly #placement: Placement
  readonly #log: MemoryLog
  /** Counts the starts of each shard: what an earlier life left behind must not happen any more. */
  readonly #lives = new Map<string, number>()
  readonly #bag: (() => void)[] = []
  nowMs = idEpochMs + 1_000_000

  constructor(options: { shards: number; partitions: number; seed: number }) {
    this.random = randomFrom(options.seed)
    this.partitionCount = options.partitions
    this.#names = Array.from({ length: options.shards }, (_, index) => `shard-${index}`)
    this.#placement = place(this.#names, options.partitions)
    this.#log = new MemoryLog({ clock: () => this.nowMs, partitionCount: options.partitions })
  }

  async start(): Promise<void> {
    await this.#until(Promise.all(this.#names.map((name) => this.#startShard(name))))
  }

  /** Kills a shard without a word, and starts it again from the log. */
  async restart(index: number): Promise<void> {
    const name = this.#names[index % this.#names.length]!
    this.#lives.set(name, (this.#lives.get(name) ?? 0) + 1)
    this.#shards.delete(name)
    await this.#until(this.#startShard(name))
  }

  /** Sends a request as a gateway would, and draws events until its answer is there. */
  async call<N extends OperationName>(
    name: N,
    params: Params<(typeof operations)[N]>,
    from: Caller = {},
  ): Promise<Called<N>> {
    return this.#until(this.send(name, params, from))
  }

  /** Sends a request without waiting: draw events with `step`. */
  send<N extends OperationName>(
    name: N,
    params: Params<(typeof operations)[N]>,
    { actor = 0, slot = 0, tokenHash }: Caller = {},
  ): Promise<Called<N>> {
    this.called.add(name)
    const operation: Operation = operations[name]
    const isOperator = operation.access === 'operator'
    const request = { actor, params: params as Record<string, unknown>, isOperator }
    const partition = routeOf(operation, request, this.partitionCount)
    if (typeof partition !== 'number') return Promise.resolve({ error: partition })
    const { shard, link } = this.#shards.get(this.#placement[partition]!)!
    const { promise, resolve } = Promise.withResolvers<Called<N>>()
    const context = tokenHash === undefined ? undefined : { tokenHash }
    const frame = { requestId: 1, operation: operation.code, partition, slot, actor, context }
    const [asked, reply] = this.asks.ask({ ...frame, params: pack(params) }, shard, {
      answer: (bytes) => {
        const answer = decodeValue({ kind: 'record', fields: operation.answer }, bytes)
        resolve({ result: answer as Answer<(typeof operations)[N]> })
      },
      error: (error) => resolve({ error }),
      notServed: () => resolve({ error: failure('unavailable', { retryAfterMs: 1 }) }),
    })
    shard.handle(asked, link, reply)
    return promise
  }

  /** A socket has closed. */
  disconnect(actor: number, slot: number): void {
    const { shard, link } = this.#shards.get(this.#placement[partitionOfId(actor)]!)!
    shard.live.disconnectSlot(link, slot)
  }

  /** Whether the shard of this number serves the user. */
  isOn(actor: number, index: number): boolean {
    return this.#placement[partitionOfId(actor)] === this.#names[index % this.#names.length]
  }

  /** Whether the shard that serves one user hosts the other. */
  hosts(one: number, other: number): boolean {
    return this.#placement[partitionOfId(one)] === this.#placement[partitionOfId(other)]
  }

  /** Draws one event from the bag, if there is one, and lets its consequences happen. */
  async step(): Promise<void> {
    if (this.#bag.length > 0) {
      const place = Math.floor(this.random() * this.#bag.length)
      const [task] = this.#bag.splice(place, 1)
      task?.()
    }
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Lets everything arrive everywhere. */
  async settle(): Promise<void> {
    while (this.#bag.length > 0) await this.step()
    await this.#until(Promise.all([...this.#shards.values()].map(({ shard }) => shard.settled())))
    while (this.#bag.length > 0) await this.step()
  }

  flushCounts(): void {
    for (const { shard } of this.#shards.values()) shard.live.flushCounts()
  }

  async #startShard(name: string): Promise<void> {
    const life = this.#lives.get(name)
    const isAlive = () => this.#lives.get(name) === life
    const later = (task: () => void): void => {
      this.#bag.push(() => {
        if (isAlive()) task()
      })
    }
    const shard = new Shard({
      node: name,
      log: new MemoryLog({
        clock: () => this.nowMs,
        on: this.#log,
        schedule: later,
      }),
      partitionCount: this.partitionCount,
      hosted: partitionsOf(this.#placement, name),
      passwords: { run: async (task) => fakePasswordWork(task) },
      leaseMs: 3_000,
      digestEveryEntries: 10,
      sessionLifetimeMs: 86_400_000,
      pageValidators: 4,
      now: () => this.nowMs,
      monotonicNow: () => this.nowMs,
      restore: async () => logStart,
      restoreHosted: async () => logStart,
      random: (bytes) => Uint8Array.from({ length: bytes }, () => this.random() * 256),
      defer: later,
      pause: async () => (isAlive() ? undefined : new Promise(() => undefined)),
      appendStarted: () => () => undefined,
      onError: (error, message) => {
        throw new Error(message, { cause: error })
      },
      onFatal: (error) => {
        throw error
      },
      onChange: () => undefined,
    })
    await shard.start()
    const own = partitionsOf(this.#placement, name)
    await Promise.all(own.map((partition) => shard.gain(partition)))
    const link: GatewayLink = {
      push: (push) => {
        if (isAlive()) this.gateway.push(push)
      },
      sessionEnded: () => undefined,
    }
    shard.live.connect(link)
    this.#shards.set(name, { shard, link })
  }

  async #until<T>(promise: Promise<T>): Promise<T> {
    let isDone = false
    const done = promise.finally(() => {
      isDone = true
    })
    // It may fail before it is awaited below, which is where the failure is told.
    done.catch(() => undefined)
    for (let step = 0; !isDone; step++) {
      if (step > 100_000) throw new Error('the simulated cluster does not come to an answer')
      await this.step()
    }
    return done
  }
}

export function fakePasswordWork(
  task: Parameters<ConstructorParameters<typeof Shard>[0]['passwords']['run']>[0],
) {
  if (task.kind === 'none') return { passwordHash: '', isPasswordRight: false }
  const passwordHash = `hash of ${task.password}`
  return { passwordHash, isPasswordRight: task.kind === 'verify' && task.hash === passwordHash }
}
