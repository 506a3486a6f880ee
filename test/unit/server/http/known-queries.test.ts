import { describe, expect, test } from 'vitest'
import { unpack } from '../../../../protocol/frame.ts'
import type { Route } from '../../../../server/http/http-routes.ts'
import { routes } from '../../../../server/http/http-routes.ts'
import { KnownQueries } from '../../../../server/http/known-queries.ts'

const home = routeOf('timeline.home')

function routeOf(name: string): Route {
  return routes.find(({ operation }) => operation.name === name)!
}

describe('queries that came before', () => {
  test('are found by their text, with what they were checked to, packed as well', () => {
    const known = new KnownQueries()
    expect(known.find(home, 'limit=20')).toBeUndefined()
    const kept = known.keep(home, 'limit=20', { limit: 20 })
    expect(unpack(kept.packed)).toEqual({ limit: 20 })
    expect(known.find(home, 'limit=20')).toBe(kept)
    expect(known.find(home, 'limit=2')).toBeUndefined()
    expect(() => Object.assign(kept.checked, { limit: 3 })).toThrow(TypeError)
  })

  test('are those of their route alone', () => {
    const known = new KnownQueries()
    known.keep(home, '', {})
    expect(known.find(routeOf('trends.list'), '')).toBeUndefined()
  })

  test('are not kept where more than the query counts, or where it is long', () => {
    const known = new KnownQueries()
    for (const route of routes) {
      const isWhole = route.method === 'GET' && route.pathNames.length === 0
      expect(unpack(known.keep(route, 'a=1', { a: 1 }).packed)).toEqual({ a: 1 })
      expect(known.find(route, 'a=1') !== undefined).toBe(isWhole)
    }
    const long = `q=${'a'.repeat(100)}`
    known.keep(home, long, {})
    expect(known.find(home, long)).toBeUndefined()
  })

  test('take no more room, however many are asked', () => {
    const known = new KnownQueries()
    const asked = Array.from({ length: 1_000 }, (_, number) => `before=${number}`)
    for (const query of asked) known.keep(home, query, { before: query })
    const kept = asked.filter((query) => known.find(home, query) !== undefined)
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThanOrEqual(256)
    expect(kept.at(-1)).toBe(asked.at(-1))
  })
})
