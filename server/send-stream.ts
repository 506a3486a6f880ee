// Sends a stream as the body of a response, no faster than its client takes it.
//
//   source -> tryEnd -> the kernel          ok: go on reading
//                         |  full           source.pause(); keep the chunk
//                         +- onWritable     send what was left of it, then go on reading
//                         +- every 3 s      the same
//
// So one chunk waits for a slow client, whatever the length of the body. One that is so slow that it only keeps a
// place from others is cut off.
//
// The kernel says that it takes more only when a third of its buffer is free, up to a megabyte; the native layer
// ends a connection 8 to 12 s after something was not taken. Whoever takes less than that megabyte in the meantime is
// slow and honest: offering the rest again begins those seconds anew, and fills what has become free.

import type { Readable } from 'node:stream'
import { sendBytesPerWindowMin, sendOfferMs, sendWindowMs } from './limits.ts'
import type { HttpResponse } from './listener.ts'

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
  const { bytes, isOver } = options
  /** What the kernel did not take, and where it stands in the body. */
  let left: { readonly chunk: Buffer; readonly offset: number } | undefined
  /** Looks after a client that was once behind; how often in this window, and what it had taken before. */
  let watch: NodeJS.Timeout | undefined
  let offers = 0
  let takenBytes = 0
  options.onOver(() => {
    source.destroy()
    clearInterval(watch)
  })
  const send = (chunk: Buffer): boolean => {
    const [isTaken, isSent] = response.tryEnd(chunk, bytes)
    if (isSent) options.onSent()
    return isTaken || isSent
  }
  const sendLeft = (): boolean => {
    if (left === undefined || isOver()) return true
    if (!send(left.chunk.subarray(response.getWriteOffset() - left.offset))) return false
    left = undefined
    if (!isOver()) source.resume()
    return true
  }
  const cutTrickle = (): void => {
    const offset = response.getWriteOffset()
    const isTrickle = left !== undefined && offset - takenBytes < sendBytesPerWindowMin
    takenBytes = offset
    if (isTrickle) response.close()
  }
  const lookAfter = (): void => {
    response.cork(sendLeft)
    if (isOver() || ++offers * sendOfferMs < sendWindowMs) return
    offers = 0
    cutTrickle()
  }
  response.onWritable(sendLeft)
  source.on('data', (data: Uint8Array) => {
    if (isOver()) return
    const chunk = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    response.cork(() => {
      const offset = response.getWriteOffset()
      if (send(chunk)) return
      left = { chunk, offset }
      source.pause()
      if (watch !== undefined) return
      takenBytes = response.getWriteOffset()
      watch = setInterval(lookAfter, sendOfferMs)
    })
  })
  // Shorter than promised, or broken: the client learns it by the end of the connection.
  source.once('end', () => {
    if (!isOver() && left === undefined) response.close()
  })
  source.once('error', () => {
    if (!isOver()) response.close()
  })
}
