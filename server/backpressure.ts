// Backpressure: what a gateway does about a client that reads more slowly than it is written to. Pure.
//
// Nothing is dropped in silence: a live stream with a hole would be worse than none. A client that is
// too far behind is told to go (4108); it reconnects, gives its position, and gets what it missed.

/** What the native layer answers to a send. */
export const sendStatus = { buffered: 0, sent: 1, dropped: 2 } as const

/**
 * @param status what a send was answered with
 * @param bufferedBytes what waits for the socket after that send
 * @returns whether the socket has to be closed as a slow consumer.
 */
export function isTooSlow(
  status: number,
  bufferedBytes: number,
  bufferedBytesMax: number,
): boolean {
  if (status === sendStatus.sent) return false
  return status === sendStatus.dropped || bufferedBytes > bufferedBytesMax
}
