// The inlet of a request's body: from the native layer's callbacks to a loop that takes its time.
//
//   onData -> [ chunk | chunk ] -> for await
//      ^          |  too many of all uploads: into the spool, a file
//      +- pause --+  until both are empty
//
// So memory holds a number of chunks, whatever the size of the uploads, however fast the line and however slow the
// disk. The inlet is made within the handler's own turn, because what comes before somebody listens is lost.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { failure } from '../../protocol/errors.ts'
import type { Exchange } from '../http/exchange.ts'
import { HttpFailure } from '../http/http-guard.ts'
import {
  chunkBytes,
  spareChunksMax,
  uploadBytesPerSecondMin,
  uploadQueuedBytesMax,
  uploadSilenceTimeoutMs,
  uploadTimeoutMs,
  waitingChunksMax,
} from './limits.ts'
import { Spool } from './spool.ts'

/**
 * Buffers that are free again. Without them each gigabyte that comes in would be a gigabyte of garbage, which
 * is collected much too late.
 */
const spareChunks: Buffer[] = []
/** Chunks of all uploads that wait in memory. */
let waitingChunks = 0

function spareChunk(): Buffer {
  return spareChunks.pop() ?? Buffer.allocUnsafeSlow(chunkBytes)
}

/** Nobody looks at the chunk any more. */
function giveBack(chunk: Buffer): void {
  if (spareChunks.length < spareChunksMax) spareChunks.push(Buffer.from(chunk.buffer))
}

/** Why a body did not come: its client went away. There is nobody to tell. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone'
}

export class Inlet {
  readonly #exchange: Exchange
  readonly #chunks: Buffer[] = []
  readonly #spool: Spool
  readonly #startedAtMs = performance.now()
  #bytes = 0
  #queuedBytes = 0
  #isComplete = false
  #isTaken = false
  #problem: Error | undefined
  #wake: (() => void) | undefined
  readonly #deadline: NodeJS.Timeout
  #silence: NodeJS.Timeout | undefined

  /** @param directory of the media: what does not fit into memory waits in `incoming` there */
  constructor(exchange: Exchange, directory: string) {
    this.#exchange = exchange
    this.#spool = new Spool(join(directory, 'incoming'), `${randomBytes(16).toString('hex')}.body`)
    this.#deadline = setTimeout(() => this.#late(), uploadTimeoutMs)
    this.#expectMore()
    exchange.onOver(() => {
      this.#fail(new ClientGone('the exchange is over'))
      if (!this.#isTaken) this.#spool.close()
    })
    exchange.response.onData((chunk, isLast) => this.#take(new Uint8Array(chunk), isLast))
  }

  /**
   * The body, to be taken once. A chunk is good until the next one is asked for. Ends with an HttpFailure where
   * it is late, with ClientGone where it stops.
   */
  async *chunks(): AsyncGenerator<Buffer> {
    this.#isTaken = true
    try {
      for (;;) {
        if (this.#problem !== undefined) throw this.#problem
        const chunk = await this.#next()
        if (chunk === undefined) return
        try {
          if (chunk.length > 0) yield chunk
        } finally {
          giveBack(chunk)
        }
      }
    } finally {
      this.#isTaken = false
      this.#spool.close()
    }
  }

  /** The next chunk, an empty one where one has to look again; undefined at the end. */
  async #next(): Promise<Buffer | undefined> {
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) {
      this.#queuedBytes -= chunk.length
      waitingChunks--
      return chunk
    }
    if (!this.#spool.isEmpty) return await this.#spool.take(spareChunk())
    if (this.#isComplete) return undefined
    this.#exchange.resumeBody()
    this.#expectMore()
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    return spareChunk().subarray(0, 0)
  }

  /** @param bytes the native layer takes them back when this returns */
  #take(bytes: Uint8Array, isLast: boolean): void {
    if (this.#problem !== undefined) return
    try {
      this.#keep(bytes)
    } catch (error) {
      // No exception may reach the native layer; the loop that takes the body throws it.
      this.#fail(error as Error)
      return
    }
    this.#bytes += bytes.length
    if (isLast) {
      this.#isComplete = true
      this.#clearTimers()
    } else if (this.#queuedBytes >= uploadQueuedBytesMax || !this.#spool.isEmpty) {
      clearTimeout(this.#silence)
      this.#exchange.pauseBody()
    } else if (this.#isTrickle()) {
      this.#late()
    } else {
      this.#expectMore()
    }
    this.#wakeUp()
  }

  /** Whether it comes so slowly that it only keeps a place from others. */
  #isTrickle(): boolean {
    const elapsedMs = performance.now() - this.#startedAtMs
    return (
      elapsedMs > uploadSilenceTimeoutMs &&
      this.#bytes * 1_000 < elapsedMs * uploadBytesPerSecondMin
    )
  }

  #keep(bytes: Uint8Array): void {
    if (waitingChunks >= waitingChunksMax || !this.#spool.isEmpty) {
      this.#spool.append(bytes)
      return
    }
    const chunk = spareChunk().subarray(0, bytes.length)
    chunk.set(bytes)
    this.#chunks.push(chunk)
    waitingChunks++
    this.#queuedBytes += bytes.length
  }

  #expectMore(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#late(), uploadSilenceTimeoutMs)
  }

  #late(): void {
    const message = 'The upload did not arrive in time.'
    this.#fail(new HttpFailure(failure('bad_request', { message }), { status: 408 }))
  }

  #fail(problem: Error): void {
    this.#problem ??= problem
    waitingChunks -= this.#chunks.length
    for (const chunk of this.#chunks.splice(0)) giveBack(chunk)
    this.#queuedBytes = 0
    this.#clearTimers()
    this.#wakeUp()
  }

  #clearTimers(): void {
    clearTimeout(this.#deadline)
    clearTimeout(this.#silence)
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
