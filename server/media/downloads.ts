// Serves the files of media: whole, in ranges, or not at all where the client has them already.
//
// A file never changes, so it may be kept for ever. Whoever knows its address may have it: the address is a
// hash of what it gives. Nothing of it is ever run: the types are ours, browsers are told not to guess, and
// whatever it might be is put in a sandbox without anything.

import { failure, RequestFailure } from '../../protocol/errors.ts'
import { mediaTypeOf, mediaTypes } from '../../protocol/media.ts'
import type { Exchange } from '../http/exchange.ts'
import { downloadsInFlightMax } from './limits.ts'
import type { MediaStore } from './media-store.ts'
import { thumbnailContentType, thumbnailName } from './media-store.ts'
import type { Range } from './ranges.ts'
import { isTagAmong, rangeOf } from './ranges.ts'

/** What is sent in the end. */
type Found = { readonly name: string; readonly bytes: number; readonly contentType: string }

export type DownloadsOptions = { readonly store: MediaStore; readonly addressDownloadsMax: number }

export class Downloads {
  readonly #store: MediaStore
  readonly #addressMax: number
  #inFlight = 0
  /** Those of each address; an entry goes with the last of them. */
  readonly #inFlightTo = new Map<string, number>()

  /** @param options.addressDownloadsMax files on their way to one address, which leaves room for others so */
  constructor({ store, addressDownloadsMax }: DownloadsOptions) {
    this.#store = store
    this.#addressMax = addressDownloadsMax
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** @throws RequestFailure where there is nothing to send */
  async send(exchange: Exchange, id: string, which: 'original' | 'thumbnail'): Promise<void> {
    if (this.#inFlight >= downloadsInFlightMax) {
      throw new RequestFailure(
        failure('unavailable', { message: 'Too many files are being sent.' }),
      )
    }
    const { address } = exchange
    if ((this.#inFlightTo.get(address) ?? 0) >= this.#addressMax) {
      const message = 'Too many files are being sent to this address.'
      throw new RequestFailure(failure('rate_limited', { message, retryAfterMs: 1_000 }))
    }
    this.#count(address, 1)
    exchange.onOver(() => this.#count(address, -1))
    const file = await this.#find(id, which)
    if (file === undefined) throw new RequestFailure(failure('not_found'))
    if (!exchange.isOver) await this.#answer(exchange, file)
  }

  #count(address: string, change: 1 | -1): void {
    this.#inFlight += change
    const count = (this.#inFlightTo.get(address) ?? 0) + change
    if (count === 0) this.#inFlightTo.delete(address)
    else this.#inFlightTo.set(address, count)
  }

  async #find(id: string, which: 'original' | 'thumbnail'): Promise<Found | undefined> {
    const type = mediaTypeOf(id)
    if (type === undefined) return undefined
    const { kind, contentType } = mediaTypes[type]
    if (which === 'thumbnail') {
      const name = thumbnailName(id)
      const thumbnail = kind === 'photo' ? await this.#store.find(name) : undefined
      if (thumbnail !== undefined) {
        return { name, bytes: thumbnail.bytes, contentType: thumbnailContentType }
      }
      // A small photo is its own thumbnail; a video has none.
      if (kind === 'video') return undefined
    }
    const original = await this.#store.find(id)
    return original === undefined ? undefined : { name: id, bytes: original.bytes, contentType }
  }

  async #answer(exchange: Exchange, { name, bytes, contentType }: Found): Promise<void> {
    const tag = `"${name}"`
    const headers = { ...headersOfAll, ETag: tag }
    if (isTagAmong(exchange.header('if-none-match'), tag)) {
      exchange.answer({ status: 304, headers })
      return
    }
    const condition = exchange.header('if-range')
    const isRangeMeant = condition === '' || condition === tag
    const range = isRangeMeant ? rangeOf(exchange.header('range'), bytes) : undefined
    if (range === 'unsatisfiable') {
      const message = `The file has ${bytes} bytes.`
      const contentRange = { 'Content-Range': `bytes */${bytes}` }
      exchange.refuse(failure('bad_request', { message }), { status: 416, headers: contentRange })
      return
    }
    const part: Range = range ?? { from: 0, to: bytes - 1 }
    const answer = {
      status: range === undefined ? 200 : 206,
      headers:
        range === undefined
          ? headers
          : { ...headers, 'Content-Range': `bytes ${part.from}-${part.to}/${bytes}` },
      contentType,
      bytes: part.to - part.from + 1,
    }
    if (exchange.method === 'HEAD') exchange.answer(answer)
    else exchange.answerFrom(await this.#store.read(name, part), answer)
  }
}

const headersOfAll: Readonly<Record<string, string>> = {
  'Cache-Control': 'public, max-age=31536000, immutable',
  'Accept-Ranges': 'bytes',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  // Pages elsewhere may show it, as they may link to it.
  'Cross-Origin-Resource-Policy': 'cross-origin',
}
