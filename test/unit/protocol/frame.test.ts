import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  FrameProblem,
  pack,
  readJsonFrame,
  readJsonValue,
  readMessagePackFrame,
  readMessagePackValue,
  unpack,
} from '../../../protocol/frame.ts'
import { clientDepthMax, clientKeysMax, requestsPerFrameMax } from '../../../protocol/limits.ts'

/** Both notations of a frame have to be read alike. */
const readers = {
  json: (value: unknown) => readJsonFrame(JSON.stringify(value)),
  'message-pack': (value: unknown) => readMessagePackFrame(pack(value)),
}

describe.each(Object.entries(readers))('a frame in %s', (_name, read) => {
  test('is one request, or a list of them', () => {
    const one = { id: 1, operation: 'user.get', params: { user: '@ada' } }
    expect(read([1, 'user.get', { user: '@ada' }])).toEqual([one])
    const two = { id: 2, operation: 'session.end', params: {} }
    const list = [
      [1, 'user.get', { user: '@ada' }],
      [2, 'session.end'],
    ]
    expect(read(list)).toEqual([one, two])
  })

  test('may leave the parameters out', () => {
    expect(read([1, 'session.end', null])).toMatchObject([{ params: {} }])
    expect(read([1, 'session.end'])).toMatchObject([{ params: {} }])
  })

  test.each([[null], [{}], [[]], ['text'], [7]])('is not %j', (value) => {
    expect(read(value)).toBeInstanceOf(FrameProblem)
  })

  test('has ids that are positive integers, so that answers can be told apart', () => {
    for (const id of [0, -1, 1.5, '1', null, 2 ** 53]) {
      expect(read([id, 'user.get', {}])).toMatchObject([
        { id: 0, problem: 'must start with an id: a positive integer' },
      ])
    }
  })

  test('says which request is wrong where it gives its id, and reads the others', () => {
    const frame = [[1, 'user.get', {}], [2, 7], 3, [4, 'user.get', {}, 'more']]
    expect(read(frame)).toMatchObject([
      { id: 1, operation: 'user.get' },
      { id: 2, problem: 'must name an operation after the id' },
      { id: 0, problem: 'must be [id, operation, params]' },
      { id: 4, problem: 'must be [id, operation, params]' },
    ])
  })

  test('has a limit of requests', () => {
    const requests = (count: number) => Array.from({ length: count }, (_, at) => [at + 1, 'x'])
    expect(read(requests(requestsPerFrameMax))).toHaveLength(requestsPerFrameMax)
    expect(read(requests(requestsPerFrameMax + 1))).toBeInstanceOf(FrameProblem)
  })

  test('is not nested deeper than the limit', () => {
    const nested = (depth: number) => {
      let value: unknown = 1
      for (let level = 0; level < depth; level++) value = [value]
      return value
    }
    // The request itself is one level.
    const deepest = read([1, 'x', nested(clientDepthMax - 1)])
    expect(deepest).toMatchObject([{ id: 1 }])
    const problem = { problem: `is nested deeper than ${clientDepthMax}` }
    expect(read([1, 'x', nested(clientDepthMax)])).toMatchObject(problem)
  })

  test('has a limit of keys, which would each cost the engine a shape', () => {
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, 1]))
    expect(read([1, 'x', keys(clientKeysMax)])).toMatchObject([{ id: 1 }])
    const problem = { problem: `has more than ${clientKeysMax} keys` }
    expect(read([1, 'x', keys(clientKeysMax + 1)])).toMatchObject(problem)
  })
})

describe('bytes of a stranger', () => {
  test.each([
    ['nothing', []],
    ['an extension', [0xc7, 0, 1]],
    ['a time of the library', [0xd6, 0xff, 0, 0, 0, 1]],
    ['binary data', [0xc4, 1, 0]],
    ['a byte that means nothing', [0xc1]],
    ['a text that ends too early', [0xa5, 0x61]],
    ['a list that lies about its length', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map that lies about its length', [0xdf, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['text that is not UTF-8', [0xa2, 0xc3, 0x28]],
    ['bytes left over', [0x01, 0x01]],
    ['a key that is not text', [0x81, 0x01, 0x01]],
    ['a number cut short', [0xcf, 0, 0, 0]],
  ])('that hold %s are told, not read', (_what, bytes) => {
    expect(readMessagePackValue(Uint8Array.from(bytes))).toHaveProperty('problem')
  })

  test.each(['', '{', '[1,', 'undefined', "{'a':1}", '[1]]', '\u0000'])('such as %j', (text) => {
    expect(readJsonValue(text)).toEqual({ problem: 'is not valid JSON' })
  })

  test('I10: never throw, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(readMessagePackFrame(bytes)).toBeDefined()
        expect(readJsonFrame(Buffer.from(bytes).toString('latin1'))).toBeDefined()
      }),
      { numRuns: 500 },
    )
  })

  test('I10: never throw where a good frame was changed a little', () => {
    const good = pack([
      1,
      'tweet.post',
      { text: 'hello', location: { latitude: 1.5, longitude: 2 } },
    ])
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, cut) => {
        const bytes = Buffer.from(good)
        bytes[at] = byte
        expect(readMessagePackFrame(bytes)).toBeDefined()
        expect(readMessagePackFrame(bytes.subarray(0, cut))).toBeDefined()
      }),
      { numRuns: 500 },
    )
  })

  test('a name that an object inherits is a name like any other', () => {
    const bytes = Buffer.from([0x81, 0xa9, ...Buffer.from('__proto__'), 0x81, 0xa1, 0x78, 0x01])
    const read = readMessagePackValue(bytes) as { value: Record<string, unknown> }
    expect(Object.keys(read.value)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  test('JSON brackets inside of text do not count, nor do escaped quotes end it', () => {
    const value = { text: `${'['.repeat(50)}"\\"${'{'.repeat(50)}`, more: '\\' }
    expect(readJsonValue(JSON.stringify(value))).toEqual({ value })
  })
})

test('what one of our own processes packs comes out as it was', () => {
  const values = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'))
  fc.assert(
    fc.property(values, (value) => {
      const copy = JSON.parse(JSON.stringify(value)) as unknown
      expect(unpack(pack(copy))).toEqual(copy)
    }),
  )
  const ids = [1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]
  expect(unpack(pack(ids))).toEqual(ids)
})
