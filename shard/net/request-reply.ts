// The reply to one request of a gateway: what carries it out calls one of its ends, once.
//
// One object for each request, without closures, as every request makes one. An answer that no frame holds would cost
// the gateway the whole link: `internal` goes in its place, and the shard is told.

import { answerBytesMax, type FrameBatch, type RequestFrame } from '../../protocol/cluster.ts'
import { type ErrorBody, failure } from '../../protocol/errors.ts'
import type { Reply } from '../asked.ts'
import type { Answered } from '../operator-desk.ts'

export type ReplyPorts = {
  /** What leaves for the gateway at the end of this turn. */
  readonly batch: FrameBatch
  /** Sees to it that the batch leaves. */
  planFlush(): void
  /** The name of the gateway. */
  gateway(): string
  readonly options: {
    /** From how long on a request is told of by `onSlow`. */
    readonly slowMs: number
    onSlow(answered: Answered): void
    onTooLarge(frame: { readonly bytes: number } & Answered): void
  }
}

export class RequestReply implements Reply {
  readonly #request: RequestFrame
  readonly #ports: ReplyPorts
  readonly #startedAtMs = performance.now()

  constructor(request: RequestFrame, ports: ReplyPorts) {
    this.#request = request
    this.#ports = ports
  }

  answer(result: Uint8Array): void {
    if (result.length > answerBytesMax) {
      this.#tooLarge(result.length)
      return
    }
    this.#ports.batch.answer(this.#request.requestId, result)
    this.#answered('ok')
  }

  validatedAnswer(page: { validator: number; tailBytes: number; result: Uint8Array }): void {
    const { result } = page
    if (result.length > answerBytesMax) {
      this.#tooLarge(result.length)
      return
    }
    this.#ports.batch.validatedAnswer(this.#request.requestId, page)
    this.#answered('ok')
  }

  notModified(tail: Uint8Array): void {
    this.#ports.batch.notModified(this.#request.requestId, tail)
    this.#answered('ok')
  }

  error(error: ErrorBody): void {
    this.#ports.batch.error(this.#request.requestId, error)
    this.#answered(error.code)
  }

  notServed(): void {
    this.#ports.batch.notServed(this.#request.requestId)
    this.#ports.planFlush()
  }

  #tooLarge(bytes: number): void {
    this.#ports.batch.error(this.#request.requestId, failure('internal'))
    this.#ports.options.onTooLarge({ ...this.#told('internal'), bytes })
    this.#answered('internal')
  }

  #answered(outcome: string): void {
    this.#ports.planFlush()
    const { options } = this.#ports
    const tookMs = performance.now() - this.#startedAtMs
    if (tookMs >= options.slowMs) options.onSlow(this.#told(outcome))
  }

  #told(outcome: string): Answered {
    const { requestId, operation, partition, context } = this.#request
    const gateway = this.#ports.gateway()
    const tookMs = performance.now() - this.#startedAtMs
    return { requestId, operation, partition, context, gateway, outcome, tookMs }
  }
}
