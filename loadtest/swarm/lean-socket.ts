// A WebSocket for swarms: one of tens of thousands in a process. Binary frames over plain TCP, no more.
//
//   send      request bytes -> frame with a mask of zeros -> kernel
//   receive   kernel -> one buffer that all sockets share -> frames, as views -> onFrame
//
// socket.ts is the client for everything else. This one leaves out what a load generator does not need
// of RFC 6455: extensions, text, fragments (a Rookery gateway sends none), TLS, and a random mask. The
// mask protects proxies from scripts of strangers; zeros are allowed on the wire and spare the work.
// All sockets read into one buffer, because Node reads one at a time and calls back at once: whoever
// keeps bytes has to copy them. What is cut off at the end of a read is kept for the next one.

import { createHash, randomBytes } from 'node:crypto'
import { Socket as TcpSocket } from 'node:net'
import { UpgradeRefused } from '../client/socket.ts'

/** Closed without a close frame, as RFC 6455 section 7.1.5 names it. */
export const abnormalClosure = 1006

export type LeanSocketOptions = {
  /** As `liveUrl` gives it, with the scheme ws. */
  readonly url: URL
  readonly token: string
  /** The address that it comes from; the system's choice where undefined. */
  readonly localAddress?: string | undefined
  /** Valid within the call only. */
  readonly onFrame: (bytes: Buffer) => void
  /** Called once for a socket that was open, whoever closed, but not after `destroy`. */
  readonly onClose: (code: number) => void
}

const subprotocol = 'rookery.v1.msgpack'
const openTimeoutMs = 30_000
/** From RFC 6455, section 1.3. */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const headerBytesMax = 8_192
/** A frame that a gateway may send: the largest page, with room to spare. */
const frameBytesMax = 4 * 1024 * 1024
const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** What all sockets read into. */
const shared = Buffer.allocUnsafeSlow(256 * 1024)

export class LeanSocket {
  readonly #options: LeanSocketOptions
  readonly #tcp: TcpSocket
  readonly #key = randomBytes(16).toString('base64')
  /** The bytes of a frame, or of the answer to the upgrade, that has not come as a whole. */
  #rest: Buffer | undefined
  #state: 'opening' | 'open' | 'over' = 'opening'
  #closeCode = abnormalClosure
  #settle: { resolve: () => void; reject: (error: UpgradeRefused) => void } | undefined
  readonly #timer: NodeJS.Timeout

  private constructor(options: LeanSocketOptions) {
    this.#options = options
    this.#timer = setTimeout(() => this.#refuse(0, 'no answer in time'), openTimeoutMs)
    // `onread` is an option of the constructor that the types know of `connect` only.
    this.#tcp = new TcpSocket({
      onread: {
        buffer: shared,
        callback: (count: number) => {
          this.#read(shared.subarray(0, count))
          return true
        },
      },
    } as object)
    this.#tcp.setNoDelay(true)
    this.#tcp.on('error', (cause) => this.#refuse(0, `no connection: ${cause.message}`, cause))
    this.#tcp.on('close', () => this.#ended())
  }

  /** Connects and upgrades. Rejects with UpgradeRefused. */
  static open(options: LeanSocketOptions): Promise<LeanSocket> {
    const socket = new LeanSocket(options)
    return new Promise((resolve, reject) => {
      socket.#settle = { resolve: () => resolve(socket), reject }
      socket.#connect()
    })
  }

  /** Sends one binary frame. The bytes are copied. */
  send(bytes: Uint8Array): void {
    if (this.#state === 'open') this.#tcp.write(maskedFrame(opcodes.binary, bytes))
  }

  /** Stops reading, as a client does whose user went through a tunnel; `resume` goes on. */
  pause(): void {
    this.#tcp.pause()
  }

  resume(): void {
    this.#tcp.resume()
  }

  /** Is gone at once, without a word, as after the loss of a network. */
  destroy(): void {
    this.#over()
    this.#tcp.destroy()
  }

  /** Says goodbye, and is gone when that is sent. */
  close(): void {
    if (this.#state === 'open') this.#tcp.write(maskedFrame(opcodes.close, normalClosure))
    this.#over()
    this.#tcp.destroySoon()
  }

  #connect(): void {
    const { url, token, localAddress } = this.#options
    this.#tcp.connect(
      {
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: Number(url.port || 80),
        ...(localAddress === undefined ? {} : { localAddress }),
      },
      () => {
        this.#tcp.write(
          [
            `GET ${url.pathname} HTTP/1.1`,
            `Host: ${url.host}`,
            'Connection: Upgrade',
            'Upgrade: websocket',
            'Sec-WebSocket-Version: 13',
            `Sec-WebSocket-Key: ${this.#key}`,
            `Sec-WebSocket-Protocol: ${subprotocol}`,
            `Authorization: Bearer ${token}`,
            '\r\n',
          ].join('\r\n'),
        )
      },
    )
  }

  #read(chunk: Buffer): void {
    let bytes = chunk
    if (this.#rest !== undefined) {
      bytes = Buffer.concat([this.#rest, chunk])
      this.#rest = undefined
    }
    let offset = 0
    if (this.#state === 'opening') {
      offset = this.#readUpgrade(bytes)
      if (offset === 0) return
    }
    while (this.#state === 'open' && offset < bytes.length) {
      const end = this.#readFrame(bytes, offset)
      if (end === undefined) break
      offset = end
    }
    if (this.#state === 'open' && offset < bytes.length) {
      this.#rest = Buffer.from(bytes.subarray(offset))
    }
  }

  /** @returns where the frames start; 0 while the answer is not there, or where it is a refusal */
  #readUpgrade(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n')
    if (end === -1) {
      if (bytes.length > headerBytesMax) this.#refuse(0, 'the answer to the upgrade is too long')
      else this.#rest = Buffer.from(bytes)
      return 0
    }
    const head = bytes.latin1Slice(0, end)
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0)
    const accept = /\r\nsec-websocket-accept: *(\S+)/i.exec(head)?.[1]
    if (status !== 101 || accept !== acceptOf(this.#key)) {
      this.#refuse(status, `the upgrade was answered with ${status}`)
      return 0
    }
    this.#state = 'open'
    clearTimeout(this.#timer)
    this.#settle?.resolve()
    this.#settle = undefined
    return end + 4
  }

  /** @returns the offset behind the frame; undefined where it is not there as a whole */
  #readFrame(bytes: Buffer, start: number): number | undefined {
    if (start + 2 > bytes.length) return undefined
    const opcode = bytes[start]! & 0x0f
    const short = bytes[start + 1]! & 0x7f
    const head = short === 127 ? 10 : short === 126 ? 4 : 2
    if (start + head > bytes.length) return undefined
    const length = lengthOf(bytes, { short, offset: start + 2 })
    const isWhole = (bytes[start]! & 0x80) !== 0
    if (!isWhole || opcode === opcodes.text || length > frameBytesMax) {
      this.#tcp.destroy()
      return undefined
    }
    const end = start + head + length
    if (end > bytes.length) return undefined
    const payload = bytes.subarray(start + head, end)
    if (opcode === opcodes.binary) this.#options.onFrame(payload)
    else if (opcode === opcodes.ping) this.#tcp.write(maskedFrame(opcodes.pong, payload))
    else if (opcode === opcodes.close) {
      if (length >= 2) this.#closeCode = payload.readUInt16BE(0)
      this.#tcp.end(maskedFrame(opcodes.close, payload.subarray(0, 2)))
    }
    return end
  }

  #refuse(status: number, message: string, cause?: Error): void {
    const { isOpening } = { isOpening: this.#state === 'opening' }
    // An error of an open socket is followed by 'close', which tells the owner.
    if (!isOpening) return
    this.#over()
    this.#tcp.destroy()
    this.#settle?.reject(new UpgradeRefused(status, message, { cause }))
    this.#settle = undefined
  }

  #ended(): void {
    if (this.#state === 'opening') this.#refuse(0, 'closed before it was open')
    if (this.#state !== 'open') return
    this.#over()
    this.#options.onClose(this.#closeCode)
  }

  #over(): void {
    this.#state = 'over'
    this.#rest = undefined
    clearTimeout(this.#timer)
  }
}

const normalClosure = Buffer.from([0x03, 0xe8])

function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64')
}

function lengthOf(bytes: Buffer, at: { readonly short: number; readonly offset: number }): number {
  if (at.short < 126) return at.short
  if (at.short === 126) return bytes.readUInt16BE(at.offset)
  return bytes.readUInt32BE(at.offset) * 0x1_0000_0000 + bytes.readUInt32BE(at.offset + 4)
}

/** A frame as a client has to send it, with a mask of zeros. */
function maskedFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const head = length < 126 ? 6 : length < 0x1_0000 ? 8 : 14
  const frame = Buffer.allocUnsafe(head + length)
  frame.fill(0, 0, head)
  frame[0] = 0x80 | opcode
  if (length < 126) frame[1] = 0x80 | length
  else if (length < 0x1_0000) {
    frame[1] = 0x80 | 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 0x80 | 127
    frame.writeUInt32BE(length, 6)
  }
  frame.set(payload, head)
  return frame
}
