// The HTTP routes, made of the definitions: which parameters stand in the path, which in the query or
// the body, and what an answer's headers are taken from.

import type { Notation } from '../../protocol/check.ts'
import { checkFields, FieldProblem } from '../../protocol/check.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import type { Fields } from '../../protocol/fields.ts'
import type { HttpRoute, Operation } from '../../protocol/operation.ts'
import { pickValue } from '../../protocol/pick.ts'
import { operationsByCode } from '../../protocol/registry.ts'
import { fieldError } from '../calls.ts'

export type Route = {
  readonly operation: Operation
  readonly method: HttpRoute['method']
  /** `/v1/users/{userId}/follow` */
  readonly path: string
  /** The same as the native router writes it: `/v1/users/:userId/follow`. */
  readonly pattern: string
  readonly pathNames: readonly string[]
  readonly pathFields: Fields
  /** What is not in the path: in the query of GET and DELETE, in the body of POST and PUT. */
  readonly otherFields: Fields
  readonly hasBody: boolean
  readonly status: number
  readonly hasIdempotencyKey: boolean
  readonly hasOlderCursor: boolean
}

/** Every operation that has an HTTP route, in the order of their codes. */
export const routes: readonly Route[] = [...operationsByCode.values()].flatMap((operation) =>
  operation.http === undefined ? [] : [routeFor(operation, operation.http)],
)

function routeFor(operation: Operation, http: HttpRoute): Route {
  const pathNames = [...http.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
  const pathFields: Record<string, Fields[string]> = {}
  const otherFields: Record<string, Fields[string]> = {}
  for (const name in operation.request) {
    const fields = pathNames.includes(name) ? pathFields : otherFields
    fields[name] = operation.request[name]!
  }
  return {
    operation,
    method: http.method,
    path: http.path,
    pattern: http.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    pathNames,
    pathFields,
    otherFields,
    hasBody: http.method === 'POST' || http.method === 'PUT',
    status: http.status ?? 200,
    hasIdempotencyKey: Object.hasOwn(operation.request, 'operationId'),
    hasOlderCursor: Object.hasOwn(operation.answer, 'olderCursor'),
  }
}

export type RawParams = {
  /** As they stand in the URL: not yet decoded. */
  readonly path: readonly string[]
  readonly other: unknown
  readonly otherNotation: Notation
  readonly idempotencyKey: string
}

/** The parameters of a request, checked by the definition; or what is wrong with them. */
export function checkParams(
  route: Route,
  raw: RawParams,
): { readonly checked: Record<string, unknown> } | { readonly refused: ErrorBody } {
  const path: Record<string, unknown> = Object.create(null)
  for (const [place, name] of route.pathNames.entries()) {
    const text = decodeText(raw.path[place] ?? '')
    if (text === undefined) return refuse(name, 'must be percent-encoded UTF-8')
    path[name] = text
  }
  const inPath = checkFields(route.pathFields, path, 'text')
  if (inPath instanceof FieldProblem) return { refused: fieldError(inPath) }
  const other = withIdempotencyKey(route, raw)
  if (other === undefined) return refuse('operationId', 'differs from the Idempotency-Key header')
  const elsewhere = checkFields(route.otherFields, other, raw.otherNotation)
  if (elsewhere instanceof FieldProblem) return { refused: fieldError(elsewhere) }
  return { checked: { ...inPath, ...elsewhere } }
}

/** @returns undefined where the header and the body name different keys. */
function withIdempotencyKey(route: Route, raw: RawParams): unknown {
  const { other, idempotencyKey } = raw
  if (!route.hasIdempotencyKey || idempotencyKey === '') return other
  if (typeof other !== 'object' || other === null || Array.isArray(other)) return other
  const given = Object.hasOwn(other, 'operationId')
    ? (other as Record<string, unknown>)['operationId']
    : undefined
  if (given !== undefined && given !== idempotencyKey) return undefined
  return { ...other, operationId: idempotencyKey }
}

/** The parameters of a query; a name that is given twice is refused rather than guessed at. */
export function queryParams(
  query: string,
): { readonly params: Record<string, string> } | { readonly refused: ErrorBody } {
  const params: Record<string, string> = Object.create(null)
  for (const [name, value] of pairsOf(query)) {
    if (name in params) return refuse(name.slice(0, 64), 'is given twice')
    params[name] = value
  }
  return { params }
}

/** Most queries, such as `limit=20`, have nothing in them to decode, and are quickly read. */
function pairsOf(query: string): Iterable<[string, string]> {
  if (query === '') return []
  if (!plainQuery.test(query)) return new URLSearchParams(query)
  return query.split('&').map((pair) => pair.split('=') as [string, string])
}
const plainQuery = /^[\w.*-]+=[\w.*-]*(?:&[\w.*-]+=[\w.*-]*)*$/

/** The `Location` of what was made: `/v1/tweets/{tweet.id}`, filled in from the answer. */
export function locationOf(operation: Operation, result: Uint8Array): string | undefined {
  return operation.http?.location?.replaceAll(/\{([\w.]+)\}/g, (_, path: string) =>
    encodeURIComponent(String(pickValue(operation.answer, result, path.split('.')))),
  )
}

/** The `Link` to the next page. */
export function nextLink(page: {
  readonly olderCursor: string
  readonly base: string
  readonly path: string
  readonly query: string
}): string {
  return `<${page.base}${page.path}?${queryBefore(page.query, page.olderCursor)}>; rel="next"`
}

/** The query with another `before`. Most have none, and nothing in them or in the cursor to encode. */
function queryBefore(query: string, cursor: string): string {
  const isPlain = plainQuery.test(query) && plainCursor.test(cursor)
  if (isPlain && !query.includes('before=')) return `${query}&before=${cursor}`
  const params = new URLSearchParams(query)
  params.set('before', cursor)
  return params.toString()
}
const plainCursor = /^[\w.*-]+$/

function decodeText(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    // The only way to find out whether it can be decoded; the caller says which parameter it is.
    return undefined
  }
}

function refuse(field: string, problem: string): { readonly refused: ErrorBody } {
  return { refused: failure('bad_request', { field, message: `${field} ${problem}` }) }
}
