// A WebSocket client that costs as little as one can: the load client shares the machine with the servers,
// so whatever it takes is taken from them.
//
// It speaks just enough of RFC 6455 for a benchmark on one machine: it masks with zeros (which leaves the bytes
// as they are: servers unmask as always), takes unfragmented frames only, and reads every socket of the process
// through one buffer. Nothing is allocated for a frame that arrives whole.

import { connect, type Socket } from 'node:net'

/** Bytes of a frame's payload: `[start, end)` of `bytes`, valid within the call only. */
export type OnFrame = (bytes: Buffer, start: number, end: number) => void

export type RawSocketOptions = {
  readonly port: number
  /** From which loopback address: one alone has 28,000 ports. */
  readonly localAddress?: string | undefined
  readonly path: string
  readonly token?: string | undefined
  readonly subprotocol?: string | undefined
  readonly onFrame: OnFrame
  /** Called after the frames of each read: the moment to send what they gave rise to, in one piece. */
  readonly onRead?: () => void
  /** Called for an end that was not asked for. */
  readonly onLost: (why: string) => void
}

const host = '127.0.0.1'
const readBuffer = Buffer.allocUnsafe(256 * 1024)
const finalBit = 0x80
const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
const maskBytes = 4

export class RawSocket {
  readonly #onFrame: OnFrame
  readonly #onRead: (() => void) | undefined
  readonly #onLost: (why: string) => void
  readonly #socket: Socket
  /** The beginning of a frame whose end has not come. */
  #rest: Buffer | undefined
  #isUpgraded = false
  #isClosing = false
  #opened: { resolve: () => void; reject: (error: Error) => void } | undefined

  private constructor(options: RawSocketOptions) {
    this.#onFrame = options.onFrame
    this.#onRead = options.onRead
    this.#onLost = options.onLost
    const { port, localAddress } = options
    this.#socket = connect({
      port,
      host,
      ...(localAddress === undefined ? {} : { localAddress }),
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (count, bytes) => {
          this.#receive(bytes as Buffer, count)
          return true
        },
      },
    })
    this.#socket.once('connect', () => this.#socket.write(upgradeRequest(options)))
    this.#socket.on('error', (error) => this.#lost(error.message))
    this.#socket.once('close', () => this.#lost('closed'))
  }

  /** Rejects where the server does not upgrade. */
  static async open(options: RawSocketOptions): Promise<RawSocket> {
    const socket = new RawSocket(options)
    await new Promise<void>((resolve, reject) => {
      socket.#opened = { resolve, reject }
    })
    return socket
  }

  /** Sends bytes that are whole frames already: see `frameOf`. They may be changed once it returns. */
  send(frames: Buffer): void {
    this.#socket.write(Buffer.from(frames))
  }

  close(): void {
    this.#isClosing = true
    this.#socket.destroy()
  }

  #lost(why: string): void {
    if (this.#isClosing) return
    this.#isClosing = true
    const error = `a socket was lost: ${why}`
    if (this.#isUpgraded) this.#onLost(error)
    else this.#opened?.reject(new Error(error))
  }

  #receive(chunk: Buffer, count: number): void {
    let bytes = chunk
    let end = count
    if (this.#rest !== undefined) {
      bytes = Buffer.concat([this.#rest, chunk.subarray(0, count)])
      end = bytes.length
      this.#rest = undefined
    }
    let start = 0
    if (!this.#isUpgraded) {
      start = this.#readUpgrade(bytes.subarray(0, end))
      if (start < 0) return
    }
    start = this.#readFrames(bytes, start, end)
    if (start < end) this.#rest = Buffer.from(bytes.subarray(start, end))
    this.#onRead?.()
  }

  /** @returns where the frames begin; -1 where the answer is not whole, or no upgrade */
  #readUpgrade(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) {
      this.#rest = Buffer.from(bytes)
      return -1
    }
    const status = bytes.latin1Slice(0, bytes.indexOf('\r\n'))
    if (!status.includes(' 101')) {
      this.#lost(`not upgraded: ${status}`)
      return -1
    }
    this.#isUpgraded = true
    this.#opened?.resolve()
    return end + 4
  }

  /** @returns the end of the last whole frame */
  #readFrames(bytes: Buffer, from: number, end: number): number {
    let start = from
    while (end - start >= 2) {
      let length = bytes[start + 1]!
      let header = 2
      if (length === 126) {
        if (end - start < 4) break
        length = bytes.readUInt16BE(start + 2)
        header = 4
      } else if (length === 127) {
        if (end - start < 10) break
        length = bytes.readUInt32BE(start + 6)
        header = 10
      }
      if (end - start < header + length) break
      const opcode = bytes[start]! & 0x0f
      const payload = start + header
      start = payload + length
      if (opcode === opcodes.text || opcode === opcodes.binary) {
        this.#onFrame(bytes, payload, start)
      } else this.#control(opcode, bytes.subarray(payload, start))
    }
    return start
  }

  #control(opcode: number, payload: Buffer): void {
    if (opcode === opcodes.ping) this.send(frameOf(payload, 'pong'))
    if (opcode !== opcodes.close) return
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005
    this.#lost(`closed with ${code} ${payload.subarray(2)}`)
    this.#socket.destroy()
  }
}

/** A client's frame. Its payload are the last bytes as they are. */
export function frameOf(payload: Uint8Array, kind: 'binary' | 'text' | 'pong'): Buffer {
  const { length } = payload
  if (length > 0xffff) throw new RangeError('a frame of a benchmark is at most 65,535 bytes')
  const header = (length < 126 ? 2 : 4) + maskBytes
  const frame = Buffer.alloc(header + length)
  frame[0] = finalBit | opcodes[kind]
  frame[1] = finalBit | Math.min(length, 126)
  if (length >= 126) frame.writeUInt16BE(length, 2)
  frame.set(payload, header)
  return frame
}

function upgradeRequest({ path, token, subprotocol }: RawSocketOptions): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: cm9va2VyeS1iZW5jaC0xNg==',
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    '\r\n',
  ].join('\r\n')
}
