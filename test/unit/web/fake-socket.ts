// The browser's end of a live line, for tests: notes what was sent, and says what a test wants the server to say.

import type { LiveSocket } from '../../../server/web/wire/live-socket.ts'
import { decode, encode } from '../../../server/web/wire/message-pack.ts'

export class FakeSocket implements LiveSocket {
  binaryType = ''
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readonly sent: unknown[][] = []
  isClosed = false

  send(bytes: Uint8Array): void {
    this.sent.push(decode(bytes) as unknown[])
  }

  close(): void {
    this.isClosed = true
  }

  tell(message: unknown): void {
    const bytes = encode(message)
    this.onmessage?.({ data: bytes.buffer })
  }
}
