// Applies an entry of a log to a state that stands on the side: nothing is pushed, nobody waits.

import { decodeEvent } from '../protocol/event.ts'
import { handlersByCode } from './handlers.ts'
import type { AnyWriteHandler } from './primary-ports.ts'
import { isDigestEntry } from './replication/digest-entry.ts'
import type { ShardState } from './state/shard-state.ts'

export function applyTo(state: ShardState, payload: Uint8Array): void {
  if (isDigestEntry(payload)) return
  const { operation, event } = decodeEvent(payload)
  const handler = handlersByCode.get(operation.code) as AnyWriteHandler
  handler.apply(state, event)
}
