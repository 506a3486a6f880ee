// A request that was asked of this shard, and what it needs on its way: where its answer goes, and what the shard
// lends it.

import type { RequestFrame } from '../protocol/cluster.ts'
import { unpackOurs } from '../protocol/cluster.ts'
import type { ErrorBody } from '../protocol/errors.ts'
import type { Partition, UserId } from '../protocol/ids.ts'
import type { Live } from './live/live.ts'
import type { GatewayLink } from './live/live-subscribers.ts'
import type { DecideContext, Handler, MadePage, Subscriptions } from './operations/implement.ts'
import type { PageValidators } from './page-validators.ts'
import type { PasswordDesk } from './passwords.ts'
import type { Primary } from './primary.ts'
import type { ShardState } from './state/shard-state.ts'

/** Where the answer to one request goes; exactly one of them is called, once. */
export type Reply = {
  /** The bytes are valid only within the call. */
  answer(result: Uint8Array): void
  /** The same, to a conditional request: `tailBytes` at the end go by the moment. */
  validatedAnswer(page: { validator: number; tailBytes: number; result: Uint8Array }): void
  /** The page of the request's validator is as it was, with this at its end. */
  notModified(tail: Uint8Array): void
  error(error: ErrorBody): void
  /** The request was surely not carried out: whoever serves the partition may be asked. */
  notServed(): void
}

export type RequestPorts = {
  readonly state: ShardState
  readonly validators: PageValidators
  readonly live: Live
  readonly partitionCount: number
  readonly sessionLifetimeMs: number
  readonly passwords: Pick<PasswordDesk, 'run'>
  /** Milliseconds since 1970. */
  now(): number
  random(bytes: number): Uint8Array
  /** The write path of a partition that is hosted here; it serves or it does not. */
  primaryOf(partition: Partition): Primary | undefined
  /** Resolves when everything that the partition's log holds now has been applied here. */
  caughtUp(partition: Partition): Promise<void>
  onError(error: unknown, message: string): void
}

type Params = Record<string, unknown>

/** A request on its way. It is the context of its handler: one object for each request, no closures. */
export class Asked implements DecideContext {
  readonly handler: Handler
  readonly primary: Primary
  readonly params: Params
  readonly reply: Reply
  readonly actor: UserId
  /** -1 for nobody. */
  actorIndex: number
  readonly partition: Partition
  readonly partitionCount: number
  readonly nowMs: number
  readonly liveEpoch: string
  readonly sessionLifetimeMs: number
  readonly tokenHash: string | undefined
  readonly address: string
  passwordHash = ''
  isPasswordRight = false
  madePage: MadePage | undefined
  /** Of a conditional request. */
  readonly validator: number | undefined
  /** Partitions whose logs have been waited for. */
  looked: Set<Partition> | undefined
  readonly #ports: RequestPorts
  readonly #link: GatewayLink
  readonly #slot: number
  #random: Uint8Array | undefined

  constructor(
    ports: RequestPorts,
    frame: RequestFrame,
    from: { handler: Handler; primary: Primary; link: GatewayLink; reply: Reply },
  ) {
    this.#ports = ports
    this.#link = from.link
    this.#slot = frame.slot
    this.handler = from.handler
    this.primary = from.primary
    this.reply = from.reply
    this.params = unpackOurs(frame.params) as Params
    this.actor = frame.actor as UserId
    this.actorIndex = ports.state.users.find(frame.actor)
    this.partition = frame.partition
    this.partitionCount = ports.partitionCount
    this.nowMs = ports.now()
    this.liveEpoch = ports.live.epoch
    this.sessionLifetimeMs = ports.sessionLifetimeMs
    this.tokenHash = frame.context?.tokenHash
    this.address = frame.context?.address ?? ''
    this.validator = frame.validator
  }

  get subscriptions(): Subscriptions | undefined {
    return this.#ports.live.subscriptionsOf(this.#link, this.#slot)
  }

  /** Made when it is first asked for, and the same ever after. */
  get random(): Uint8Array {
    this.#random ??= this.#ports.random(32)
    return this.#random
  }

  newId(): number {
    return this.primary.ids.next(this.nowMs)
  }
}
