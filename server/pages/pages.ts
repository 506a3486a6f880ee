// The web client's pages: its files, and a document for every address that a page has.
//
//   /assets/index-BZ9E1Y4l.js   a file: for ever the same, so it is asked for once
//   /@rook/1234                 the document: who reads it and what it is about are written into its head
//
// A page is not answered by the API's rules: a browser shows it, so it says with a strict policy what may
// run in it (nothing but our own files), and it tells a cookie that is nobody's to go.

import { userOfToken } from '../../protocol/credentials.ts'
import { cookieToken, sessionCookie } from '../admission.ts'
import type { Exchange } from '../http/exchange.ts'
import type { HttpCallers } from '../http/http-callers.ts'
import type { Frame } from '../http/http-guard.ts'
import { guard, guarded } from '../http/http-guard.ts'
import { isEntry } from '../identity/sessions.ts'
import type { HttpRequest, HttpResponse, TemplatedApp } from '../listener.ts'
import type { Route } from '../web/routes.ts'
import { routeOf } from '../web/routes.ts'
import { fillDocument, plainPreview } from './document.ts'
import type { PageFile, PageFiles } from './page-files.ts'
import type { PreviewAnswer, PreviewOptions } from './previews.ts'
import { previewOf } from './previews.ts'

export type PagesOptions = Frame & {
  /** Undefined where the client was not built. */
  readonly files: PageFiles | undefined
  readonly shards: PreviewOptions['shards']
  readonly callers: HttpCallers
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const documentHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': policy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(self), microphone=()',
  'Cache-Control': 'no-store',
  Vary: 'Cookie',
}

/** Addresses that the API gives out (`Location`), and that people open: they are led to the page of the same. */
const inPages = ['/v1/tweets/:id', '/v1/lists/:id', '/v1/moments/:id'] as const

const yearSeconds = 365 * 24 * 60 * 60
const notBuilt = 'The pages of this server are not built: run `npm run web` and start it again.\n'

/** Who reads: a user, a stranger, or a cookie that is nobody's any more. */
type Viewer = { readonly id: number | undefined; readonly isCookieStale: boolean }

export class Pages {
  readonly #options: PagesOptions

  constructor(options: PagesOptions) {
    this.#options = options
  }

  /** Takes the addresses of pages; all others go on to whoever serves them. */
  serve(app: TemplatedApp): void {
    const handler = guarded(this.#options, (exchange) => this.#answer(exchange))
    const taken = (response: HttpResponse, request: HttpRequest): void => {
      if (this.#isPage(request.getUrl(), request.getHeader('accept'))) handler(response, request)
      else request.setYield(true)
    }
    app.get('/*', taken)
    app.head('/*', taken)
    const opened = guarded(this.#options, openInPage)
    for (const pattern of inPages) {
      app.get(pattern, (response, request) => {
        if (request.getHeader('accept').includes('text/html')) opened(response, request)
        else request.setYield(true)
      })
    }
  }

  /** An address that nobody has is a page for whoever would read one, and the API's for all others. */
  #isPage(path: string, accept: string): boolean {
    if (routeOf(path) !== undefined || this.#options.files?.files.has(path) === true) return true
    return accept.includes('text/html') && !path.startsWith('/v1/')
  }

  #answer(exchange: Exchange): void {
    const { files } = this.#options
    const file = files?.files.get(exchange.path)
    if (files === undefined) {
      const contentType = 'text/plain; charset=utf-8'
      exchange.answer({ status: 503, contentType, body: notBuilt })
    } else if (file === undefined) {
      this.#answerPage(exchange, files.document)
    } else {
      answerFile(exchange, file)
    }
  }

  #answerPage(exchange: Exchange, document: string): void {
    const { callers } = this.#options
    this.#identify(exchange, (viewer) => {
      this.#guard(exchange, () => {
        this.#preview(exchange, viewer, ({ preview, isMissing }) => {
          const base = callers.base(exchange)
          const theme = cookieValue(exchange.header('cookie'), 'rookery_theme')
          const address = base === '' ? '' : base + exchange.path
          const viewerId = viewer.id
          exchange.answer({
            status: isMissing ? 404 : 200,
            headers: viewer.isCookieStale ? withoutCookie : documentHeaders,
            contentType: 'text/html; charset=utf-8',
            body: fillDocument(document, { preview, viewerId, theme, address }),
          })
        })
      })
    })
  }

  #guard(exchange: Exchange, work: () => void): void {
    guard(this.#options.log, exchange, work)
  }

  /**
   * Counts the request, and finds out who reads. Where the shard is away, the cookie's own word counts: the page shows
   * itself, and asks again.
   */
  #identify(exchange: Exchange, onKnown: (viewer: Viewer) => void): void {
    const token = cookieToken(exchange.header('cookie'))
    const claimed = token === undefined ? undefined : userOfToken(token)
    const { callers } = this.#options
    if (token === undefined || claimed === undefined) {
      const isCookieStale = token !== undefined
      if (callers.takeFromRate(exchange, undefined)) onKnown({ id: undefined, isCookieStale })
      return
    }
    callers.resolve(exchange, token, (resolved) => {
      if (isEntry(resolved)) onKnown({ id: resolved.userId, isCookieStale: false })
      else if (resolved.code !== 'unauthenticated') onKnown({ id: claimed, isCookieStale: false })
      else onKnown({ id: undefined, isCookieStale: true })
    })
  }

  /** Only strangers are shown a preview: whoever fetches links for others has no cookie. */
  #preview(exchange: Exchange, viewer: Viewer, onKnown: (answer: PreviewAnswer) => void): void {
    const route: Route | undefined = routeOf(exchange.path)
    if (route === undefined || viewer.id !== undefined) {
      onKnown({ preview: plainPreview, isMissing: route === undefined })
      return
    }
    const { shards } = this.#options
    const { address } = exchange
    previewOf(route, { shards, address, isWanted: () => !exchange.isOver }, (answer) => {
      this.#guard(exchange, () => onKnown(answer))
    })
  }
}

/** `/v1/tweets/7` is `/tweets/7` for whoever reads pages. */
function openInPage(exchange: Exchange): void {
  const headers = { Location: exchange.path.slice('/v1'.length), Vary: 'Accept' }
  exchange.answer({ status: 303, headers, contentType: 'text/plain; charset=utf-8', body: '' })
}

const withoutCookie: Readonly<Record<string, string>> = {
  ...documentHeaders,
  'Set-Cookie': `${sessionCookie}=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict`,
}

function answerFile(exchange: Exchange, file: PageFile): void {
  const { contentType, etag, isImmutable } = file
  const headers: Record<string, string> = {
    ETag: etag,
    Vary: 'Accept-Encoding',
    'Cache-Control': isImmutable ? `public, max-age=${yearSeconds}, immutable` : 'no-cache',
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
  if (exchange.header('if-none-match') === etag) {
    exchange.answer({ status: 304, headers })
    return
  }
  const { encoding, bytes } = encodingOf(file, exchange.header('accept-encoding'))
  if (encoding !== undefined) headers['Content-Encoding'] = encoding
  exchange.answer({ status: 200, headers, contentType, body: bytes })
}

function encodingOf(
  file: PageFile,
  accepted: string,
): { readonly encoding: string | undefined; readonly bytes: Buffer } {
  if (file.brotli !== undefined && /\bbr\b/.test(accepted)) {
    return { encoding: 'br', bytes: file.brotli }
  }
  if (file.gzip !== undefined && /\bgzip\b/.test(accepted)) {
    return { encoding: 'gzip', bytes: file.gzip }
  }
  return { encoding: undefined, bytes: file.bytes }
}

function cookieValue(header: string, name: string): string {
  for (const pair of header.split(';')) {
    const [key, value] = pair.trim().split('=')
    if (key === name) return value ?? ''
  }
  return ''
}
