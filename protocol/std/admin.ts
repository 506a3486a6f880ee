// The admin server of a process: metrics for Prometheus, and whether the process lives and can serve.
//
//   /metrics   Prometheus text
//   /livez     200 as long as the event loop turns
//   /readyz    200 if the process can serve now, else 503 with the reason
//
// It has its own port, on loopback unless told otherwise, because none of this is for strangers. GET and
// HEAD change nothing. A process may take more by POST, from whoever has the operators' token.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import { createServer } from './http.ts'
import { StartError } from './run.ts'

/** How long a request may take to arrive, and how long a readiness check may take. */
const requestTimeoutMs = 5_000
const readinessTimeoutMs = 2_000
/** Idle connections are dropped after this: Prometheus scrapes every 15 s at most. */
const keepAliveTimeoutMs = 20_000
/** Connections at once: a few scrapers and an operator. Others are refused. */
const adminConnectionsMax = 64

export type AdminRequest = {
  readonly path: string
  readonly query: URLSearchParams
  /** @param name in lower case; '' where the header is absent */
  header(name: string): string
}
export type AdminAnswer = {
  /** 200 unless said otherwise. */
  readonly status?: number
  /** Plain text unless said otherwise. */
  readonly contentType?: string
  /** Beside those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}
/** What may be sent to a path. */
export type AdminPost = {
  readonly bytesMax: number
  /** @param authorization the header, '' where there is none */
  isAllowed(authorization: string, request?: AdminRequest): boolean
  answer(body: Buffer, request?: AdminRequest): Promise<AdminAnswer>
}
export type AdminHandler = (request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>

export type AdminOptions = {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly register: Registry
  /** @returns why the process cannot serve now, or undefined where it can. */
  readonly isReady: () => Promise<string | undefined>
  /** Further pages, by path: `/partitions`. */
  readonly routes?: Readonly<Record<string, AdminHandler>>
  /** What can be sent, by path. */
  readonly posts?: Readonly<Record<string, AdminPost>>
}

export type Admin = { readonly port: number; close(): Promise<void> }

/** Starts the admin server. Rejects with a StartError where the port cannot be had. */
export async function startAdmin(options: AdminOptions): Promise<Admin> {
  const posts = new Map(Object.entries(options.posts ?? {}))
  const routes = new Map<string, AdminHandler>([
    ['/livez', () => ({ body: 'alive\n' })],
    ['/readyz', () => readiness(options.isReady)],
    ['/metrics', () => metrics(options.register)],
    ...Object.entries(options.routes ?? {}),
  ])
  const pages = { routes, posts }
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      maxHeaderSize: 8192,
    },
    (request, response) => void answer(pages, { request, response }),
  )
  server.maxConnections = adminConnectionsMax
  await listen(server, options)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, address: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new StartError(listenProblem({ ...address, what: 'the admin server', cause })))
    })
    server.listen(address.port, address.host, resolve)
  })
}

/** Why a port could not be had, in one sentence that says what to change. */
export function listenProblem(failed: {
  readonly host: string
  readonly port: number
  /** What wanted to listen: `the admin server`. */
  readonly what: string
  readonly cause: NodeJS.ErrnoException
}): string {
  const { host, port, what, cause } = failed
  if (cause.code === 'EADDRINUSE') {
    return `Port ${port} on ${host} is in use, so ${what} cannot listen there: stop the other program or choose another port.`
  }
  if (cause.code === 'EACCES') {
    return `Port ${port} may not be used by this user, so ${what} cannot listen there: choose a port above 1023.`
  }
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND') {
    return `${host} is not an address of this machine, so ${what} cannot listen there: choose 127.0.0.1 or 0.0.0.0.`
  }
  return `${what} cannot listen on ${host}:${port}: ${cause.message}.`
}

type Pages = {
  readonly routes: ReadonlyMap<string, AdminHandler>
  readonly posts: ReadonlyMap<string, AdminPost>
}

async function answer(
  pages: Pages,
  exchange: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const { request, response } = exchange
  const found = await answerTo(pages, request)
  const body = typeof found.body === 'string' ? Buffer.from(found.body) : found.body
  response.writeHead(found.status ?? 200, {
    'content-type': found.contentType ?? 'text/plain; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...found.headers,
    ...(found.status === 405
      ? { allow: pages.posts.has(request.url ?? '') ? 'POST' : 'GET, HEAD' }
      : {}),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function answerTo(pages: Pages, request: IncomingMessage): Promise<AdminAnswer> {
  const { routes, posts } = pages
  const post = posts.get(request.url ?? '')
  if (post !== undefined) return await answerPost(post, request)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, body: 'Only GET and HEAD are answered here.\n' }
  }
  const asked = adminRequestOf(request)
  const handler = routes.get(asked.path)
  if (handler === undefined) {
    return { status: 404, body: `There are ${[...routes.keys()].sort().join(', ')}.\n` }
  }
  try {
    return await handler(asked)
  } catch (error) {
    return { status: 500, body: `${error instanceof Error ? error.message : String(error)}\n` }
  }
}

function adminRequestOf({ url = '/', headers }: IncomingMessage): AdminRequest {
  const [path = '/', query = ''] = url.split('?', 2)
  const header = (name: string): string => String(headers[name] ?? '')
  return { path, query: new URLSearchParams(query), header }
}

/** Nothing is read of whoever has not the token. */
async function answerPost(post: AdminPost, request: IncomingMessage): Promise<AdminAnswer> {
  if (request.method !== 'POST') return { status: 405, body: 'Only POST is answered here.\n' }
  const asked = adminRequestOf(request)
  if (!post.isAllowed(asked.header('authorization'), asked)) {
    return { status: 403, body: 'This is for operators, with their token.\n' }
  }
  const chunks: Buffer[] = []
  let byteCount = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      byteCount += chunk.length
      if (byteCount > post.bytesMax) {
        return { status: 413, body: `A body may have at most ${post.bytesMax} bytes.\n` }
      }
      chunks.push(chunk)
    }
    return await post.answer(Buffer.concat(chunks), asked)
  } catch (error) {
    return { status: 500, body: `${error instanceof Error ? error.message : String(error)}\n` }
  }
}

async function metrics(register: Registry): Promise<AdminAnswer> {
  return { contentType: register.contentType, body: await register.metrics() }
}

async function readiness(isReady: AdminOptions['isReady']): Promise<AdminAnswer> {
  const reason = await withinReadinessTimeout(isReady())
  return reason === undefined ? { body: 'ready\n' } : { status: 503, body: `${reason}\n` }
}

/** A check that hangs means not ready: an answer has to come before the prober gives up. */
async function withinReadinessTimeout(
  check: Promise<string | undefined>,
): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(
      () => resolve(`the readiness check took longer than ${readinessTimeoutMs} ms`),
      readinessTimeoutMs,
    )
  })
  try {
    return await Promise.race([check, late])
  } catch (error) {
    return `the readiness check failed: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    clearTimeout(timer)
  }
}
