// Who calls over HTTP: the token of a request, the user behind it, and how much each may ask.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import { bearerToken, checkedHost, cookieToken, isOriginAllowed } from '../admission.ts'
import type { KeyEntry, SessionEntry } from '../identity/identity.ts'
import type { Keys } from '../identity/keys.ts'
import type { Bucket, RateShape } from '../identity/rate-limit.ts'
import { Buckets, take, untilFullMs } from '../identity/rate-limit.ts'
import type { Resolved, Sessions } from '../identity/sessions.ts'
import { isEntry } from '../identity/sessions.ts'
import { rateBucketsMax } from '../limits.ts'
import type { Exchange } from './exchange.ts'

export type HttpCallersOptions = {
  readonly sessions: Sessions
  readonly keys: Keys
  readonly rate: RateShape
  readonly origins: ReadonlySet<string>
  /** '' where the Host header says it. */
  readonly publicUrl: string
}

export class HttpCallers {
  readonly #options: HttpCallersOptions
  readonly #buckets: Buckets

  constructor(options: HttpCallersOptions) {
    this.#options = options
    this.#buckets = new Buckets(options.rate, rateBucketsMax)
  }

  /**
   * Finds out who asks, by their token and by the key of their application. Whoever may not is refused here.
   * @param onKnown gets undefined for somebody who is not signed in
   */
  identify(exchange: Exchange, onKnown: (identity: SessionEntry | undefined) => void): void {
    this.#identifyUser(exchange, (identity) => {
      const key = exchange.header('x-api-key')
      if (key === '') onKnown(identity)
      else this.#takeFromKey(exchange, key, () => onKnown(identity))
    })
  }

  /**
   * Looks again at who was identified, for work that has taken its time. Counts nothing.
   * @param onChecked gets why they may not go on; undefined where they may
   */
  checkAgain(
    exchange: Exchange,
    { token }: SessionEntry,
    onChecked: (problem: ErrorBody | undefined) => void,
  ): void {
    const { sessions, keys } = this.#options
    const tell = (resolved: SessionEntry | ErrorBody): void =>
      onChecked(isEntry(resolved) ? undefined : resolved)
    const key = exchange.header('x-api-key')
    sessions.resolve(token, (resolved) => {
      if (isEntry(resolved) && key !== '') keys.resolve(key, tell)
      else tell(resolved)
    })
  }

  /** Counts the request against the key, now or after a word of a shard. */
  #takeFromKey(exchange: Exchange, key: string, onTaken: () => void): void {
    const { keys } = this.#options
    keys.resolve(key, (resolved) => {
      if (!isEntry(resolved)) {
        exchange.refuse(resolved)
        return
      }
      keys.take(resolved, (problem) => {
        tellTighter(exchange, resolved)
        if (problem === undefined) onTaken()
        else exchange.refuse(problem)
      })
    })
  }

  /**
   * Finds out who asks, now or after a word of a shard. Whoever may not is refused here.
   * @param onKnown gets undefined for somebody who is not signed in
   */
  #identifyUser(exchange: Exchange, onKnown: (identity: SessionEntry | undefined) => void): void {
    const credentials = this.#credentials(exchange)
    if ('refused' in credentials) {
      exchange.refuse(credentials.refused)
      return
    }
    const { token } = credentials
    if (token === undefined) {
      if (this.takeFromRate(exchange, undefined)) onKnown(undefined)
      return
    }
    this.resolve(exchange, token, (resolved) => {
      if (isEntry(resolved)) onKnown(resolved)
      else exchange.refuse(resolved)
    })
  }

  /** Whether a page of our own asks, or one that the operator named. */
  isOwnPage(exchange: Exchange): boolean {
    const origin = exchange.header('origin')
    if (origin !== '') {
      const host = checkedHost(exchange.header('host'))
      return isOriginAllowed(origin, { host, origins: this.#options.origins })
    }
    return exchange.header('sec-fetch-site') === 'same-origin'
  }

  /** What absolute links start with; '' where it cannot be told. */
  base(exchange: Exchange): string {
    if (this.#options.publicUrl !== '') return this.#options.publicUrl
    const host = checkedHost(exchange.header('host'))
    return host === '' ? '' : `http://${host}`
  }

  /**
   * Counts the request, and tells whose token this is, now or after a word of a shard. One that is not known yet counts
   * against the address: nobody has shards look at made-up ones without a limit. What was too much is refused here.
   */
  resolve(exchange: Exchange, token: string, onResolved: (resolved: Resolved) => void): void {
    const { sessions } = this.#options
    const known = sessions.cached(token, performance.now())
    if (!this.takeFromRate(exchange, known)) return
    if (known === undefined) sessions.resolve(token, onResolved)
    else onResolved(known)
  }

  /**
   * Counts the request against its user, or against its address where nobody is signed in.
   * @returns false where it was too much, and was refused
   */
  takeFromRate(exchange: Exchange, identity: SessionEntry | undefined): boolean {
    const problem = this.rateProblem(exchange, identity)
    if (problem !== undefined) exchange.refuse(problem)
    return problem === undefined
  }

  /** Counts the request likewise. @returns why it was too much; undefined where it was not */
  rateProblem(exchange: Exchange, identity: SessionEntry | undefined): ErrorBody | undefined {
    const { rate } = this.#options
    if (rate.perSecond === 0) return undefined
    const key = identity === undefined ? exchange.address : `user ${identity.userId}`
    const { bucket, problem } = this.#takeFrom(key)
    const resetAt = Math.ceil((Date.now() + untilFullMs(bucket, rate)) / 1000)
    exchange.extraHeaders['X-RateLimit-Limit'] = String(rate.burst)
    exchange.extraHeaders['X-RateLimit-Remaining'] = String(Math.floor(bucket.tokens))
    exchange.extraHeaders['X-RateLimit-Reset'] = String(resetAt)
    return problem
  }

  /** Counts what a socket has shards asked as a request of its address. @returns why it was too much, likewise */
  addressProblem(address: string): ErrorBody | undefined {
    return this.#options.rate.perSecond === 0 ? undefined : this.#takeFrom(address).problem
  }

  #takeFrom(key: string): { readonly bucket: Bucket; readonly problem: ErrorBody | undefined } {
    const nowMs = performance.now()
    const bucket = this.#buckets.of(key, nowMs)
    const retryAfterMs = take(bucket, this.#options.rate, nowMs)
    const problem = retryAfterMs === 0 ? undefined : failure('rate_limited', { retryAfterMs })
    return { bucket, problem }
  }

  /** The token of the header, or that of the cookie where it is certain that a page of ours sent it. */
  #credentials(
    exchange: Exchange,
  ): { readonly token: string | undefined } | { readonly refused: ErrorBody } {
    const authorization = exchange.header('authorization')
    if (authorization !== '') {
      const token = bearerToken(authorization)
      const message = 'Authorization must be Bearer TOKEN.'
      return token === undefined ? { refused: failure('unauthenticated', { message }) } : { token }
    }
    const token = cookieToken(exchange.header('cookie'))
    if (token === undefined || exchange.method === 'GET' || exchange.method === 'HEAD') {
      return { token }
    }
    const message = 'A session cookie counts only for pages of this server.'
    return this.isOwnPage(exchange) ? { token } : { refused: failure('forbidden', { message }) }
  }
}

/** Of the limits of the user and of the key, the headers tell the one of which less is left. */
function tellTighter({ extraHeaders }: Exchange, { quota }: KeyEntry): void {
  const nowMs = performance.now()
  const remaining = quota.remaining(nowMs)
  const ofUser = extraHeaders['X-RateLimit-Remaining']
  if (ofUser !== undefined && Number(ofUser) <= remaining) return
  extraHeaders['X-RateLimit-Limit'] = String(quota.limit)
  extraHeaders['X-RateLimit-Remaining'] = String(remaining)
  const resetAt = Math.ceil((Date.now() + quota.windowLeftMs(nowMs)) / 1000)
  extraHeaders['X-RateLimit-Reset'] = String(resetAt)
}
