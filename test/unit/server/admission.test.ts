import { describe, expect, test } from 'vitest'
import {
  admit,
  bearerToken,
  checkedHost,
  chooseEncoding,
  cookieToken,
  isOriginAllowed,
} from '../../../server/admission.ts'

describe('an origin', () => {
  const server = { host: 'rookery.example:8080', origins: new Set(['https://app.example']) }
  test.each([
    ['http://rookery.example:8080', true],
    ['https://rookery.example:8080', true],
    ['https://app.example', true],
    ['http://app.example', false],
    ['http://rookery.example', false],
    ['http://rookery.example:8080.evil.example', false],
    ['http://evil.example/rookery.example:8080', false],
    ['null', false],
    ['', false],
  ])('%s is allowed: %s', (origin, isAllowed) => {
    expect(isOriginAllowed(origin, server)).toBe(isAllowed)
  })

  test('of an unknown host is that of nobody', () => {
    expect(isOriginAllowed('http://', { host: '', origins: new Set() })).toBe(false)
  })
})

describe('a header', () => {
  test('of subprotocols names the first that is known', () => {
    expect(chooseEncoding('')).toEqual({ isBinary: false, subprotocol: '' })
    expect(chooseEncoding('x, rookery.v1.msgpack')).toMatchObject({ isBinary: true })
    expect(chooseEncoding('x,__proto__, constructor')).toBeUndefined()
  })

  test('of authorization holds a token or nothing', () => {
    expect(bearerToken('Bearer rk_1_a')).toBe('rk_1_a')
    expect(bearerToken('bearer  rk_1_a')).toBe('rk_1_a')
    for (const wrong of ['rk_1_a', 'Bearer', 'Bearer a b', `Bearer ${'a'.repeat(200)}`]) {
      expect(bearerToken(wrong)).toBeUndefined()
    }
  })

  test('of cookies holds ours among others', () => {
    expect(cookieToken('a=b; rookery_session=rk_1_a; c=d')).toBe('rk_1_a')
    expect(cookieToken('xrookery_session=rk_1_a; rookery_session=')).toBeUndefined()
    expect(cookieToken('')).toBeUndefined()
  })

  test('of the host is a host and a port and nothing else', () => {
    for (const right of ['localhost', 'a.b:80', '[::1]:8080', '127.0.0.1:1']) {
      expect(checkedHost(right)).toBe(right)
    }
    for (const wrong of ['a/b', 'a"b', 'a\r\nb', 'a:b', 'a@b', '', 'a b']) {
      expect(checkedHost(wrong)).toBe('')
    }
  })
})

describe('an upgrade', () => {
  const plain = { query: '', origins: new Set<string>() }
  const headers = {
    connection: 'keep-alive, Upgrade',
    authorization: '',
    cookie: '',
    origin: '',
    host: 'a',
    subprotocols: '',
  }
  test('of a stranger is admitted without a token', () => {
    expect(admit(headers, plain)).toMatchObject({ token: undefined })
  })

  test('has to say that it is one', () => {
    for (const connection of ['close', '', 'keep-alive']) {
      expect(admit({ ...headers, connection }, plain)).toMatchObject({
        refused: { code: 'bad_request' },
      })
    }
  })

  test('prefers the header to the cookie', () => {
    const both = { ...headers, authorization: 'Bearer x', cookie: 'rookery_session=y' }
    expect(admit({ ...both, origin: 'http://a' }, plain)).toMatchObject({ token: 'x' })
  })

  test('with a cookie and without an origin is refused, and so is any other origin', () => {
    const cookie = 'rookery_session=y'
    expect(admit({ ...headers, cookie }, plain)).toMatchObject({
      refused: { code: 'forbidden' },
    })
    expect(admit({ ...headers, cookie, origin: 'http://b' }, plain)).toMatchObject({
      refused: { code: 'forbidden' },
    })
  })

  test.each([
    ['', undefined],
    ['user=4096', 4096],
    ['a=b&user=4096', 4096],
  ])('with the query %s is for %s', (query, userId) => {
    expect(admit(headers, { ...plain, query })).toMatchObject({ userId })
  })

  test.each(['user=', 'user=@ada', 'user=4096x', 'user=-1', 'user=1&user=2', 'user'])(
    'with the query %s is for nobody who could be',
    (query) => {
      expect(admit(headers, { ...plain, query })).toMatchObject({
        refused: { code: 'bad_request' },
      })
    },
  )
})
