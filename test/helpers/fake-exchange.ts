// An HTTP exchange without a connection: what was asked comes from a test, and what was answered is there to be
// looked at.

import type { AddressCounts } from '../../server/address-counts.ts'
import { Exchange } from '../../server/http/exchange.ts'
import type { HttpRequest, HttpResponse } from '../../server/listener.ts'
import { remoteAddressOf } from '../../server/listener.ts'

export type Asked = {
  readonly method?: string
  readonly path?: string
  readonly address?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The native response: keeps what it is given, and takes of a body what a test lets it. */
export class FakeResponse {
  status = ''
  readonly headers: Record<string, string> = {}
  isClosed = false
  /** Bytes that the kernel still takes. */
  roomBytes = Infinity
  #offset = 0
  readonly #taken: Buffer[] = []
  #offeredAtMs = 0
  #onAborted: () => void = () => undefined
  #onWritable: (offset: number) => boolean = () => true
  readonly #address: string

  constructor(address: string) {
    this.#address = address
  }

  onAborted(handler: () => void): void {
    this.#onAborted = handler
  }
  onWritable(handler: (offset: number) => boolean): void {
    this.#onWritable = handler
  }
  getRemoteAddressAsText(): Uint8Array {
    return Buffer.from(this.#address)
  }
  cork(work: () => void): void {
    work()
  }
  writeStatus(status: string): void {
    this.status = status.slice(0, 3)
  }
  writeHeader(name: string, value: string): void {
    this.headers[name] = value
  }
  end(): void {
    // The status is all that is looked at.
  }
  endWithoutBody(): void {
    // The status is all that is looked at.
  }
  getWriteOffset(): number {
    return this.#offset
  }
  /** How long ago it was last offered something. */
  get idleMs(): number {
    return performance.now() - this.#offeredAtMs
  }
  tryEnd(chunk: Uint8Array, totalBytes: number): [boolean, boolean] {
    this.#offeredAtMs = performance.now()
    const taken = Math.min(chunk.length, this.roomBytes)
    this.roomBytes -= taken
    this.#taken.push(Buffer.from(chunk.slice(0, taken)))
    this.#offset += taken
    return [taken === chunk.length, this.#offset === totalBytes]
  }
  close(): void {
    this.isClosed = true
    this.#onAborted()
  }

  /** What the kernel took of the body. */
  taken(): Buffer {
    return Buffer.concat(this.#taken)
  }

  /** The client takes so many bytes. */
  makeRoom(bytes: number): void {
    this.roomBytes += bytes
    this.#onWritable(this.#offset)
  }
}

/** What the native layer hands to a handler. */
export function askedOf({ method = 'GET', path = '/', address = '10.0.0.1', headers = {} }: Asked) {
  const response = new FakeResponse(address)
  const request = {
    getCaseSensitiveMethod: () => method,
    getUrl: () => path,
    getHeader: (name: string) => headers[name] ?? '',
    forEach: (visit: (name: string, value: string) => void) => {
      for (const [name, value] of Object.entries(headers)) visit(name, value)
    },
    setYield: () => undefined,
  }
  return {
    sent: response,
    response: response as unknown as HttpResponse,
    request: request as unknown as HttpRequest,
  }
}

/** @param around see `Exchange` */
export function exchangeOf(
  asked: Asked,
  around: { readonly waiting?: AddressCounts } = {},
): {
  readonly exchange: Exchange
  readonly sent: FakeResponse
} {
  const { response, request, sent } = askedOf(asked)
  return {
    exchange: new Exchange(response, request, { addressOf: remoteAddressOf, ...around }),
    sent,
  }
}
