import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pack, readJsonValue, readMessagePackValue } from '../../../protocol/frame.ts'
import { encodeFields } from '../../../protocol/message-pack.ts'
import { pickValue } from '../../../protocol/pick.ts'
import { decodePlain, NotPlainError } from '../../../protocol/plain.ts'
import { operations } from '../../../protocol/registry.ts'

const plainValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(fc.string({ maxLength: 8 }), tie('value'), {
      maxKeys: 10,
      noNullPrototype: false,
    }),
  ),
})).value

const problemOf = (bytes: readonly number[]): string => {
  const read = readMessagePackValue(Buffer.from(bytes))
  return 'problem' in read ? read.problem : `fine: ${JSON.stringify(read.value)}`
}

describe('plain MessagePack of a stranger', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        const read = decodePlain(pack(value))
        expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('is a value or a NotPlainError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          decodePlain(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(NotPlainError)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['nothing at all', [], 'ends too early'],
    ['a text cut short', [0xa5, 0x61], 'ends too early'],
    ['an array of 4 billion', [0xdd, 0xff, 0xff, 0xff, 0xff], 'ends too early'],
    ['a map of 4 billion', [0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61, 1], 'ends too early'],
    ['bytes after the value', [0x01, 0x02], 'has bytes left over'],
    ['17 arrays in each other', [...new Array(17).fill(0x91), 1], 'is nested deeper than 16'],
    ['an extension', [0xd4, 0x00, 0x00], 'holds a type that is not plain MessagePack'],
    ['binary data', [0xc4, 0x01, 0x00], 'holds a type that is not plain MessagePack'],
    ['the byte that is never used', [0xc1], 'holds a type that is not plain MessagePack'],
    ['a number as a key', [0x81, 0x01, 0x01], 'has a key that is not text'],
    ['text that is not UTF-8', [0xa2, 0xc3, 0x28], 'holds text that is not UTF-8'],
  ])('is refused where it is %s', (_, bytes, problem) => {
    expect(problemOf(bytes)).toBe(problem)
  })

  test('may hold the character that stands for what cannot be read', () => {
    expect(decodePlain(pack('a\ufffd'))).toBe('a\ufffd')
  })

  test('has no prototype to reach: __proto__ is a key like any other', () => {
    const bytes = Buffer.concat([
      Buffer.from([0x81, 0xa9]),
      Buffer.from('__proto__'),
      pack({ a: 1 }),
    ])
    const read = decodePlain(bytes) as Record<string, unknown>
    expect(Object.keys(read)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  test('has a bounded number of keys, and so has JSON', () => {
    const entries = Array.from({ length: 513 }, (_, index) => [`k${index}`, 1] as const)
    const value = Object.fromEntries(entries)
    const tooMany = { problem: 'has more than 512 keys' }
    expect(readMessagePackValue(pack(value))).toEqual(tooMany)
    expect(readJsonValue(JSON.stringify(value))).toEqual(tooMany)
    expect(readJsonValue(`["${':'.repeat(600)}"]`)).toEqual({ value: [':'.repeat(600)] })
  })
})

describe('a value picked out of an encoded answer', () => {
  const { answer } = operations['timeline.home']
  const page = { tweets: [], users: [], position: 'k:1' }
  test('is found behind everything that comes before it', () => {
    const bytes = encodeFields(answer, { ...page, olderCursor: 2 ** 40 })
    expect(pickValue(answer, bytes, ['olderCursor'])).toBe(2 ** 40)
    expect(pickValue(answer, bytes, ['position'])).toBe('k:1')
  })

  test('is undefined where it is absent', () => {
    expect(pickValue(answer, encodeFields(answer, page), ['olderCursor'])).toBeUndefined()
  })
})
