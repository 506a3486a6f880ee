// Sends the body of a response no faster than its client takes it: one that is there, or a stream.
//
//   source -> tryEnd -> the kernel          ok: go on reading
//                         |  full           source.pause(); keep the chunk
//                         +- onWritable     send what was left of it, then go on reading
//                         +- every 3 s      the same
//
// So one chunk waits for a slow client, whatever the length of the body. One that is so slow that it only keeps a
// place from others is cut off. As long as a body is on its way, the native layer ends a connection that brings the
// next request: nobody piles up answers that they do not read.
//
// The kernel says that it takes more only when a third of its buffer is free, up to a megabyte; the native layer
// ends a connection 8 to 12 s after something was not taken. Whoever takes less than that megabyte in the meantime is
// slow and honest: offering the rest again begins those seconds anew, and fills what has become free.

import type { Readable } from 'node:stream'
import { sendBytesPerWindowMin, sendOfferMs, sendWindowMs } from '../limits.ts'
import type { HttpResponse } from '../listener.ts'

export type SendOptions = {
  /** What all of it comes to; the client was promised it. */
  readonly bytes: number
  /** Whether the response can be used no more. */
  isOver(): boolean
  onOver(listener: () => void): void
  onSent(): void
}

/** Sends `source`, after status and headers were written. It is destroyed when this is over. */
export function sendStream(response: HttpResponse, source: Readable, options: SendOptions): void {
  const { isOver } = options
  options.onOver(() => source.destroy())
  const sending = new Sending(response, options, () => source.resume())
  source.on('data', (data: Uint8Array) => {
    if (isOver()) return
    const chunk = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    response.cork(() => {
      if (!sending.send(chunk)) source.pause()
    })
  })
  // Shorter than promised, or broken: the client learns it by the end of the connection.
  source.once('end', () => {
    if (!isOver() && !sending.isBehind) response.close()
  })
  source.once('error', () => {
    if (!isOver()) response.close()
  })
}

/**
 * Sends a body, after status and headers were written and in the same cork. It may be used again when this returns.
 * @param options `onBehind`: the client does not take all of it now
 */
export function sendBody(
  response: HttpResponse,
  body: string | Uint8Array,
  options: SendOptions & { onBehind(): void },
): void {
  const [, isSent] = response.tryEnd(body, options.bytes)
  if (isSent) {
    options.onSent()
    return
  }
  const copy = typeof body === 'string' ? Buffer.from(body) : Buffer.from(Uint8Array.from(body))
  new Sending(response, options, () => undefined).keep(copy, 0)
  options.onBehind()
}

/** One body on its way. */
class Sending {
  readonly #response: HttpResponse
  readonly #options: SendOptions
  readonly #onTaken: () => void
  /** What the kernel did not take, and where it stands in the body. */
  #left: { readonly chunk: Buffer; readonly offset: number } | undefined
  /** Looks after a client that was once behind; how often in this window, and what it had taken before. */
  #watch: NodeJS.Timeout | undefined
  #offers = 0
  #takenBytes = 0

  /** @param onTaken all of a chunk that was left is taken */
  constructor(response: HttpResponse, options: SendOptions, onTaken: () => void) {
    this.#response = response
    this.#options = options
    this.#onTaken = onTaken
    options.onOver(() => clearInterval(this.#watch))
    response.onWritable(() => this.#sendLeft())
  }

  get isBehind(): boolean {
    return this.#left !== undefined
  }

  /** @returns whether the client took all of it; what it did not is kept, and sent later */
  send(chunk: Buffer): boolean {
    const offset = this.#response.getWriteOffset()
    if (this.#offer(chunk)) return true
    this.keep(chunk, offset)
    return false
  }

  /** @param offset where the chunk begins in the body; some of it may have been taken */
  keep(chunk: Buffer, offset: number): void {
    this.#left = { chunk, offset }
    if (this.#watch !== undefined) return
    this.#takenBytes = this.#response.getWriteOffset()
    this.#watch = setInterval(() => this.#lookAfter(), sendOfferMs)
  }

  #offer(chunk: Buffer): boolean {
    const [isTaken, isSent] = this.#response.tryEnd(chunk, this.#options.bytes)
    if (isSent) this.#options.onSent()
    return isTaken || isSent
  }

  #sendLeft(): boolean {
    if (this.#left === undefined || this.#options.isOver()) return true
    const { chunk, offset } = this.#left
    if (!this.#offer(chunk.subarray(this.#response.getWriteOffset() - offset))) return false
    this.#left = undefined
    if (!this.#options.isOver()) this.#onTaken()
    return true
  }

  #lookAfter(): void {
    this.#response.cork(() => void this.#sendLeft())
    if (this.#options.isOver() || ++this.#offers * sendOfferMs < sendWindowMs) return
    this.#offers = 0
    this.#cutTrickle()
  }

  #cutTrickle(): void {
    const offset = this.#response.getWriteOffset()
    const isTrickle = this.isBehind && offset - this.#takenBytes < sendBytesPerWindowMin
    this.#takenBytes = offset
    if (isTrickle) this.#response.close()
  }
}
