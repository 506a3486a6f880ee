// Who may open a socket: decided on the upgrade, before the socket exists.
//
// In this order: is the server taking sockets, does the page that asks belong here, do we speak one of
// its subprotocols, and whose token is it. Everything here is a pure function of the headers and the query.

import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import { parseId } from '../protocol/ids.ts'

export type Encoding = { readonly isBinary: boolean; readonly subprotocol: string }

const encodings: Readonly<Record<string, boolean>> = {
  'rookery.v1.msgpack': true,
  'rookery.v1.json': false,
}

/**
 * Chooses the first subprotocol that we speak; none offered is JSON.
 * @param header `Sec-WebSocket-Protocol`, '' where it is absent
 * @returns undefined where only unknown ones are offered.
 */
export function chooseEncoding(header: string): Encoding | undefined {
  if (header.trim() === '') return { isBinary: false, subprotocol: '' }
  for (const offered of header.split(',')) {
    const name = offered.trim()
    if (Object.hasOwn(encodings, name)) {
      return { isBinary: encodings[name] as boolean, subprotocol: name }
    }
  }
  return undefined
}

/**
 * Whether a page of this origin may use the server: one of our own host, or one that the operator
 * named. Compared as a whole, never by a part of it.
 */
export function isOriginAllowed(
  origin: string,
  server: { readonly host: string; readonly origins: ReadonlySet<string> },
): boolean {
  if (server.origins.has(origin)) return true
  const host = server.host.toLowerCase()
  return host !== '' && (origin === `http://${host}` || origin === `https://${host}`)
}

const hostPattern = /^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?$/

/** The `Host` header where it is one; '' where it could be used to smuggle anything else. */
export function checkedHost(header: string): string {
  return hostPattern.test(header) ? header : ''
}

export const sessionCookie = 'rookery_session'

/** The token of `Authorization: Bearer TOKEN`; undefined where there is none. */
export function bearerToken(header: string): string | undefined {
  const match = /^bearer +([\x21-\x7e]{1,128})$/i.exec(header)
  return match?.[1]
}

/** The token of the session cookie; undefined where there is none. */
export function cookieToken(header: string): string | undefined {
  for (const pair of header.split(';')) {
    const split = pair.indexOf('=')
    if (split > 0 && pair.slice(0, split).trim() === sessionCookie) {
      const token = pair.slice(split + 1).trim()
      return token === '' ? undefined : token
    }
  }
  return undefined
}

export type UpgradeHeaders = {
  readonly connection: string
  readonly authorization: string
  readonly cookie: string
  readonly origin: string
  readonly host: string
  readonly subprotocols: string
}

export type Admission =
  | {
      readonly encoding: Encoding
      readonly token: string | undefined
      /** Whose the session has to be; undefined where the query does not say. */
      readonly userId: number | undefined
    }
  | { readonly refused: ErrorBody; readonly status?: number }

/** What the headers and the query of an upgrade allow, before anybody is asked whose token it is. */
export function admit(
  headers: UpgradeHeaders,
  { query, origins }: { readonly query: string; readonly origins: ReadonlySet<string> },
): Admission {
  // Also because the native layer ends a connection that is to be closed in the middle of an upgrade
  // that waited for a shard, and then takes it for open.
  if (!/\bupgrade\b/i.test(headers.connection)) {
    return refuse('bad_request', 'Connection must be Upgrade.')
  }
  const host = checkedHost(headers.host)
  if (headers.origin !== '' && !isOriginAllowed(headers.origin, { host, origins })) {
    return refuse('forbidden', 'Pages of this origin may not use this server.')
  }
  const encoding = chooseEncoding(headers.subprotocols)
  if (encoding === undefined) {
    const known = Object.keys(encodings).join(' or ')
    return refuse('bad_request', `The subprotocol must be ${known}.`)
  }
  const user = new URLSearchParams(query).getAll('user')
  const userId = user.length === 1 ? parseId(user[0]!) : undefined
  if (user.length > 0 && userId === undefined) return refuse('bad_request', 'user must be one id.')
  if (headers.authorization !== '') {
    const token = bearerToken(headers.authorization)
    if (token === undefined) return refuse('unauthenticated', 'Authorization must be Bearer TOKEN.')
    return { encoding, token, userId }
  }
  const token = cookieToken(headers.cookie)
  if (token !== undefined && headers.origin === '') {
    // A browser always says where a page comes from; whoever does not could be steered by another page.
    return refuse('forbidden', 'A session cookie counts only together with an Origin.')
  }
  return { encoding, token, userId }
}

function refuse(code: 'forbidden' | 'bad_request' | 'unauthenticated', message: string): Admission {
  return { refused: failure(code, { message }) }
}
