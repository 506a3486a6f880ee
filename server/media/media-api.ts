// The HTTP routes of media: a file comes in, is stored, and is told to its owner's shard; files go out.
//
//   POST /v1/media -> UploadRoom -> Inlet -> IncomingFile -> thumbnail -> MediaStore -> media.create -> 201
//   GET  /v1/media/{id}, /v1/media/{id}/thumbnail -> Downloads
//
// The file is stored before anybody hears of it. What is stored and then not told (the shard is away, the client
// gone) is a file that no tweet shows: the sweep removes it in its time.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure, RequestFailure } from '../../protocol/errors.ts'
import { mediaIdOf, mediaTypes } from '../../protocol/media.ts'
import { mediaCreate } from '../../protocol/operations/media-create.ts'
import { isRefused, routeCall } from '../calls.ts'
import type { Exchange } from '../http/exchange.ts'
import { HttpCall } from '../http/http-call.ts'
import type { HttpCallers } from '../http/http-callers.ts'
import type { Frame, Handler } from '../http/http-guard.ts'
import { answerBug, guarded, HttpFailure } from '../http/http-guard.ts'
import { routes } from '../http/http-routes.ts'
import type { SessionEntry } from '../identity/identity.ts'
import type { Sessions } from '../identity/sessions.ts'
import type { Shards } from '../links/shards.ts'
import type { HttpRequest, TemplatedApp } from '../listener.ts'
import { queryOf } from '../listener.ts'
import type { GatewayMetrics } from '../metrics.ts'
import { Downloads } from './downloads.ts'
import type { FileLimits, WholeFile } from './incoming-file.ts'
import { IncomingFile } from './incoming-file.ts'
import { ClientGone, Inlet } from './inlet.ts'
import {
  formOverheadBytesMax,
  refusedBodyBytesMax,
  uploadsInFlightMax,
  userUploadsInFlightMax,
} from './limits.ts'
import type { MediaStore } from './media-store.ts'
import { readUpload } from './read-upload.ts'
import { storeThumbnail } from './store-thumbnail.ts'
import type { Thumbnails } from './thumbnails.ts'
import { UploadRoom } from './upload-room.ts'

export type MediaApiOptions = Frame & {
  readonly shards: Shards
  readonly sessions: Sessions
  readonly callers: HttpCallers
  readonly metrics: GatewayMetrics
  readonly store: MediaStore
  readonly thumbnails: Thumbnails
  /** Where uploads are on their way. */
  readonly directory: string
  readonly limits: FileLimits
  readonly unattachedMs: number
  /** Files on their way to one address. */
  readonly addressDownloadsMax: number
}

type Upload = { readonly exchange: Exchange; readonly inlet: Inlet; readonly query: string }

const route = routes.find(({ operation }) => operation.name === mediaCreate.name)!

export class MediaApi {
  readonly #options: MediaApiOptions
  readonly #downloads: Downloads
  readonly #room: UploadRoom
  #uploads = 0
  /** Uploads of each user; an entry goes with the last of them. */
  readonly #uploadsOf = new Map<number, number>()

  constructor(options: MediaApiOptions) {
    this.#options = options
    this.#downloads = new Downloads(options)
    this.#room = new UploadRoom(options)
  }

  get inFlight(): number {
    return this.#uploads + this.#downloads.inFlight
  }

  serve(app: TemplatedApp): void {
    const options = this.#options
    app.post(
      '/v1/media',
      guarded(options, (exchange, request) => this.#upload(exchange, request)),
    )
    app.any('/v1/media', guarded(options, refuseMethod('POST')))
    for (const [path, which] of [
      ['/v1/media/:id', 'original'],
      ['/v1/media/:id/thumbnail', 'thumbnail'],
    ] as const) {
      const send = guarded(options, (exchange, request) => {
        const id = request.getParameter(0) ?? ''
        if (!this.#options.callers.takeFromRate(exchange, undefined)) return
        this.#guard(exchange, () => this.#downloads.send(exchange, id, which))
      })
      app.get(path, send)
      app.head(path, send)
      app.any(path, guarded(options, refuseMethod('GET, HEAD')))
    }
  }

  #upload(exchange: Exchange, request: HttpRequest): void {
    const { videoBytesMax, photoBytesMax } = this.#options.limits
    const bytesMax = Math.max(videoBytesMax, photoBytesMax)
    if (Number(exchange.header('content-length')) > bytesMax + formOverheadBytesMax) {
      const message = `A file may have at most ${bytesMax} bytes.`
      this.#refuse(exchange, new HttpFailure(failure('too_large', { message })))
      return
    }
    if (this.#uploads >= uploadsInFlightMax) {
      const message = 'Too many uploads are under way.'
      this.#refuse(exchange, new HttpFailure(failure('unavailable', { message })))
      return
    }
    this.#uploads++
    const startedAtMs = performance.now()
    const upload = {
      exchange,
      inlet: new Inlet(exchange, this.#options.directory),
      query: queryOf(request),
    }
    let isOurs = false
    exchange.onOver(() => {
      if (!isOurs) this.#uploads--
    })
    this.#options.callers.identify(exchange, (identity) => {
      if (exchange.isOver) return
      isOurs = true
      this.#guard(exchange, async () => {
        try {
          await this.#receive(upload, identity, startedAtMs)
        } finally {
          this.#uploads--
        }
      })
    })
  }

  async #receive(
    upload: Upload,
    identity: SessionEntry | undefined,
    startedAtMs: number,
  ): Promise<void> {
    if (identity === undefined) throw new RequestFailure(failure('unauthenticated'))
    const { userId } = identity
    const others = this.#uploadsOf.get(userId) ?? 0
    if (others >= userUploadsInFlightMax) {
      const message = 'Too many uploads of yours are under way.'
      throw new RequestFailure(failure('rate_limited', { message, retryAfterMs: 1_000 }))
    }
    this.#uploadsOf.set(userId, others + 1)
    try {
      await this.#room.expect(userId, { own: others, all: this.#uploads - 1 })
      const stored = await this.#store(upload, identity)
      await this.#checkAgain(upload.exchange, identity)
      this.#create(upload.exchange, { ...stored, identity, startedAtMs })
    } finally {
      const left = this.#uploadsOf.get(userId)! - 1
      if (left === 0) this.#uploadsOf.delete(userId)
      else this.#uploadsOf.set(userId, left)
    }
  }

  /** Reads the file of the body, and stores it. */
  async #store({ exchange, inlet, query }: Upload, identity: SessionEntry) {
    const { directory, limits, store, thumbnails } = this.#options
    const incoming = await IncomingFile.open(directory, limits)
    try {
      const contentType = exchange.header('content-type')
      const alt = await readUpload({ chunks: inlet.chunks(), contentType, query }, incoming)
      await this.#checkAgain(exchange, identity)
      const file = await incoming.finish()
      const mediaId = mediaIdOf(file.digest, file.type)
      await storeThumbnail({ mediaId, file }, { store, thumbnails })
      await store.put(mediaId, {
        path: file.path,
        bytes: file.bytes,
        contentType: mediaTypes[file.type].contentType,
        sha256: file.digest.toString('hex'),
      })
      return { mediaId, file, alt }
    } finally {
      await incoming.close()
    }
  }

  /**
   * A file may take minutes to come, and to be stored: a session that has ended meanwhile, or a key that was revoked,
   * makes nothing.
   */
  async #checkAgain(exchange: Exchange, identity: SessionEntry): Promise<void> {
    const problem = await new Promise<ErrorBody | undefined>((resolve) =>
      this.#options.callers.checkAgain(exchange, identity, resolve),
    )
    if (problem !== undefined) throw new RequestFailure(problem)
  }

  /** Tells the owner's shard, whose answer is that of the upload. */
  #create(
    exchange: Exchange,
    stored: {
      readonly mediaId: string
      readonly file: WholeFile
      readonly alt: string | undefined
      readonly identity: SessionEntry
      readonly startedAtMs: number
    },
  ): void {
    if (exchange.isOver) return
    const { shards, callers, metrics, sessions, unattachedMs } = this.#options
    const { mediaId, file, alt, identity, startedAtMs } = stored
    const more = alt === undefined ? {} : { alt }
    const checked = { mediaId, bytes: file.bytes, ...file.size, unattachedMs, ...more }
    const { address, requestId, trace } = exchange
    const caller = { identity, address, requestId, trace }
    const call = routeCall(mediaCreate, { checked, caller }, shards.partitionCount)
    if (isRefused(call)) throw new RequestFailure(call.refused)
    const from = { exchange, route, query: '', identity, base: callers.base(exchange) }
    const isOwnPage = callers.isOwnPage(exchange)
    shards.request(new HttpCall({ ...from, isOwnPage, call, startedAtMs, metrics, sessions }))
  }

  /** What the work throws as a RequestFailure is the answer; nobody is left to be told of a client that went. */
  #guard(exchange: Exchange, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      if (error instanceof RequestFailure) this.#refuse(exchange, error)
      else if (!(error instanceof ClientGone)) answerBug(this.#options.log, exchange, error)
    })
  }

  #refuse(exchange: Exchange, error: RequestFailure): void {
    const status = error instanceof HttpFailure ? error.status : undefined
    exchange.refuse(error.body, {
      operation: mediaCreate,
      isLast: isMuchLeft(exchange),
      ...(status === undefined ? {} : { status }),
    })
  }
}

/**
 * Whether a refused body is not to be waited for. Otherwise it is: a client that is cut off in the middle of
 * sending does not get to the answer.
 */
function isMuchLeft(exchange: Exchange): boolean {
  if (exchange.method !== 'POST') return false
  const length = exchange.header('content-length')
  return length === '' || Number(length) > refusedBodyBytesMax
}

function refuseMethod(allow: string): Handler {
  return (exchange) => {
    const message = `There is ${allow} here.`
    exchange.refuse(failure('bad_request', { message }), { status: 405, headers: { Allow: allow } })
  }
}
