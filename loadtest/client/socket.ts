// One WebSocket to a gateway. The only importer of ws.
//
// It knows the address, the subprotocol and the token, and moves binary frames; what is in them is
// the business of wire.ts. Compression is off: a load tool has to measure the server, not zlib.

import { WebSocket } from 'ws'
import { closeCodes } from '../../protocol/errors.ts'

export type SocketClose = { readonly code: number; readonly reason: string }

export type SocketOptions = {
  /** As `liveUrl` gives it. */
  readonly url: string
  /** Signs the socket in; without it the socket is nobody's. */
  readonly token?: string | undefined
  readonly openTimeoutMs?: number
  readonly onFrame: (bytes: Uint8Array) => void
  /** Called once, whoever closed. */
  readonly onClose: (close: SocketClose) => void
}

export type Socket = {
  send(bytes: Uint8Array): void
  /** Bytes that the kernel has not taken yet. */
  readonly bufferedBytes: number
  close(): void
}

const subprotocol = 'rookery.v1.msgpack'
const openTimeoutMsDefault = 10_000
const closeTimeoutMs = 2_000

/** The server refused the upgrade. `status` is HTTP's; 0 where nobody answered at all. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused'
  readonly status: number
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

/**
 * The address of the live endpoint: takes http, https, ws or wss, and adds the path where there is
 * none. Throws RangeError for anything else.
 */
export function liveUrl(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined
  const scheme = url === undefined ? undefined : liveSchemes[url.protocol]
  if (url === undefined || scheme === undefined) {
    throw new RangeError(`${address} is not an address such as ws://127.0.0.1:8080`)
  }
  const path = url.pathname === '/' ? '/v1/live' : url.pathname
  return `${scheme}//${url.host}${path}`
}

const liveSchemes: Readonly<Record<string, string>> = {
  'http:': 'ws:',
  'ws:': 'ws:',
  'https:': 'wss:',
  'wss:': 'wss:',
}

/** The address for HTTP of a live endpoint. */
export function httpOrigin(liveUrl: string): string {
  const { protocol, host } = new URL(liveUrl)
  return `${protocol === 'wss:' ? 'https:' : 'http:'}//${host}`
}

/** Opens a socket. Rejects with UpgradeRefused. */
export function openSocket(options: SocketOptions): Promise<Socket> {
  const webSocket = new WebSocket(options.url, subprotocol, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
    handshakeTimeout: options.openTimeoutMs ?? openTimeoutMsDefault,
    ...(options.token === undefined
      ? {}
      : { headers: { authorization: `Bearer ${options.token}` } }),
  })
  webSocket.binaryType = 'nodebuffer'
  return new Promise((resolve, reject) => {
    let isOpen = false
    webSocket.once('unexpected-response', (request, response) => {
      const status = response.statusCode ?? 0
      reject(new UpgradeRefused(status, `the upgrade was answered with ${status}`))
      response.destroy()
      request.destroy()
    })
    webSocket.on('error', (cause: Error) => {
      // An error of an open socket is followed by 'close', which tells the owner.
      if (!isOpen) reject(new UpgradeRefused(0, `no connection: ${cause.message}`, { cause }))
    })
    webSocket.once('close', (code: number, reason: Buffer) => {
      if (isOpen) options.onClose({ code, reason: reason.toString() })
      else reject(new UpgradeRefused(0, `closed with ${code} before it was open`))
    })
    webSocket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) options.onFrame(data)
      else webSocket.close(closeCodes.badRequest.code, 'a text frame')
    })
    webSocket.once('open', () => {
      isOpen = true
      resolve(handleOf(webSocket))
    })
  })
}

function handleOf(webSocket: WebSocket): Socket {
  return {
    send: (bytes) => webSocket.send(bytes),
    get bufferedBytes() {
      return webSocket.bufferedAmount
    },
    close: () => {
      webSocket.close(1000)
      // A server that does not answer the close must not keep this process alive.
      setTimeout(() => webSocket.terminate(), closeTimeoutMs).unref()
    },
  }
}
