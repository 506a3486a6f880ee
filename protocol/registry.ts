// All operations, by the names that clients say and by the codes on our own wires: derived from the
// registry, which is a line for each operation in operations/index.ts.

import type { Operation } from './operation.ts'
import * as definitions from './operations/index.ts'

type Definitions = typeof definitions

/** Every operation under its name, with its exact types. */
export type Operations = {
  readonly [K in keyof Definitions as Definitions[K]['name']]: Definitions[K]
}

export type OperationName = keyof Operations

const inOrder: readonly Operation[] = Object.values(definitions as Record<string, Operation>).sort(
  (left, right) => left.code - right.code,
)

export const operations = Object.fromEntries(
  inOrder.map((operation) => [operation.name, operation]),
) as unknown as Operations

/** The definition of a name that a client sent; undefined where there is none. */
export function operationNamed(name: string): Operation | undefined {
  return Object.hasOwn(operations, name) ? operations[name as OperationName] : undefined
}

/** By wire code, for the two ends of a cluster link and for the log. */
export const operationsByCode: ReadonlyMap<number, Operation> = new Map(
  inOrder.map((operation) => [operation.code, operation]),
)
