// The browser's end of a live line, as far as it is used.

/** What of a WebSocket is used; a test has one of its own. */
export type LiveSocket = {
  binaryType: string
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  send(bytes: Uint8Array<ArrayBuffer>): void
  close(): void
}

/** Close codes that the client knows by themselves; of others it goes by the first two digits. */
export const closedFor = { unauthenticated: 4001, ended: 4010, comeBackNow: 4200 } as const

/** Closes a socket of which nothing more is to be heard. */
export function quietly(socket: LiveSocket): void {
  socket.onopen = null
  socket.onmessage = null
  socket.onclose = null
  socket.close()
}
