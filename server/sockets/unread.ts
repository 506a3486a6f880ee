// Unread: what was sent to clients that have not shown that they read it.
//
//   sent to one socket   ───────────────┬──────────────┬───────►
//                          was read     │ in question  │ behind the ping
//                                     pong           ping
//
// Like a letter with advice of receipt in each pile of letters. A gateway sees that a client is behind only when the
// kernel takes nothing more for it, which Linux does up to 4 MB a connection; and for all connections of the machine
// together up to a tenth of its memory. Some hundred clients who ask for much and read nothing reach that, and then
// everything stands still, the links to shards included (seen: for 20 s). So whoever was sent much is pinged behind it:
// the pong says that all before the ping was read, since nobody knows its random text who has not read it. When too much
// is in question in all, whoever is sent more without an answer to their ping is told to go (backpressure.ts).
//
// A ping waits a moment, so that a client who reads much is not asked again and again; when too much is in question it
// does not. A client that never answers pings is told to go only then.
//
// Owned by the gateway; nothing here is lost with a socket.

import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { Bucket, take } from '../identity/rate-limit.ts'
import {
  lingeringSocketsMax,
  unreadBehindPingMax,
  unreadPingDelayMs,
  unreadProofBytes,
} from '../limits.ts'

const lingeringShape = { perSecond: 1, burst: lingeringSocketsMax }

/** What is in question in all. */
export class UnreadTotal {
  /** Of the sockets that have `unreadProofBytes` or more each. */
  bytes = 0
  readonly #bytesMax: number
  /** Who is to be pinged in a moment. */
  #due: Unread[] = []
  #timer: NodeJS.Timeout | undefined
  readonly #lingering = new Bucket(lingeringShape, performance.now())

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get isFull(): boolean {
    return this.bytes > this.#bytesMax
  }

  /** Whether one more socket may be closed with a word, although much waits for it, and will go on waiting. */
  mayLinger(): boolean {
    return take(this.#lingering, lingeringShape, performance.now()) === 0
  }

  pingSoon(unread: Unread): void {
    this.#due.push(unread)
    this.#timer ??= setTimeout(() => this.#pingAll(), unreadPingDelayMs).unref()
  }

  #pingAll(): void {
    this.#timer = undefined
    const due = this.#due
    this.#due = []
    for (const unread of due) unread.pingNow()
  }
}

/** The same for one socket. */
export class Unread {
  readonly #total: UnreadTotal
  readonly #sendPing: (text: string) => void
  #bytes = 0
  /** Of those, the ones behind the ping. */
  #behindPing = 0
  /** Whether they are in question: there are enough for a ping, which is on its way or soon will be. */
  #isCounted = false
  /** The text of the ping that has no pong yet. */
  #ping: string | undefined

  /** @param sendPing sends a ping with this text behind all that was sent before */
  constructor(total: UnreadTotal, sendPing: (text: string) => void) {
    this.#total = total
    this.#sendPing = sendPing
  }

  /** Whether the client has to go. */
  get isTooMuch(): boolean {
    return this.#behindPing > unreadBehindPingMax && this.#total.isFull
  }

  sent(bytes: number): void {
    this.#bytes += bytes
    if (this.#isCounted) this.#total.bytes += bytes
    else if (this.#bytes >= unreadProofBytes) this.#count()
    else return
    if (this.#ping !== undefined) this.#behindPing += bytes
    else if (this.#total.isFull) this.pingNow()
  }

  /** A pong has come: to that ping, or to another one. */
  pong(text: string): void {
    if (this.#ping === undefined || text !== this.#ping) return
    const behind = this.#behindPing
    this.end()
    this.#bytes = behind
    if (behind >= unreadProofBytes) this.#count()
  }

  /** Nothing is in question any more: the socket is gone. */
  end(): void {
    if (this.#isCounted) this.#total.bytes -= this.#bytes
    this.#isCounted = false
    this.#ping = undefined
    this.#bytes = 0
    this.#behindPing = 0
  }

  /** Asks the client, unless that is done already, or nothing is in question any more. */
  pingNow(): void {
    if (!this.#isCounted || this.#ping !== undefined) return
    this.#ping = randomUUID()
    this.#sendPing(this.#ping)
  }

  #count(): void {
    this.#isCounted = true
    this.#total.bytes += this.#bytes
    this.#total.pingSoon(this)
  }
}

/** What may be in question: a quarter of where Linux begins to save memory of connections, for there may be other gateways. */
export function unreadBytesOfMachine(readFile: (path: string) => string = readText): number {
  const [pages = Number.NaN] = words(readFile).map(Number)
  const kernelBytes = Number.isInteger(pages) ? pages * pageBytes : totalmem() * kernelShare
  return Math.floor(kernelBytes / 4)
}

function words(readFile: (path: string) => string): readonly string[] {
  try {
    return readFile('/proc/sys/net/ipv4/tcp_mem').trim().split(/\s+/)
  } catch {
    // Another system, or a container that does not see it.
    return []
  }
}

function readText(path: string): string {
  return readFileSync(path, 'utf8')
}

const pageBytes = 4_096
/** Linux, tcp_init_mem: three quarters of a sixteenth of the memory. */
const kernelShare = 3 / 64
