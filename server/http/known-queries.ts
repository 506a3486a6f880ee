// Queries that were read, checked and packed before: most clients ask with the same few, such as `limit=20`, and to make
// the same of them each time took a tenth of a gateway's time over HTTP.
//
// Only of routes whose parameters all stand in the query, and are no secrets. What is kept goes by the route and the text
// alone, never by who asks; nobody changes it.

import { pack } from '../../protocol/frame.ts'
import type { Route } from './http-routes.ts'

/** Longer ones hardly come twice. */
const queryLengthMax = 64
/** Of one route; then all of them are forgotten, as those that come again are soon back. */
const queriesPerRouteMax = 256

export type KnownQuery = {
  /** The parameters, checked by the definition. */
  readonly checked: Readonly<Record<string, unknown>>
  /** The same, packed. */
  readonly packed: Uint8Array
}

export class KnownQueries {
  readonly #routes = new Map<Route, Map<string, KnownQuery>>()

  /** @returns undefined for one that was not kept */
  find(route: Route, query: string): KnownQuery | undefined {
    return this.#routes.get(route)?.get(query)
  }

  /** What the query of a request came to; kept where it may come again. */
  keep(route: Route, query: string, checked: Record<string, unknown>): KnownQuery {
    const known = { checked, packed: pack(checked) }
    if (!isKept(route) || query.length > queryLengthMax) return known
    let queries = this.#routes.get(route)
    if (queries === undefined) {
      queries = new Map()
      this.#routes.set(route, queries)
    }
    if (queries.size === queriesPerRouteMax) queries.clear()
    Object.freeze(checked)
    queries.set(query, known)
    return known
  }
}

function isKept({ operation, method, pathNames }: Route): boolean {
  return method === 'GET' && pathNames.length === 0 && operation.isCredential !== true
}
