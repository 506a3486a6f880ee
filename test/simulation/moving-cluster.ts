// A cluster in one process whose shards join, leave, die, stall and come back: real shards, real plans,
// one log in memory, a clock that only moves when the test lets it, and all order decided by a seed.
//
// What a gateway does is done here in few lines: a request goes to whoever says that it serves the
// partition in the newest epoch, and is kept while nobody does.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import { pack } from '../../protocol/frame.ts'
import type { Partition } from '../../protocol/ids.ts'
import { idEpochMs, partitionOfId } from '../../protocol/ids.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import type { Answer, Operation, Params } from '../../protocol/operation.ts'
import type { OperationName } from '../../protocol/registry.ts'
import { operations } from '../../protocol/registry.ts'
import { routeOf } from '../../server/links/router.ts'
import { MemoryLog } from '../../shard/replication/memory/memory.ts'
import { ConditionalAsks } from '../helpers/conditional-asks.ts'
import type { Happened, Surroundings } from './moving-process.ts'
import { areInPlace, expectSameDigests, MovingProcess } from './moving-process.ts'
import type { Caller } from './simulated-cluster.ts'
import { FakeGateway, randomFrom } from './simulated-cluster.ts'

/** Longer than any failover: whoever waits for so long waits for ever. */
const heldMsMax = 60_000

type Called<N extends OperationName> =
  | { result: Answer<(typeof operations)[N]> }
  | { error: ErrorBody }

type Held = { readonly sinceMs: number; send(): boolean; fail(): void }
type Timer = { readonly dueMs: number; readonly process: MovingProcess; run(): void }

export class MovingCluster {
  readonly asks = new ConditionalAsks()
  readonly happened: Happened = {
    failovers: 0,
    handedOver: 0,
    hosted: 0,
    dropped: 0,
    digestsChecked: 0,
  }
  readonly gateway = new FakeGateway()
  readonly random: () => number
  nowMs = idEpochMs + 1_000_000
  readonly processes = new Map<string, MovingProcess>()
  readonly partitionCount: number
  readonly #around: Surroundings
  readonly #bag: { process: MovingProcess; run(): void }[] = []
  #timers: Timer[] = []
  readonly #held: Held[] = []
  #lives = 0
  /** The newest epoch in which anybody has served each partition. */
  readonly #epochs: number[]

  constructor(options: { shards: number; partitions: number; replicas: number; seed: number }) {
    this.random = randomFrom(options.seed)
    this.partitionCount = options.partitions
    this.#epochs = new Array(options.partitions).fill(0)
    this.#around = {
      log: new MemoryLog({ clock: () => this.nowMs, partitionCount: options.partitions }),
      partitionCount: options.partitions,
      replicas: options.replicas,
      expectedNames: Array.from({ length: options.shards }, (_, index) => `shard-${index}`),
      happened: this.happened,
      now: () => this.nowMs,
      random: this.random,
      after: (process, ms, run) => this.#timers.push({ dueMs: this.nowMs + ms, process, run }),
      later: (process, run) => this.#bag.push({ process, run }),
      processAt: (address) =>
        [...this.processes.values()].find((process) => process.address === address),
      push: (push) => this.gateway.push(push),
    }
  }

  async start(): Promise<void> {
    for (const name of this.#around.expectedNames) this.launch(name)
    await this.calm()
  }

  /** Starts a process; it joins in its own time. */
  launch(name: string): void {
    if (this.processes.has(name)) return
    const process = new MovingProcess(this.#around, { name, life: this.#lives++ })
    this.processes.set(name, process)
    process.run().catch((error: unknown) => {
      if (process.isAlive) throw error
    })
  }

  /** kill -9. */
  kill(name: string): void {
    const process = this.processes.get(name)
    if (process === undefined) return
    process.isAlive = false
    this.processes.delete(name)
    process.count()
    for (const orphan of [...process.orphans]) orphan()
  }

  /** Whether somebody but this one could go on. */
  hasOthers(name: string): boolean {
    return [...this.processes.values()].some((one) => one.name !== name && !one.isStalled)
  }

  /** SIGTERM. Resolves when the process has gone. */
  async leave(name: string): Promise<void> {
    const process = this.processes.get(name)
    if (process?.isReady !== true || process.isStalled) return
    await this.#until(process.leave())
    this.kill(name)
  }

  /** SIGSTOP and SIGCONT. */
  stall(name: string, isStalled: boolean): void {
    const process = this.processes.get(name)
    if (process !== undefined) process.isStalled = isStalled
  }

  /** Adds up what the living processes have counted; call it once, at the end. */
  count(): Happened {
    for (const process of this.processes.values()) process.count()
    return this.happened
  }

  /** Kills a shard and starts it again, as the commands of the model want it. */
  async restart(index: number): Promise<void> {
    const name = [...this.processes.keys()][index % this.processes.size]!
    this.kill(name)
    this.launch(name)
    await this.step()
  }

  async call<N extends OperationName>(
    name: N,
    params: Params<(typeof operations)[N]>,
    from: Caller = {},
  ): Promise<Called<N>> {
    return this.#until(this.send(name, params, from))
  }

  send<N extends OperationName>(
    name: N,
    params: Params<(typeof operations)[N]>,
    { actor = 0, slot = 0, tokenHash }: Caller = {},
  ): Promise<Called<N>> {
    const operation: Operation = operations[name]
    const isOperator = operation.access === 'operator'
    const request = { actor, params: params as Record<string, unknown>, isOperator }
    const partition = routeOf(operation, request, this.partitionCount)
    if (typeof partition !== 'number') return Promise.resolve({ error: partition })
    const { promise, resolve } = Promise.withResolvers<Called<N>>()
    const context = tokenHash === undefined ? undefined : { tokenHash }
    const frame = { requestId: 1, operation: operation.code, partition, slot, actor, context }
    const sinceMs = this.nowMs
    const attempt = (): boolean => {
      const process = this.#serverOf(partition)
      if (process === undefined) return false
      const orphan = () => resolve({ error: failure('unknown_outcome') })
      process.orphans.add(orphan)
      const answered = (answer: Called<N>): void => {
        process.orphans.delete(orphan)
        resolve(answer)
      }
      const [asked, reply] = this.asks.ask({ ...frame, params: pack(params) }, process.shard, {
        answer: (answer) => {
          const fields = { kind: 'record', fields: operation.answer } as const
          answered({ result: decodeValue(fields, answer) as Answer<(typeof operations)[N]> })
        },
        error: (error) => answered({ error }),
        notServed: () => {
          process.orphans.delete(orphan)
          this.#held.push(held)
        },
      })
      process.shard.handle(asked, process.link, reply)
      return true
    }
    const fail = () => resolve({ error: failure('unavailable', { message: 'held for too long' }) })
    const held: Held = { sinceMs, send: attempt, fail }
    if (!attempt()) this.#held.push(held)
    return promise
  }

  /** Whether the shard that serves one user hosts the other. */
  hosts(one: number, other: number): boolean {
    return this.#serverOf(partitionOfId(one))!.shard.state.isHosted(other)
  }

  flushCounts(): void {
    for (const { shard, isReady } of this.processes.values()) if (isReady) shard.live.flushCounts()
  }

  /** Lets something happen: time passes, a timer is due, a message arrives. */
  async step(): Promise<void> {
    this.nowMs += Math.floor(this.random() * 12)
    this.#fireTimers()
    this.#drawFromBag()
    this.#sendHeld()
    await new Promise((resolve) => setImmediate(resolve))
    this.#look()
  }

  /** Lets everything arrive everywhere that can. */
  async settle(): Promise<void> {
    for (const name of this.processes.keys()) this.stall(name, false)
    await this.calm()
    for (let round = 0; round < 3; round++) {
      const ready = [...this.processes.values()].filter(({ isReady }) => isReady)
      await this.#until(Promise.all(ready.map(({ shard }) => shard.settled())))
    }
  }

  /** Waits until every process is ready and every partition is where the ring wants it, and nowhere else. */
  async calm(): Promise<void> {
    for (let step = 0; !this.#isCalm(); step++) {
      if (step > 60_000) throw new Error(`the cluster does not come to rest: ${this.#describe()}`)
      await this.step()
    }
    expectSameDigests([...this.processes.values()], this.partitionCount)
  }

  #isCalm(): boolean {
    const processes = [...this.processes.values()]
    if (!processes.every(({ isReady, shard }) => isReady && shard.state.index.isWhole)) return false
    return areInPlace(processes, this.#around)
  }

  /** I6: whoever serves does so in an epoch that nobody has been beyond when it began. */
  #look(): void {
    for (const { shard, isReady, isStalled } of this.processes.values()) {
      if (!isReady || isStalled) continue
      for (const [partition, epoch] of shard.status().serving) {
        if (epoch > this.#epochs[partition]!) this.#epochs[partition] = epoch
      }
    }
  }

  #serverOf(partition: Partition): MovingProcess | undefined {
    let best: { process: MovingProcess; epoch: number } | undefined
    for (const process of this.processes.values()) {
      if (!process.isReady) continue
      const serving = process.shard.status().serving.find(([served]) => served === partition)
      if (serving !== undefined && serving[1] > (best?.epoch ?? 0)) {
        best = { process, epoch: serving[1] }
      }
    }
    return best?.process.isStalled === true ? undefined : best?.process
  }

  #fireTimers(): void {
    const due = this.#timers.filter((timer) => timer.dueMs <= this.nowMs && timer.process.canRun)
    this.#timers = this.#timers.filter((timer) => !due.includes(timer) && timer.process.isAlive)
    while (due.length > 0) {
      const [timer] = due.splice(Math.floor(this.random() * due.length), 1)
      timer?.run()
    }
  }

  #drawFromBag(): void {
    const runnable = this.#bag.filter(({ process }) => process.canRun)
    for (let count = Math.ceil(this.random() * 3); count > 0 && runnable.length > 0; count--) {
      const [task] = runnable.splice(Math.floor(this.random() * runnable.length), 1)
      this.#bag.splice(this.#bag.indexOf(task!), 1)
      task?.run()
    }
  }

  #sendHeld(): void {
    for (const held of this.#held.splice(0)) {
      if (this.nowMs - held.sinceMs > heldMsMax) held.fail()
      else if (!held.send()) this.#held.push(held)
    }
  }

  async #until<T>(promise: Promise<T>): Promise<T> {
    let isDone = false
    const done = promise.finally(() => {
      isDone = true
    })
    // It may fail before it is awaited below, which is where the failure is told.
    done.catch(() => undefined)
    for (let step = 0; !isDone; step++) {
      if (step > 60_000) throw new Error(`there is no answer: ${this.#describe()}`)
      await this.step()
    }
    return done
  }

  #describe(): string {
    const status = ({ name, isReady, isStalled, shard }: MovingProcess) => ({
      name,
      isReady,
      isStalled,
      ...(isReady ? shard.status() : {}),
    })
    return JSON.stringify([...this.processes.values()].map(status))
  }
}
