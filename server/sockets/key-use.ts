// The key of a socket: brought by the upgrade, or by the sign-in of a program that can send no headers.
//
// An upgrade or a sign-in that has a shard asked, about a token or a key that is not known here, counts as an HTTP request
// of its address: made-up ones would have shards work without a limit otherwise, whatever the number of sockets.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import type { Exchange } from '../http/exchange.ts'
import type { HttpCallers } from '../http/http-callers.ts'
import { isEntry } from '../identity/confirmed.ts'
import type { KeyEntry, SessionEntry } from '../identity/identity.ts'
import type { Keys } from '../identity/keys.ts'
import type { Sessions } from '../identity/sessions.ts'
import { keyConnectionsMax } from '../limits.ts'
import type { Session } from './session.ts'

/** Who asks for a socket: undefined for what the headers did not say. */
export type UpgradeCaller = {
  readonly identity: SessionEntry | undefined
  readonly key: KeyEntry | undefined
}

export type UpgradePorts = {
  readonly keys: Keys
  readonly sessions: Sessions
  readonly callers: Pick<HttpCallers, 'rateProblem' | 'addressProblem'>
}

/** What an upgrade brings; `key` is '' where there is none. */
export type UpgradeGiven = {
  readonly exchange: Exchange
  readonly token: string | undefined
  /** Whose the session has to be; anybody's where it is undefined. */
  readonly userId: number | undefined
  readonly key: string
}

/**
 * Finds out who asks for a socket, now or after words of shards. The upgrade counts as one of the requests of a
 * key.
 * @param onKnown gets why they may not have one, where that is so
 */
export function identifyUpgrade(
  ports: UpgradePorts,
  given: UpgradeGiven,
  onKnown: (caller: UpgradeCaller | ErrorBody) => void,
): void {
  const { keys, sessions } = ports
  const tooMuch = takeForQuestions(ports, given)
  if (tooMuch !== undefined) {
    onKnown(tooMuch)
    return
  }
  const withKey = (key: KeyEntry | undefined): void => {
    const withIdentity = (identity: SessionEntry | undefined): void =>
      onKnown(isOf(given.userId, identity) ? { identity, key } : notTheirs())
    if (given.token === undefined) {
      withIdentity(undefined)
      return
    }
    sessions.resolve(given.token, (resolved) => {
      if (isEntry(resolved)) withIdentity(resolved)
      else onKnown(resolved)
    })
  }
  if (given.key === '') {
    withKey(undefined)
    return
  }
  keys.resolve(given.key, (entry) => {
    const problem = isEntry(entry) ? fullnessOf(entry) : entry
    if (problem !== undefined) onKnown(problem)
    else if (isEntry(entry)) {
      keys.take(entry, (exhausted) => {
        if (exhausted === undefined) withKey(entry)
        else onKnown(exhausted)
      })
    }
  })
}

function isOf(userId: number | undefined, identity: SessionEntry | undefined): boolean {
  return userId === undefined || userId === identity?.userId
}

function notTheirs(): ErrorBody {
  return failure('unauthenticated', { message: 'This is not a session of that user.' })
}

/** Counts an upgrade that has shards asked. @returns why it was too much; undefined where it was not */
function takeForQuestions(ports: UpgradePorts, given: UpgradeGiven): ErrorBody | undefined {
  const { exchange, token } = given
  if (!hasShardsAsked(ports, given)) return undefined
  const known = token === undefined ? undefined : ports.sessions.cached(token, performance.now())
  return ports.callers.rateProblem(exchange, known)
}

/** Counts a sign-in by a token that has shards asked. @returns likewise */
export function takeForSignIn(
  ports: UpgradePorts,
  given: { readonly address: string; readonly token: string; readonly key: string },
): ErrorBody | undefined {
  return hasShardsAsked(ports, given) ? ports.callers.addressProblem(given.address) : undefined
}

function hasShardsAsked(
  { keys, sessions }: UpgradePorts,
  { token, key }: { readonly token: string | undefined; readonly key: string },
): boolean {
  const nowMs = performance.now()
  const isTokenAskedFor = token !== undefined && sessions.cached(token, nowMs) === undefined
  return isTokenAskedFor || (key !== '' && keys.cached(key, nowMs) === undefined)
}

/** The socket uses this key from now on, for good. @returns why it cannot; undefined where it does */
export function useKey(session: Session, entry: KeyEntry): ErrorBody | undefined {
  if (session.key === entry || !session.isOpen) return undefined
  if (session.key !== undefined) {
    return failure('conflict', { message: 'This socket uses another API key.' })
  }
  const full = fullnessOf(entry)
  if (full !== undefined) return full
  session.key = entry
  entry.sockets.add(session)
  return undefined
}

/** Why no more sockets may use a key; undefined where they may. */
function fullnessOf({ sockets }: KeyEntry): ErrorBody | undefined {
  if (sockets.size < keyConnectionsMax) return undefined
  const message = 'Too many connections with this API key.'
  return failure('rate_limited', { message, retryAfterMs: 5000 })
}
