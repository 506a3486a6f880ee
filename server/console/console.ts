// The operators' console on the admin port of a gateway.
//
//   GET  /console            the page, or the form to sign in
//   GET  /console/data       the cluster at a glance, as JSON: ?since=MS for the points of the charts after that
//   POST /console/sign-in    token=…        -> a cookie
//   POST /console/sign-out
//   POST /console/drain      {"process": "shard-1"}
//   POST /console/move       {"partition": 7, "to": "shard-1"}        "" lets the ring decide
//
// With `Authorization: Bearer TOKEN` everything works without a browser. Without ROOKERY_OPERATOR_TOKEN the
// page says how to switch it on, and there is nothing else.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AdminAnswer, AdminHandler, AdminPost } from '../../protocol/std/admin.ts'
import type { OperatedShard } from '../links/shards.ts'
import { ConsoleAccess, isOwnPage, signOutCookie } from './access.ts'
import type { ClusterWatch } from './watch.ts'

/** A token, or the name of a process. */
const bodyBytesMax = 1_024
const refreshHeaders = { Location: '/console' }

/** Nothing but what this port serves: no inline script or style, no frame around it, nothing from outside. */
const pageHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // Not `no-referrer`: a form's Origin would be `null` then, and nobody could sign in.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

const contentTypes = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
} as const

const ownFiles = [
  'console.css',
  'icon.svg',
  'console.js',
  'charts.js',
  'format.js',
  'partition-map.js',
  'tables.js',
] as const

export type ConsoleParts = {
  readonly gateway: string
  /** '' where there is no console. */
  readonly token: string
  readonly watch: Pick<ClusterWatch, 'data' | 'ask'>
  shards(): readonly OperatedShard[]
  /** Ends this gateway in good order. */
  drain(): void
}

export type ConsolePages = {
  readonly routes: Readonly<Record<string, AdminHandler>>
  readonly posts: Readonly<Record<string, AdminPost>>
}

/** The pages of the console, for the admin server. */
export function consolePages(parts: ConsoleParts): ConsolePages {
  const { token } = parts
  const files = readFiles()
  if (token === '') {
    const off = pageOf(files.get('off.html'), 404)
    return {
      routes: {
        '/console': () => off,
        '/console/console.css': () => files.get('console.css')!,
        '/console/icon.svg': () => files.get('icon.svg')!,
      },
      posts: {},
    }
  }
  const access = new ConsoleAccess({ token, now: Date.now })
  return { routes: routesOf(parts, { access, files }), posts: postsOf(parts, access) }
}

function routesOf(
  { watch }: ConsoleParts,
  { access, files }: { access: ConsoleAccess; files: Files },
): Record<string, AdminHandler> {
  const routes: Record<string, AdminHandler> = {
    '/console': (request) => {
      if (access.isAllowed(request)) return pageOf(files.get('console.html'), 200)
      const isWrong = request.query.has('wrong')
      return pageOf(files.get(isWrong ? 'sign-in-again.html' : 'sign-in.html'), 401)
    },
    '/console/data': async (request) => {
      if (!access.isAllowed(request)) return refused(401, 'Sign in at /console.')
      const sinceMs = Number(request.query.get('since') ?? 0)
      return json(200, await watch.data(Number.isFinite(sinceMs) ? sinceMs : 0))
    },
  }
  // Scripts and styles are the same for everybody, and say nothing about the cluster.
  for (const [name, file] of files) {
    if (!name.endsWith('.html')) routes[`/console/${name}`] = () => file
  }
  return routes
}

function postsOf(parts: ConsoleParts, access: ConsoleAccess): Record<string, AdminPost> {
  const act = (
    answer: (asked: Readonly<Record<string, unknown>>) => Promise<string | undefined>,
  ): AdminPost => ({
    bytesMax: bodyBytesMax,
    isAllowed: (_authorization, request) => request !== undefined && access.isAllowedToAct(request),
    answer: async (body) => {
      const asked = objectIn(body)
      if (asked === undefined) return refused(400, 'The body has to be a JSON object.')
      const why = await answer(asked)
      return why === undefined ? json(202, { done: true }) : refused(409, why)
    },
  })
  return {
    '/console/sign-in': signInPost(access),
    '/console/sign-out': {
      bytesMax: bodyBytesMax,
      isAllowed: (_authorization, request) => request !== undefined && isOwnPage(request),
      answer: async () => seeOther({ 'Set-Cookie': signOutCookie() }),
    },
    '/console/drain': act(({ process }) => drain(parts, process)),
    '/console/move': act((asked) => move(parts, asked)),
  }
}

function signInPost(access: ConsoleAccess): AdminPost {
  return {
    bytesMax: bodyBytesMax,
    isAllowed: (_authorization, request) => request !== undefined && isOwnPage(request),
    answer: async (body, request) => {
      if (access.isClosed) return refused(429, 'Too many wrong tokens: try again in a minute.')
      const token = new URLSearchParams(body.toString()).get('token') ?? ''
      const isSecure = request?.header('x-forwarded-proto') === 'https'
      const cookie = access.signIn(token, { isSecure })
      if (cookie === undefined) return seeOther({ Location: '/console?wrong' })
      return seeOther({ 'Set-Cookie': cookie })
    },
  }
}

/** A gateway that is not this one hears of it from a shard that both are linked to. */
async function drain(parts: ConsoleParts, process: unknown): Promise<string | undefined> {
  if (typeof process !== 'string') return 'process has to be the name of one.'
  if (process === parts.gateway) {
    parts.drain()
    return undefined
  }
  const shards = parts.shards().filter(({ isUp }) => isUp)
  const itself = shards.filter(({ name }) => name === process)
  let why: string | undefined = 'No shard can be asked.'
  for (const shard of itself.length > 0 ? itself : shards) {
    why = await parts.watch.ask(shard, { kind: 'drain', process })
    if (why === undefined) return undefined
  }
  return why
}

/** One shard is told; the others hear of it from there. */
async function move(
  parts: ConsoleParts,
  { partition, to }: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  if (!Number.isSafeInteger(partition)) return 'partition has to be a number.'
  if (typeof to !== 'string') return 'to has to be the name of a shard, or empty.'
  const shards = parts.shards().filter(({ isUp }) => isUp)
  const told = shards.find(({ name }) => name === to) ?? shards[0]
  if (told === undefined) return 'No shard can be asked.'
  return await parts.watch.ask(told, { kind: 'move', partition: partition as number, to })
}

function objectIn(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === 'object' && value !== null ? (value as never) : undefined
  } catch {
    // Whoever sent it is told what it has to be.
    return undefined
  }
}

type Files = ReadonlyMap<string, AdminAnswer>

/** Read once, at the start: they are small, and a running console does not change under an upgrade. */
function readFiles(): Files {
  const page = (name: string): Buffer =>
    readFileSync(new URL(`./page/${name}`, import.meta.url)) as Buffer
  const files = new Map<string, AdminAnswer>()
  for (const name of ['console.html', 'sign-in.html', 'off.html'] as const) {
    files.set(name, { contentType: contentTypes.html, body: page(name) })
  }
  const again = page('sign-in.html').toString().replace('<p hidden', '<p')
  files.set('sign-in-again.html', { contentType: contentTypes.html, body: again })
  for (const name of ownFiles) files.set(name, fileAnswer(name, page(name)))
  const { resolve } = createRequire(import.meta.url)
  for (const [name, path] of [
    ['uplot.js', 'uplot/dist/uPlot.esm.js'],
    ['uplot.css', 'uplot/dist/uPlot.min.css'],
  ] as const) {
    files.set(name, fileAnswer(name, readFileSync(resolve(path))))
  }
  return files
}

function fileAnswer(name: string, body: Buffer): AdminAnswer {
  const ending = name.slice(name.lastIndexOf('.') + 1) as keyof typeof contentTypes
  const contentType = contentTypes[ending]
  return { contentType, headers: pageHeaders, body }
}

function pageOf(file: AdminAnswer | undefined, status: number): AdminAnswer {
  return { contentType: contentTypes.html, body: '', ...file, status, headers: pageHeaders }
}

function json(status: number, value: object): AdminAnswer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` }
}

function refused(status: number, message: string): AdminAnswer {
  return json(status, { refused: message })
}

function seeOther(headers: Readonly<Record<string, string>>): AdminAnswer {
  return { status: 303, headers: { ...refreshHeaders, ...headers }, body: '' }
}
