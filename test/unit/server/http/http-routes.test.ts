import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFields } from '../../../../protocol/message-pack.ts'
import { operations, operationsByCode } from '../../../../protocol/registry.ts'
import { httpAnswer } from '../../../../server/frames.ts'
import type { Route } from '../../../../server/http/http-routes.ts'
import {
  checkParams,
  locationOf,
  nextLink,
  queryParams,
  routes,
} from '../../../../server/http/http-routes.ts'
import { openApiDocument } from '../../../../server/openapi.ts'

const routeOf = (name: string): Route =>
  routes.find((route) => route.operation.name === name) as Route
const nothing = { path: [], other: {}, otherNotation: 'json', idempotencyKey: '' } as const

describe('the routes', () => {
  test('are those of the definitions, no more and no fewer', () => {
    const defined = [...operationsByCode.values()].filter(
      (operation) => operation.http !== undefined,
    )
    expect(routes.map((route) => route.operation)).toEqual(defined)
  })

  test('of what a socket alone can do do not exist', () => {
    for (const { operation } of routes) expect(operation.isLive).toBeUndefined()
  })

  test('take parameters from the path and the query', () => {
    const route = routeOf('timeline.user')
    const raw = { ...nothing, path: ['4096'], otherNotation: 'text' } as const
    expect(checkParams(route, { ...raw, other: { limit: '5' } })).toEqual({
      checked: { userId: 4096, limit: 5 },
    })
    expect(checkParams(route, { ...raw, path: ['%zz'] })).toMatchObject({
      refused: { field: 'userId' },
    })
    expect(checkParams(route, { ...raw, other: { userId: '1' } })).toMatchObject({
      refused: { field: 'userId', message: 'userId is not a known field' },
    })
  })

  test('take the key of a header as the operation id, and no second one', () => {
    const route = routeOf('tweet.post')
    const raw = { ...nothing, other: { text: 'a' }, idempotencyKey: 'k' }
    expect(checkParams(route, raw)).toEqual({ checked: { text: 'a', operationId: 'k' } })
    const twice = { ...raw, other: { text: 'a', operationId: 'other' } }
    expect(checkParams(route, twice)).toMatchObject({ refused: { field: 'operationId' } })
    expect(checkParams(route, { ...raw, other: [] })).toMatchObject({
      refused: { code: 'bad_request' },
    })
  })

  test('read any query as browsers write it', () => {
    const word = fc.stringMatching(/^[\w.*-]*$/)
    const part = fc.oneof(word, fc.constantFrom('%20', '%zz', '+', 'ä', '?', ';', '&', '='))
    const pair = fc.tuple(word, fc.constantFrom('=', '', '=='), part).map((parts) => parts.join(''))
    fc.assert(
      fc.property(
        fc.array(pair).map((pairs) => pairs.join('&')),
        (query) => {
          const expected = [...new URLSearchParams(query)]
          const isTwice = new Set(expected.map(([name]) => name)).size < expected.length
          const read = queryParams(query)
          if (isTwice) expect(read).toHaveProperty('refused')
          else
            expect('params' in read && Object.entries(read.params).sort()).toEqual(expected.sort())
        },
      ),
    )
  })

  test('refuse a query that names a parameter twice, and are not fooled by names of the prototype', () => {
    expect(queryParams('a=1&a=2')).toMatchObject({ refused: { field: 'a' } })
    const read = queryParams('__proto__=1&toString=2')
    expect('params' in read && Object.keys(read.params)).toEqual(['__proto__', 'toString'])
  })
})

describe('the headers of an answer', () => {
  test('link to the next page, and keep the rest of the query', () => {
    const page = {
      base: 'https://a.example',
      path: '/v1/users/1/followers',
      query: 'limit=2&before=9',
    }
    expect(nextLink({ ...page, olderCursor: '7' })).toBe(
      '<https://a.example/v1/users/1/followers?limit=2&before=7>; rel="next"',
    )
  })

  test('link to the next page as a browser would write its query, whatever is in it', () => {
    const page = { base: 'http://a.example', path: '/v1/timeline' }
    const queries = ['', 'limit=20', 'limit=20&x', 'q=a%20b', 'before=1', 'notbefore=1', 'a=%']
    for (const query of queries) {
      for (const olderCursor of ['7', 'c*_.-', 'a b&c=d']) {
        const expected = new URLSearchParams(query)
        expected.set('before', olderCursor)
        const link = nextLink({ ...page, query, olderCursor })
        expect(link).toBe(`<http://a.example/v1/timeline?${expected}>; rel="next"`)
      }
    }
  })

  test('tell of the next page only where there is one', () => {
    const operation = operations['user.followers']
    const page = encodeFields(operation.answer, { users: [], olderCursor: 7 })
    expect(httpAnswer(operation, Buffer.from(page)).olderCursor).toBe('7')
    const last = encodeFields(operation.answer, { users: [] })
    expect(httpAnswer(operation, Buffer.from(last)).olderCursor).toBeUndefined()
  })

  test('say where that is which was made', () => {
    const { answer } = operations['tweet.post']
    const tweet = {
      id: 81920,
      authorId: 1,
      text: 'a',
      createdAt: 0,
      entities: { mentions: [], hashtags: [], urls: [] },
      counts: { favorites: 0, retweets: 0, replies: 0 },
    }
    const result = encodeFields(answer, { tweet } as never)
    expect(locationOf(operations['tweet.post'], result)).toBe('/v1/tweets/81920')
    expect(locationOf(operations['session.create'], result)).toBeUndefined()
  })
})

test('every reference of the OpenAPI document leads somewhere', () => {
  const document = openApiDocument()
  const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)
  let count = 0
  for (const [, path] of references) {
    let target: unknown = document
    for (const step of (path as string).split('/'))
      target = (target as Record<string, unknown>)[step]
    expect(target, path).toBeDefined()
    count++
  }
  expect(count).toBeGreaterThan(20)
})
