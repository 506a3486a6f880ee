// What somebody of the digest run does.

import type { OperationName } from '../../../protocol/registry.ts'

/** One request of somebody, and what is learnt from its answer. */
export type Deed = {
  readonly name: OperationName
  readonly actor: number
  readonly params: Record<string, unknown>
  readonly tokenHash?: string
  readonly learn?: (answer: Uint8Array) => void
}
