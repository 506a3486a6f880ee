// Requests: takes one request of a gateway through its handler to its answer.
//
//   read                                               -> answer
//   (password) -> decide -> append -> apply            -> answer      (primary.ts)
//
// Reads run wherever the reader's partition is hosted, on its primary or on a replica of it; writes on
// the primary alone.
//
// An absence is believed only after a look at the log. Somebody may have been told of a user or a tweet
// by its own shard before the entry came here; so a request that names something unknown of
// another partition waits until everything that this partition's log holds now has been applied, and
// is asked once more.

import type { RequestFrame } from '../protocol/cluster.ts'
import { unpackOurs } from '../protocol/cluster.ts'
import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import { type Partition, partitionOfId, type UserId } from '../protocol/ids.ts'
import { MessagePackWriter } from '../protocol/message-pack.ts'
import { handlersByCode } from './handlers.ts'
import type { Live } from './live.ts'
import type { GatewayLink } from './live-subscribers.ts'
import type { DecideContext, Handler, No, Subscriptions } from './operations/implement.ts'
import { refusalOfActor } from './operations/moderation.ts'
import type { PasswordDesk } from './passwords.ts'
import type { Primary } from './primary.ts'
import type { AnyEvent, AnyWriteHandler, Write } from './primary-ports.ts'
import type { ShardState } from './state/shard-state.ts'

/** Where the answer to one request goes; exactly one of the three is called, once. */
export type Reply = {
  /** The bytes are valid only within the call. */
  answer(result: Uint8Array): void
  error(error: ErrorBody): void
  /** The request was surely not carried out: whoever serves the partition may be asked. */
  notServed(): void
}

export type RequestPorts = {
  readonly state: ShardState
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
class Asked implements DecideContext {
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

export class Requests {
  readonly #ports: RequestPorts
  readonly #writer = new MessagePackWriter(64 * 1024)

  constructor(ports: RequestPorts) {
    this.#ports = ports
  }

  /** Takes one request. The frame's bytes are not kept. */
  handle(frame: RequestFrame, link: GatewayLink, reply: Reply): void {
    const primary = this.#ports.primaryOf(frame.partition)
    const handler = handlersByCode.get(frame.operation)
    if (handler === undefined) {
      reply.error(failure('unavailable', { retryAfterMs: 200 }))
      return
    }
    // A read may run wherever the reader's facts are; only a primary decides.
    if (primary === undefined || (handler.kind === 'write' && !primary.isServing)) {
      reply.notServed()
      return
    }
    const asked = new Asked(this.#ports, frame, { handler, primary, link, reply })
    if (frame.actor !== 0 && asked.actorIndex < 0) this.#awaitActor(asked)
    else this.#begin(asked)
  }

  /** Somebody who signed up elsewhere a moment ago, of which this process has not heard yet. */
  #awaitActor(asked: Asked): void {
    const partition = partitionOfId(asked.actor)
    if (partition >= asked.partitionCount) {
      asked.reply.error(failure('unauthenticated'))
      return
    }
    this.#lookAgain(asked, partition, () => {
      asked.actorIndex = this.#ports.state.users.find(asked.actor)
      if (asked.actorIndex >= 0) this.#begin(asked)
      else asked.reply.error(failure('unauthenticated'))
    })
  }

  #begin(asked: Asked): void {
    const { handler } = asked
    if (handler.kind === 'write' && handler.password !== undefined) {
      this.#workOnPassword(asked, handler)
    } else {
      this.#ask(asked)
    }
  }

  #ask(asked: Asked): void {
    const { handler } = asked
    if (handler.kind === 'read') this.#read(asked, handler)
    else asked.primary.submit(new AskedWrite(this, asked, handler))
  }

  #read(asked: Asked, handler: Extract<Handler, { kind: 'read' }>): void {
    this.#writer.reset()
    const { state } = this.#ports
    const no =
      refusalOfActor(state, asked.actorIndex, handler.operation) ??
      handler.read(state, asked, asked.params, this.#writer)
    if (no === undefined) asked.reply.answer(this.#writer.view())
    else this.deny(asked, no)
  }

  answer(asked: Asked, handler: AnyWriteHandler, event: AnyEvent | undefined): void {
    this.#writer.reset()
    handler.answer?.(this.#ports.state, asked, { params: asked.params, event }, this.#writer)
    asked.reply.answer(this.#writer.view())
  }

  /** What a handler answers before its event is applied; undefined for one that does not. */
  answerBefore(asked: Asked, handler: AnyWriteHandler): Uint8Array | undefined {
    if (handler.answerBefore === undefined) return undefined
    this.#writer.reset()
    handler.answerBefore(this.#ports.state, asked, asked.params, this.#writer)
    return this.#writer.copy()
  }

  deny(asked: Asked, no: No): void {
    if (no.kind === 'failed') asked.reply.error(no.error)
    else if (no.kind === 'refused') asked.reply.error(refusalBody(asked.handler, no))
    else if (no.kind === 'absent') this.#believeOrLook(asked, no)
    else this.#workOnPassword(asked, asked.handler as AnyWriteHandler)
  }

  #believeOrLook(asked: Asked, { partition, field }: Extract<No, { kind: 'absent' }>): void {
    const { primaryOf, partitionCount } = this.#ports
    const isOurs = primaryOf(partition)?.isServing === true
    const isKnown = isOurs || asked.looked?.has(partition) === true
    if (isKnown || partition >= partitionCount) {
      asked.reply.error(failure('not_found', { field }))
      return
    }
    asked.looked ??= new Set()
    asked.looked.add(partition)
    this.#lookAgain(asked, partition, () => this.#ask(asked))
  }

  /** Goes on when everything is applied that the log of a partition holds now. */
  #lookAgain(asked: Asked, partition: Partition, next: () => void): void {
    this.#ports.caughtUp(partition).then(next, (error: unknown) => {
      this.#ports.onError(error, 'the log could not be asked for its end')
      asked.reply.error(failure('unavailable', { retryAfterMs: 200 }))
    })
  }

  #workOnPassword(asked: Asked, handler: AnyWriteHandler): void {
    const task = handler.password?.(this.#ports.state, asked, asked.params) ?? { kind: 'none' }
    const { address, nowMs } = asked
    this.#ports.passwords.run(task, { address, nowMs }).then(
      (result) => {
        if ('error' in result) {
          asked.reply.error(result.error)
          return
        }
        asked.passwordHash = result.passwordHash
        asked.isPasswordRight = result.isPasswordRight
        this.#ask(asked)
      },
      (error: unknown) => {
        this.#ports.onError(error, 'a password could not be worked on')
        asked.reply.error(failure('internal'))
      },
    )
  }
}

/** A write, as the primary of its partition sees it. */
class AskedWrite implements Write {
  readonly handler: AnyWriteHandler
  readonly #requests: Requests
  readonly #asked: Asked
  #before: Uint8Array | undefined

  constructor(requests: Requests, asked: Asked, handler: AnyWriteHandler) {
    this.#requests = requests
    this.#asked = asked
    this.handler = handler
  }

  get context(): DecideContext {
    return this.#asked
  }

  get params(): Params {
    return this.#asked.params
  }

  applying(): void {
    this.#before = this.#requests.answerBefore(this.#asked, this.handler)
  }

  answered(event: AnyEvent | undefined): void {
    if (this.#before !== undefined) this.#asked.reply.answer(this.#before)
    else this.#requests.answer(this.#asked, this.handler, event)
  }

  denied(no: No): void {
    this.#requests.deny(this.#asked, no)
  }

  notServed(): void {
    this.#asked.reply.notServed()
  }
}

/** Decides a write, unless its actor may do nothing: also one that has waited for another decision. */
export function decideFor(state: ShardState, { handler, context, params }: Write) {
  return (
    refusalOfActor(state, context.actorIndex, handler.operation) ??
    handler.decide(state, context, params)
  )
}

function refusalBody(handler: Handler, no: Extract<No, { kind: 'refused' }>): ErrorBody {
  const message = no.message ?? handler.operation.refusals[no.code]?.meaning ?? no.code
  return { code: no.code, message, retry: 'never' }
}
