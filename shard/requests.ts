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
import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import { type Partition, partitionOfId } from '../protocol/ids.ts'
import { MessagePackWriter } from '../protocol/message-pack.ts'
import type { Reply, RequestPorts } from './asked.ts'
import { Asked } from './asked.ts'
import { handlersByCode } from './handlers.ts'
import type { GatewayLink } from './live/live-subscribers.ts'
import type { DecideContext, Handler, MadePage, No } from './operations/implement.ts'
import { refusalOfActor } from './operations/moderation.ts'
import { positionOf } from './operations/present.ts'
import { mayShow } from './operations/visibility.ts'
import type { AnyEvent, AnyWriteHandler, Write } from './primary-ports.ts'
import type { ShardState } from './state/shard-state.ts'

export class Requests {
  readonly #ports: RequestPorts
  readonly #writer = new MessagePackWriter(64 * 1024)
  /** A position, encoded, and the arrivals that it stands behind. */
  #position: Uint8Array = new Uint8Array(0)
  #positionAfter = -1

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
    if (this.#isNotModified(frame, { link, reply })) return
    const asked = new Asked(this.#ports, frame, { handler, primary, link, reply })
    if (frame.actor !== 0 && asked.actorIndex < 0) this.#awaitActor(asked)
    else this.#begin(asked)
  }

  /** Answers a conditional request whose page is as it was. */
  #isNotModified(
    { validator = 0, actor, slot }: RequestFrame,
    { link, reply }: { link: GatewayLink; reply: Reply },
  ): boolean {
    if (validator === 0) return false
    const { state, live, validators } = this.#ports
    const reader = state.users.find(actor)
    if (!validators.isCurrent(validator, reader)) return false
    const subscriptions = live.subscriptionsOf(link, slot)
    if (subscriptions?.isListening === true) {
      for (const tweet of validators.tweetsOf(validator)) {
        const isShown = state.tweets.isShown(tweet) && mayShow(state, { reader, tweet })
        if (isShown) subscriptions.show(tweet)
      }
    }
    reply.notModified(this.#encodedPosition())
    return true
  }

  /** What an unmodified page ends with now: the same until a tweet comes. */
  #encodedPosition(): Uint8Array {
    const { state, live } = this.#ports
    if (this.#positionAfter !== state.tweets.arrivalCount) {
      this.#positionAfter = state.tweets.arrivalCount
      this.#writer.reset()
      this.#writer.text(positionOf(state, { liveEpoch: live.epoch }))
      this.#position = this.#writer.copy()
    }
    return this.#position
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
    if (no !== undefined) this.deny(asked, no)
    else if (asked.validator === undefined || asked.madePage === undefined)
      asked.reply.answer(this.#writer.view())
    else this.#answerValidated(asked.reply, asked.madePage, asked.validator)
  }

  #answerValidated(reply: Reply, page: MadePage, refused: number): void {
    const result = this.#writer.view()
    const validator = this.#ports.validators.make(page, refused)
    if (validator === 0) reply.answer(result)
    else reply.validatedAnswer({ validator, tailBytes: result.length - page.positionAt, result })
  }

  answer(asked: Asked, handler: AnyWriteHandler, event: AnyEvent | undefined): void {
    const { state } = this.#ports
    const given = { params: asked.params, event }
    const no = handler.gone?.(state, asked, given)
    if (no !== undefined) {
      this.deny(asked, no)
      return
    }
    this.#writer.reset()
    handler.answer?.(state, asked, given, this.#writer)
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

  get params(): Asked['params'] {
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
