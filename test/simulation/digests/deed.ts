// What somebody of the digest run does.

import type { Fields } from '../../../protocol/fields.ts'
import { pickValue } from '../../../protocol/pick.ts'
import type { OperationName } from '../../../protocol/registry.ts'
import { operations } from '../../../protocol/registry.ts'

/** One request of somebody, and what is learnt from its answer. */
export type Deed = {
  readonly name: OperationName
  readonly actor: number
  readonly params: Record<string, unknown>
  readonly tokenHash?: string
  readonly learn?: (answer: Uint8Array) => void
}

export function passwordOf(handle: string): string {
  return `password of ${handle}`
}

/** What stands in an answer under these names. */
export function picked<T>(name: OperationName, answer: Uint8Array, path: readonly string[]): T {
  return pickValue(operations[name].answer as Fields, answer, path) as T
}
