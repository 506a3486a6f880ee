// Who may use the console: whoever shows the operators' token, or a cookie that says they did.
//
// The cookie holds the end of its time and a proof that somebody with the token set it; the token itself
// never leaves the form. Nothing is kept for it: it counts at every gateway that has the same token, also
// after a restart, and no longer when the token is changed. It goes with requests of our own pages alone
// (SameSite=Strict), and what changes something has to come from a page of ours by its Origin as well.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { AdminRequest } from '../../protocol/std/admin.ts'

export const consoleCookie = 'rookery_console'
const lifetimeMs = 12 * 60 * 60 * 1000
/** Wrong tokens within a minute; then nobody can sign in until the minute is over. */
const wrongTokensMax = 10
const wrongTokensWindowMs = 60_000

export class ConsoleAccess {
  readonly #token: string
  readonly #now: () => number
  #wrongTokens: number[] = []

  constructor(options: {
    /** Not empty. */
    readonly token: string
    /** Milliseconds since 1970. */
    readonly now: () => number
  }) {
    this.#token = options.token
    this.#now = options.now
  }

  /** Whether the request shows the token, or a cookie that counts. */
  isAllowed(request: AdminRequest): boolean {
    const authorization = request.header('authorization')
    if (authorization !== '') return isSame(authorization, `Bearer ${this.#token}`)
    return this.#isCookieGood(cookieOf(request.header('cookie')))
  }

  /** The same for what changes something: a cookie alone does not show that a page of ours asks. */
  isAllowedToAct(request: AdminRequest): boolean {
    if (!this.isAllowed(request)) return false
    return request.header('authorization') !== '' || isOwnPage(request)
  }

  /**
   * Takes a token from the form.
   * @returns the cookie to set; undefined where the token is wrong
   */
  signIn(token: string, { isSecure }: { readonly isSecure: boolean }): string | undefined {
    const nowMs = this.#now()
    if (!isSame(token, this.#token)) {
      this.#wrongTokens.push(nowMs)
      return undefined
    }
    const expiresAtMs = nowMs + lifetimeMs
    const value = `${expiresAtMs}.${this.#proof(expiresAtMs)}`
    return cookieLine(value, { maxAgeSeconds: lifetimeMs / 1000, isSecure })
  }

  /** Whether so many wrong tokens came of late that none is looked at. */
  get isClosed(): boolean {
    const since = this.#now() - wrongTokensWindowMs
    this.#wrongTokens = this.#wrongTokens.filter((atMs) => atMs > since)
    return this.#wrongTokens.length >= wrongTokensMax
  }

  #isCookieGood(value: string): boolean {
    const [expires = '', proof = ''] = value.split('.')
    if (!/^\d{13,15}$/.test(expires) || Number(expires) <= this.#now()) return false
    return isSame(proof, this.#proof(Number(expires)))
  }

  #proof(expiresAtMs: number): string {
    const hmac = createHmac('sha256', this.#token)
    return hmac.update(`rookery.console.v1 ${expiresAtMs}`).digest('base64url')
  }
}

/** What takes the cookie away. */
export function signOutCookie(): string {
  return cookieLine('', { maxAgeSeconds: 0, isSecure: false })
}

/** Whether a page that this port has served asks, by what the browser says of it. */
export function isOwnPage(request: AdminRequest): boolean {
  const origin = request.header('origin')
  if (origin === '') return request.header('sec-fetch-site') === 'same-origin'
  return (
    /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, '') === request.header('host')
  )
}

function cookieLine(value: string, of: { maxAgeSeconds: number; isSecure: boolean }): string {
  const secure = of.isSecure ? '; Secure' : ''
  return `${consoleCookie}=${value}; Path=/console; Max-Age=${of.maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`
}

function cookieOf(header: string): string {
  const pairs = header.split(';').map((pair) => pair.trim())
  const found = pairs.find((pair) => pair.startsWith(`${consoleCookie}=`))
  return found?.slice(consoleCookie.length + 1) ?? ''
}

/** Digests have one length, and comparing them takes the same time wherever they differ. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(digestOf(given), digestOf(expected))
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
