// A lane over HTTP/1.1: a connection that is kept, and one request at a time, as browsers and libraries do it.

import { connect, type Socket } from 'node:net'
import type { Count, Lane } from './closed-loop.ts'

export type HttpLaneOptions = {
  readonly port: number
  /** A whole request: see `getRequest`. */
  readonly request: Buffer
  readonly count: Count
}

const headEnd = Buffer.from('\r\n\r\n')
const lengthName = Buffer.from('content-length: ')
/** What an answer begins with: "HTTP/1.1 2". */
const statusOffset = 9

export function getRequest(path: string, token?: string): Buffer {
  const authorization = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${authorization}\r\n`)
}

export async function openHttpLane(options: HttpLaneOptions): Promise<Lane> {
  const lane = new HttpLane(options)
  await lane.open()
  return lane
}

/** The status and the length of an answer with its head; undefined where the head is not whole. */
export function readHead(bytes: Buffer): { status: number; length: number } | undefined {
  const end = bytes.indexOf(headEnd)
  if (end < 0) return undefined
  // Names of headers differ in case from server to server; most begin so.
  let at = bytes.indexOf(lengthName)
  if (at < 0 || at > end) at = bytes.latin1Slice(0, end).toLowerCase().indexOf('content-length: ')
  if (at < 0) throw new Error(`no length: ${bytes.latin1Slice(0, end)}`)
  const body = Number.parseInt(bytes.latin1Slice(at + lengthName.length, end), 10)
  const status = Number(bytes.latin1Slice(statusOffset, statusOffset + 3))
  return { status, length: end + headEnd.length + body }
}

class HttpLane implements Lane {
  readonly #options: HttpLaneOptions
  #socket: Socket | undefined
  #head: Buffer = Buffer.alloc(0)
  /** Bytes of the present answer that have not come; 0 while its head is not whole. */
  #missing = 0
  #isWaiting = false
  #isStopping = false
  #onIdle: (() => void) | undefined

  constructor(options: HttpLaneOptions) {
    this.#options = options
  }

  async open(): Promise<void> {
    const { port, count } = this.#options
    const socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length, bytes) => {
          this.#receive((bytes as Buffer).subarray(0, length))
          return true
        },
      },
    })
    this.#socket = socket
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    socket.on('error', (error) => {
      count.failure ??= error
    })
    socket.once('end', () => {
      count.failure ??= new Error('a connection was closed')
    })
  }

  start(): void {
    this.#isWaiting = true
    this.#socket?.write(this.#options.request)
  }

  async drain(): Promise<void> {
    this.#isStopping = true
    if (!this.#isWaiting) return
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
  }

  close(): void {
    this.#socket?.removeAllListeners('end')
    this.#socket?.destroy()
  }

  #receive(chunk: Buffer): void {
    if (this.#missing > 0) this.#missing -= chunk.length
    else if (!this.#begin(chunk)) return
    if (this.#missing > 0) return
    this.#missing = 0
    this.#isWaiting = false
    this.#options.count.answered++
    if (this.#isStopping) this.#onIdle?.()
    else this.start()
  }

  /** @returns whether the head is whole */
  #begin(chunk: Buffer): boolean {
    const bytes = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk])
    const head = readHead(bytes)
    if (head === undefined) {
      this.#head = Buffer.from(bytes)
      return false
    }
    if (head.status < 200 || head.status > 299) {
      this.#options.count.failure ??= new Error(bytes.latin1Slice(0, 500))
    }
    this.#head = Buffer.alloc(0)
    this.#missing = head.length - bytes.length
    return true
  }
}

/** Every connection of the process is read through it: nothing of it is kept. */
const readBuffer = Buffer.allocUnsafe(256 * 1024)
