// What a test gets back from an operation that it has run on one shard.

import type { ErrorBody } from '../../protocol/errors.ts'
import type { Answer } from '../../protocol/operation.ts'
import type { Decision, No } from '../../shard/operations/implement.ts'

export type Called<O> =
  | { readonly kind: 'answered'; readonly answer: Answer<O> }
  | No
  | { readonly kind: 'failed'; readonly error: ErrorBody }

/** A write whose password has been worked on, and that nobody has decided yet. */
export type Prepared<O> = {
  /** What it wants for itself alone. */
  readonly claims: readonly string[]
  decide(): Decision<O>
  /** Decides where nobody has, makes the event durable, applies it, and answers. */
  land(): Called<O>
}

export type From = {
  /** The gateway's number of the socket; none for HTTP. */
  readonly slot?: number
  readonly tokenHash?: string
}
