// All handlers by the wire codes of their operations: derived from the registry, which is a line for
// each handler in operations/index.ts.

import type { OperationName } from '../protocol/registry.ts'
import type { Handler } from './operations/implement.ts'
import * as handlers from './operations/index.ts'

type Handlers = typeof handlers
type HandledName = Handlers[keyof Handlers]['operation']['name']

/** Where this does not compile, its type names the operations that have no handler. */
const unhandled: Record<Exclude<OperationName, HandledName>, never> = {}

/** The definition of each handler fixes its types; here they are told at run time. */
export const handlersByCode: ReadonlyMap<number, Handler> = new Map(
  Object.values({ ...handlers, ...unhandled } as unknown as Record<string, Handler>).map(
    (handler) => [handler.operation.code, handler],
  ),
)
