// Calls over HTTP: for whoever is not signed in, and for signing in, since only HTTP can set the cookie.

import type { ErrorBody } from '../../../protocol/errors.ts'
import { failure, RequestFailure } from '../../../protocol/errors.ts'
import type { CallAnswer, CallParams, OperationName } from './call.ts'
import { paramsOnWire } from './call.ts'
import { callTimeoutMs } from './limits.ts'
import { decode, encode } from './message-pack.ts'

type Route = readonly [method: 'GET' | 'POST' | 'DELETE', path: string]

/** The routes of what a stranger may call: a test compares them with the definitions. */
export const httpRoutes = {
  'account.create': ['POST', '/v1/users'],
  'session.create': ['POST', '/v1/sessions'],
  'account.delete': ['POST', '/v1/users/me/delete'],
  'session.end': ['DELETE', '/v1/sessions/current'],
  'user.get': ['GET', '/v1/users/{user}'],
  'favorites.list': ['GET', '/v1/users/{userId}/favorites'],
  'user.followers': ['GET', '/v1/users/{userId}/followers'],
  'user.following': ['GET', '/v1/users/{userId}/following'],
  'tweet.get': ['GET', '/v1/tweets/{tweetId}'],
  'tweet.conversation': ['GET', '/v1/tweets/{tweetId}/conversation'],
  'timeline.user': ['GET', '/v1/users/{userId}/tweets'],
  'timeline.tag': ['GET', '/v1/timelines/tags/{tag}'],
  'timeline.near': ['GET', '/v1/timelines/near'],
  'timeline.list': ['GET', '/v1/lists/{listId}/tweets'],
  'list.get': ['GET', '/v1/lists/{listId}'],
  'list.members': ['GET', '/v1/lists/{listId}/members'],
  'lists.ofUser': ['GET', '/v1/users/{userId}/lists'],
  'moment.get': ['GET', '/v1/moments/{momentId}'],
  'moments.ofUser': ['GET', '/v1/users/{userId}/moments'],
  'search.tweets': ['GET', '/v1/search/tweets'],
  'search.users': ['GET', '/v1/search/users'],
  'trends.list': ['GET', '/v1/trends'],
} as const satisfies Partial<Record<OperationName, Route>>

/** Asks over HTTP. Rejects with RequestFailure; `unauthenticated` for what has no route here. */
export async function callOverHttp<N extends OperationName>(
  name: N,
  params: CallParams<N>,
): Promise<CallAnswer<N>> {
  const route: Route | undefined = httpRoutes[name as keyof typeof httpRoutes]
  if (route === undefined) {
    throw new RequestFailure(failure('unauthenticated', { message: 'Log in first.' }))
  }
  const { method, url, body } = requestOf(route, paramsOnWire(params))
  const response = await fetchQuietly(url, {
    method,
    headers: {
      Accept: 'application/msgpack',
      ...(body === undefined ? {} : { 'Content-Type': 'application/msgpack' }),
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(callTimeoutMs),
  })
  if (!response.ok) throw new RequestFailure(await problemOf(response))
  if (response.status === 204) return {} as CallAnswer<N>
  return decode(new Uint8Array(await response.arrayBuffer())) as CallAnswer<N>
}

/** The method, address and body of a call by its route; what is not in the path is in the query or the body. */
export function requestOf(
  [method, template]: Route,
  params: Readonly<Record<string, unknown>>,
): { method: string; url: string; body: Uint8Array<ArrayBuffer> | undefined } {
  const left = { ...params }
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(left[name])
    delete left[name]
    return encodeURIComponent(value)
  })
  if (method === 'POST') return { method, url: path, body: encode(left) }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(left)) {
    if (value !== undefined) query.set(name, String(value))
  }
  const text = query.toString()
  return { method, url: text === '' ? path : `${path}?${text}`, body: undefined }
}

export async function fetchQuietly(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    const message = 'The server cannot be reached.'
    throw new RequestFailure(failure('unavailable', { message }), { cause })
  }
}

export async function problemOf(response: Response): Promise<ErrorBody> {
  try {
    const { code, detail, title, retry, field } = (await response.json()) as Record<string, string>
    const message = detail ?? title ?? 'The server refused.'
    return {
      code: code ?? 'internal',
      message,
      retry: (retry ?? 'never') as ErrorBody['retry'],
      ...(field === undefined ? {} : { field }),
    }
  } catch {
    // What stands between may answer with anything; the status is what is left.
    return failure('unavailable', { message: `The server answered ${response.status}.` })
  }
}
