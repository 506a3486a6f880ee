// The shard: the owner of all state of one process. It takes requests, decides them through their
// handlers, and runs every write through the primary of its partition.
//
//   request -> read                                        -> answer
//   request -> (password) -> decide -> append -> apply     -> answer      (primary.ts)
//   log of every other partition -> apply                                 (log-follower.ts)
//
// An absence is believed only after a look at the log. Somebody may have been told of a user or a tweet
// by its own shard before the entry came here; so a request that names something unknown of
// another partition waits until everything that this partition's log holds now has been applied, and
// is asked once more.

import type { RequestFrame, ShardStatus } from '../protocol/cluster.ts'
import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import { decodeEvent } from '../protocol/event.ts'
import { unpack } from '../protocol/frame.ts'
import type { Partition, UserId } from '../protocol/ids.ts'
import { MessagePackWriter } from '../protocol/message-pack.ts'
import type { GatewayLink } from './live.ts'
import { Live } from './live.ts'
import { LogFollower } from './log-follower.ts'
import type { Context, DecideContext, Handler, No } from './operations/implement.ts'
import { handlersByCode } from './operations/index.ts'
import type { PasswordDesk } from './passwords.ts'
import type { AnyWriteHandler, Write } from './primary.ts'
import { Primary } from './primary.ts'
import type { ReplicationLog } from './replication/log.ts'
import { LogUnavailable } from './replication/log.ts'
import { ShardState } from './state/shard-state.ts'

export type ShardPorts = {
  readonly name: string
  readonly log: ReplicationLog
  readonly partitionCount: number
  /** The partitions of which this process is the primary. */
  readonly partitions: readonly Partition[]
  readonly passwords: Pick<PasswordDesk, 'run'>
  readonly leaseMs: number
  readonly sessionLifetimeMs: number
  /** Milliseconds since 1970. */
  now(): number
  random(bytes: number): Uint8Array
  defer(task: () => void): void
  pause(ms: number): Promise<void>
  /** @returns what to call with the outcome when the log has answered. */
  appendStarted(entries: number): (outcome: string) => void
  /** Something that an operator has to know of. */
  onError(error: unknown, message: string): void
  /** Something after which this process cannot be trusted: it must end and recover from the log. */
  onFatal(error: Error): void
  onStatus(status: ShardStatus): void
}

/** Where the answer to one request goes; exactly one of the two is called, once. */
export type Reply = {
  /** The bytes are valid only within the call. */
  answer(result: Uint8Array): void
  error(error: ErrorBody): void
}

/** A request with what was read from it, on its way through a handler. */
type Asked = {
  readonly handler: Handler
  readonly primary: Primary
  readonly context: DecideContext
  readonly params: Record<string, unknown>
  readonly reply: Reply
  /** Partitions whose logs have been waited for. */
  readonly looked: Set<Partition>
}

export class Shard {
  readonly state = new ShardState()
  readonly live: Live
  readonly #ports: ShardPorts
  readonly #follower: LogFollower
  readonly #primaries = new Map<Partition, Primary>()
  readonly #writer = new MessagePackWriter(64 * 1024)
  /** False while recovering: what is replayed then was pushed long ago. */
  #isLive = false

  constructor(ports: ShardPorts) {
    this.#ports = ports
    const epoch = Buffer.from(ports.random(6)).readUIntLE(0, 6).toString(36)
    this.live = new Live(this.state, epoch)
    this.#follower = new LogFollower({
      log: ports.log,
      partitionCount: ports.partitionCount,
      applyPayload: (_partition, payload) => this.#applyPayload(payload),
      onError: (error) => ports.onFatal(error),
    })
    for (const partition of ports.partitions) {
      this.state.host(partition)
      this.#primaries.set(partition, new Primary(partition, this.#primaryPorts()))
    }
  }

  /** Replays the logs, takes the leases, and serves. */
  async start(): Promise<void> {
    const { partitionCount } = this.#ports
    const all = Array.from({ length: partitionCount }, (_, partition) => partition)
    await this.#follower.follow(all)
    await Promise.all(all.map((partition) => this.#follower.caughtUp(partition)))
    await this.#follower.follow(all.filter((partition) => !this.#primaries.has(partition)))
    this.#isLive = true
    await Promise.all([...this.#primaries.values()].map((primary) => primary.gain()))
  }

  /** Prolongs the leases; call it at least three times in a lease. */
  async renewLeases(): Promise<void> {
    const { log, name, leaseMs, onError } = this.#ports
    const serving = [...this.#primaries.values()].filter((primary) => primary.isServing)
    const leases = serving.map(({ partition, epoch }) => ({ partition, epoch }))
    if (leases.length === 0) return
    try {
      const lost = await log.renew({ node: name, ttlMs: leaseMs, leases })
      for (const partition of lost) this.#primaries.get(partition)?.lose()
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
      onError(error, 'the leases could not be prolonged')
    }
  }

  /** Finishes what is in flight and gives the leases back. */
  async close(): Promise<void> {
    await Promise.all([...this.#primaries.values()].map((primary) => primary.close()))
    await this.#follower.close()
  }

  status(): ShardStatus {
    const serving = [...this.#primaries.values()].filter((primary) => primary.isServing)
    return { partitions: serving.map(({ partition }) => partition) }
  }

  get isServingAll(): boolean {
    return this.status().partitions.length === this.#primaries.size
  }

  /** The epoch of each partition served here. */
  *epochs(): Iterable<{ partition: Partition; epoch: number }> {
    for (const { partition, epoch } of this.#primaries.values()) yield { partition, epoch }
  }

  /** Waits until everything in all logs has been applied here: for tests and comparisons. */
  async settled(): Promise<void> {
    const all = Array.from({ length: this.#ports.partitionCount }, (_, partition) => partition)
    await Promise.all(all.map((partition) => this.#follower.caughtUp(partition)))
  }

  /** Takes one request of a gateway. The frame's bytes are not kept. */
  handle(frame: RequestFrame, link: GatewayLink, reply: Reply): void {
    const primary = this.#primaries.get(frame.partition)
    const handler = handlersByCode.get(frame.operation)
    if (primary?.isServing !== true || handler === undefined) {
      reply.error(failure('unavailable', { retryAfterMs: 200 }))
      return
    }
    const params = unpack(frame.params) as Record<string, unknown>
    const context = this.#contextOf(frame, link, primary, handler)
    const asked: Asked = { handler, primary, context, params, reply, looked: new Set() }
    if (handler.kind === 'write' && handler.password !== undefined) {
      this.#workOnPassword(asked, frame.context?.address ?? '')
    } else {
      this.#ask(asked)
    }
  }

  #contextOf(
    frame: RequestFrame,
    link: GatewayLink,
    primary: Primary,
    handler: Handler,
  ): DecideContext {
    const { ports, state, live } = { ports: this.#ports, state: this.state, live: this.live }
    const nowMs = ports.now()
    return {
      actor: frame.actor as UserId,
      actorIndex: frame.actor === 0 ? -1 : state.users.find(frame.actor),
      partition: frame.partition,
      partitionCount: ports.partitionCount,
      nowMs,
      liveEpoch: live.epoch,
      subscriptions: live.subscriptionsOf(link, frame.slot),
      tokenHash: frame.context?.tokenHash,
      newId: () => primary.ids.next(nowMs),
      random: handler.operation.session === 'opens' ? ports.random(32) : noBytes,
      sessionLifetimeMs: ports.sessionLifetimeMs,
      passwordHash: '',
      isPasswordRight: false,
    }
  }

  #ask(asked: Asked): void {
    if (asked.handler.kind === 'read') this.#read(asked, asked.handler)
    else asked.primary.submit(this.#writeOf(asked, asked.handler))
  }

  #read(asked: Asked, handler: Extract<Handler, { kind: 'read' }>): void {
    const writer = this.#writer
    writer.reset()
    const no = handler.read(this.state, asked.context as Context, asked.params, writer)
    if (no === undefined) asked.reply.answer(writer.view())
    else this.#deny(asked, no)
  }

  #writeOf(asked: Asked, handler: AnyWriteHandler): Write {
    const { context, params, reply } = asked
    let before: Uint8Array | undefined
    return {
      handler,
      context,
      params,
      applying: () => {
        if (handler.answerBefore === undefined) return
        this.#writer.reset()
        handler.answerBefore(this.state, context, params, this.#writer)
        before = this.#writer.copy()
      },
      answered: (event) => {
        if (before !== undefined) {
          reply.answer(before)
          return
        }
        this.#writer.reset()
        handler.answer?.(this.state, context, { params, event }, this.#writer)
        reply.answer(this.#writer.view())
      },
      refused: (no) => this.#deny(asked, no),
      absent: (no) => this.#deny(asked, no),
    }
  }

  #deny(asked: Asked, no: No): void {
    if (no.kind === 'failed') asked.reply.error(no.error)
    else if (no.kind === 'refused') asked.reply.error(refusalBody(asked.handler, no))
    else if (this.#primaries.has(no.partition) || asked.looked.has(no.partition)) {
      asked.reply.error(failure('not_found', { field: no.field }))
    } else this.#look(asked, no.partition)
  }

  /** Waits for another partition's log, then asks again. */
  #look(asked: Asked, partition: Partition): void {
    if (partition >= this.#ports.partitionCount) {
      asked.reply.error(failure('not_found'))
      return
    }
    asked.looked.add(partition)
    this.#follower.caughtUp(partition).then(
      () => this.#ask(asked),
      (error: unknown) => {
        this.#ports.onError(error, 'the log could not be asked for its end')
        asked.reply.error(failure('unavailable', { retryAfterMs: 200 }))
      },
    )
  }

  #workOnPassword(asked: Asked, address: string): void {
    const handler = asked.handler as AnyWriteHandler
    const task = handler.password!(this.state, asked.context, asked.params)
    this.#ports.passwords.run(task, { address, nowMs: asked.context.nowMs }).then(
      (result) => {
        if ('error' in result) asked.reply.error(result.error)
        else this.#ask({ ...asked, context: { ...asked.context, ...result } })
      },
      (error: unknown) => {
        this.#ports.onError(error, 'a password could not be worked on')
        asked.reply.error(failure('internal'))
      },
    )
  }

  #primaryPorts(): ConstructorParameters<typeof Primary>[1] {
    const { log, name, leaseMs, defer, pause, onError, onStatus, appendStarted } = this.#ports
    return {
      log,
      node: name,
      leaseMs,
      defer,
      pause,
      onError,
      decide: ({ handler, context, params }) => handler.decide(this.state, context, params),
      apply: (handler, event) => this.#apply(handler, event),
      applyPayload: (_partition, payload) => this.#applyPayload(payload),
      position: (partition) => this.#follower.position(partition),
      applied: (partition, position) => this.#follower.applied(partition, position),
      lastIssuedId: (partition) => this.state.lastIssuedId(partition),
      appendStarted,
      onChange: () => onStatus(this.status()),
    }
  }

  #applyPayload(payload: Uint8Array): void {
    const { operation, event } = decodeEvent(payload)
    this.#apply(handlersByCode.get(operation.code) as AnyWriteHandler, event)
  }

  #apply(handler: AnyWriteHandler, event: Record<string, unknown>): void {
    const applied = handler.apply(this.state, event)
    if (this.#isLive) handler.effects?.(this.live, event, applied)
  }
}

function refusalBody(handler: Handler, no: Extract<No, { kind: 'refused' }>): ErrorBody {
  const message = no.message ?? handler.operation.refusals[no.code]?.meaning ?? no.code
  return { code: no.code, message, retry: 'never' }
}

const noBytes = new Uint8Array(0)
