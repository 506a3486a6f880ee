// The key of a socket: brought by the upgrade, or by the sign-in of a program that can send no headers.

import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import { isEntry } from './confirmed.ts'
import type { KeyEntry, SessionEntry } from './identity.ts'
import type { Keys } from './keys.ts'
import { keyConnectionsMax } from './limits.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'

/** Who asks for a socket: undefined for what the headers did not say. */
export type UpgradeCaller = {
  readonly identity: SessionEntry | undefined
  readonly key: KeyEntry | undefined
}

/**
 * Finds out who asks for a socket, now or after words of shards. The upgrade counts as one of the requests of a
 * key.
 * @param given.key '' where there is none
 * @param onKnown gets why they may not have one, where that is so
 */
export function identifyUpgrade(
  { keys, sessions }: { readonly keys: Keys; readonly sessions: Sessions },
  given: { readonly token: string | undefined; readonly key: string },
  onKnown: (caller: UpgradeCaller | ErrorBody) => void,
): void {
  const withKey = (key: KeyEntry | undefined): void => {
    if (given.token === undefined) {
      onKnown({ identity: undefined, key })
      return
    }
    sessions.resolve(given.token, (resolved) => {
      onKnown(isEntry(resolved) ? { identity: resolved, key } : resolved)
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
