// What a call is: the types of every operation, from its definition, and the params as they travel.

import type { Value } from '../../../protocol/fields.ts'
import type { Answer, Params, Push } from '../../../protocol/operation.ts'
import type { pushes } from '../../../protocol/pushes/index.ts'
import type { OperationName, Operations } from '../../../protocol/registry.ts'

export type { OperationName }
export type CallParams<N extends OperationName> = Params<Operations[N]>
export type CallAnswer<N extends OperationName> = Answer<Operations[N]>

type Pushes = typeof pushes
export type PushName = keyof Pushes
export type PushData<N extends PushName> =
  Pushes[N] extends Push<infer D> ? { readonly [K in keyof D]: Value<D[K]> } : never

/** Calls an operation. Rejects with a RequestFailure. */
export type Call = <N extends OperationName>(
  name: N,
  params: CallParams<N>,
) => Promise<CallAnswer<N>>

/** A user reference travels as an id or as `@handle`; everything else as it is. */
export function paramsOnWire(params: object): Record<string, unknown> {
  const sent: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(params)) {
    sent[name] = name === 'user' ? referenceOnWire(value) : value
  }
  return sent
}

function referenceOnWire(reference: unknown): number | string {
  const { id, handle } = reference as { id?: number; handle?: string }
  return id ?? `@${handle}`
}
