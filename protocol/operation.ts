// What an operation is.
//
// One file of `operations/` defines one operation as data: its name, who may call it, whose
// partition answers it, what it takes, gives, refuses and writes to the log, and its HTTP route.
// Routing, validation, encodings, HTTP, OpenAPI, documentation, metric labels and the types of
// clients and handlers all follow from that definition. There is no list of operations anywhere
// but the registry, and no `switch` over them.

import type { Refusal } from './errors.ts'
import type { Fields, OptionalField, TextField, Values } from './fields.ts'
import { f } from './fields.ts'
import { operationIdLengthMax } from './limits.ts'

/**
 * Whose partition runs the operation.
 *   actor            the signed-in user's: nearly all writes, and what only they may see
 *   handle           that of `handle`, for those who are not yet signed in
 *   token            that of the user inside `token`
 *   partition        the one that the parameter names: for an operator, who knows where things lie
 *   subject          that of the user or tweet that the parameter names: where alone all of it is known
 *   readerOr         a read of what every shard knows: the reader's own, where their own writes are
 *                    seen at once; for someone not signed in, that of what the parameter names
 *   anywhere         a read of what every shard knows, and that names nobody: the reader's own; for someone
 *                    not signed in, any, the same for the same request
 */
export type Owner =
  | 'actor'
  | 'anywhere'
  | 'handle'
  | 'token'
  | { readonly partition: string }
  | { readonly subject: string }
  | { readonly readerOr: string }

export type HttpRoute = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `{name}` is a parameter of the request. */
  readonly path: string
  /** 200 unless said otherwise; 204 sends no body. */
  readonly status?: number
  /** The `Location` of what was made, from the answer: `/v1/tweets/{tweet.id}`. */
  readonly location?: string
}

export type Operation<
  Q extends Fields = Fields,
  A extends Fields = Fields,
  E extends Fields = Fields,
  R extends string = string,
  N extends string = string,
> = {
  /** `noun.verb`, as clients say it. */
  readonly name: N
  /** On the wire between gateway and shard, and in the log. A retired code is never used again. */
  readonly code: number
  readonly summary: string
  readonly owner: Owner
  /**
   * `anyone` includes those who are not signed in. What is an `operator`'s has no way in on the port of
   * clients: it comes by the admin port of a gateway, with the operators' token.
   */
  readonly access: 'anyone' | 'user' | 'operator'
  readonly request: Q
  readonly answer: A
  /** What is written to the log; absent for an operation that only reads. */
  readonly event?: E
  readonly refusals: Readonly<Record<R, Refusal>>
  /** Absent for what only a WebSocket can do. */
  readonly http?: HttpRoute
  /** What it does to the session of the socket that sent it. */
  readonly session?: 'opens' | 'resumes' | 'ends'
  /** Checks a password: limited for each address and handle. */
  readonly isCredential?: boolean
  /** Changes what a socket is sent: only a WebSocket can call it. */
  readonly isLive?: boolean
  /**
   * A client sends a file to its HTTP route. The gateway keeps the file and makes the parameters of what is
   * in it; nobody else can say them.
   */
  readonly isUpload?: boolean
  /**
   * Its tweets come from a shard that does not know the reader, without `viewer`. The gateway asks the reader's own
   * for it (`tweet.marks`).
   */
  readonly lacksViewer?: boolean
  /**
   * A gateway keeps its last answer for each reader, and sends it once more where the shard says that nothing it was
   * made of has changed. The answer ends with a text that goes by the moment.
   */
  readonly isConditional?: boolean
}

/** A client's key for one intended effect; the answer to a repeat is that of the first. */
export const operationId: OptionalField<TextField> = f.optional(
  f.text({
    lengthMax: operationIdLengthMax,
    meaning:
      'Chosen by the client; a retry with the same value takes effect once. Over HTTP: the Idempotency-Key header.',
    rule: (text) =>
      /^[\x21-\x7e]{1,64}$/.test(text)
        ? text
        : { problem: 'must be 1 to 64 visible ASCII characters' },
  }),
)

/** Keeps the exact types of a definition, so that handlers and clients are checked against it. */
export function defineOperation<
  const Q extends Fields,
  const A extends Fields,
  const E extends Fields,
  const N extends string,
  const R extends string = never,
>(definition: Operation<Q, A, E, R, N>): Operation<Q, A, E, R, N> {
  return definition
}

/** The parameters, answer, event and refusals of an operation, as types. */
export type Params<O> = O extends { readonly request: infer Q extends Fields } ? Values<Q> : never
export type Answer<O> = O extends { readonly answer: infer A extends Fields } ? Values<A> : never
export type Event<O> = O extends { readonly event?: infer E extends Fields } ? Values<E> : never
export type RefusalCode<O> = O extends { readonly refusals: Readonly<Record<infer R, Refusal>> }
  ? R & string
  : never

/** A message that a server sends of its own accord: `[0, event, data]`. */
export type Push<D extends Fields = Fields> = {
  readonly name: string
  readonly code: number
  readonly summary: string
  readonly data: D
  /** The path to an id in the data that was given out when what is told was accepted. */
  readonly acceptedId?: readonly string[]
}

export function definePush<const D extends Fields>(definition: Push<D>): Push<D> {
  return definition
}
