// Backpressure: what a gateway does about a client that reads more slowly than it is written to. Pure.
//
// Nothing is dropped in silence: a live stream with a hole would be worse than none. A client that is
// too far behind is told to go (4108); it reconnects, gives its position, and gets what it missed.
//
// What was just sent says nothing of a client: one answer may have megabytes, of which the kernel takes what it has room
// for, and the client reads as fast as it can. So what counts is what still waited before.

import { socketBehindBytesMin, socketBehindMsMax, socketBufferedBytesMax } from '../limits.ts'

/** What the native layer answers to a send. */
export const sendStatus = { buffered: 0, sent: 1, dropped: 2 } as const

/** How far one client is behind. */
export class Backpressure {
  #behindSinceMs: number | undefined

  /** All that was sent is with the kernel. */
  caughtUp(): void {
    this.#behindSinceMs = undefined
  }

  /**
   * @param sent what a send was answered with, and what waited for the socket before it; on the clock of
   * `performance.now()`
   * @returns whether the socket has to be closed as a slow consumer
   */
  isTooMuch(sent: {
    readonly status: number
    readonly waitedBytes: number
    readonly nowMs: number
  }): boolean {
    const { status, waitedBytes, nowMs } = sent
    if (status === sendStatus.dropped || waitedBytes > socketBufferedBytesMax) return true
    if (waitedBytes <= socketBehindBytesMin) {
      this.#behindSinceMs = undefined
      return false
    }
    this.#behindSinceMs ??= nowMs
    return nowMs - this.#behindSinceMs > socketBehindMsMax
  }
}
