import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tweetField, userField } from '../../../protocol/entities.ts'
import type { Field } from '../../../protocol/fields.ts'
import { f } from '../../../protocol/fields.ts'
import { JsonWriter, toJson } from '../../../protocol/json-writer.ts'
import { MessagePackWriter, writeValue } from '../../../protocol/message-pack.ts'
import { decodeValue, MessagePackReader } from '../../../protocol/message-pack-reader.ts'
import { tweet as tweets, user as users } from './arbitrary.ts'

function encoded(field: Field, value: unknown): Uint8Array {
  const writer = new MessagePackWriter()
  writeValue(writer, field, value)
  return writer.copy()
}

describe('from MessagePack to JSON', () => {
  test('ids become strings, times ISO 8601 with milliseconds; the rest stays', () => {
    const field = f.record({
      id: f.id,
      at: f.time,
      count: f.count,
      ratio: f.number({ min: -1, max: 1 }),
      isOpen: f.boolean,
      text: f.text({ lengthMax: 99 }),
      nothing: f.optional(f.id),
      list: f.list(f.id, { countMax: 3 }),
    })
    const value = {
      id: Number.MAX_SAFE_INTEGER,
      at: Date.UTC(2026, 0, 2),
      count: 3,
      ratio: -0.25,
      isOpen: false,
      text: '"quotes" \\ \n \u2028 🐦',
      list: [1, 2],
    }
    expect(JSON.parse(toJson(field, encoded(field, value)))).toEqual({
      id: '9007199254740991',
      at: '2026-01-02T00:00:00.000Z',
      count: 3,
      ratio: -0.25,
      isOpen: false,
      text: '"quotes" \\ \n \u2028 🐦',
      list: ['1', '2'],
    })
  })

  test('any text, number, id and time is what JSON makes of it', () => {
    const field = f.record({
      text: f.text({ lengthMax: 99 }),
      number: f.number({ min: -1e300, max: 1e300 }),
      id: f.id,
      at: f.time,
      bytes: f.bytes({ bytesMax: 99 }),
    })
    const anyTime = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })
    const value = fc.record({
      text: fc.string({ unit: 'grapheme' }),
      number: fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true })),
      id: fc.maxSafeNat(),
      at: fc.oneof(anyTime, fc.constant(Date.UTC(2028, 1, 29)), fc.constant(Date.UTC(2100, 2, 1))),
      bytes: fc.uint8Array({ maxLength: 20 }),
    })
    fc.assert(
      fc.property(value, (one) => {
        const expected = {
          ...one,
          number: one.number === 0 ? 0 : one.number,
          id: String(one.id),
          at: new Date(one.at).toISOString(),
          bytes: Buffer.from(one.bytes).toString('base64'),
        }
        expect(JSON.parse(toJson(field, encoded(field, one)))).toEqual(expected)
      }),
    )
    const controls = String.fromCharCode(...Array.from({ length: 160 }, (_, code) => code))
    const text = f.text({ lengthMax: 999 })
    expect(toJson(text, encoded(text, controls))).toBe(JSON.stringify(controls))
  })

  test('several values lie behind each other, and a broken one leaves nothing', () => {
    const writer = new JsonWriter(1)
    writer.ascii('[7,')
    writer.value(f.id, encoded(f.id, 5))
    expect(() => writer.value(f.list(f.id, { countMax: 9 }), Buffer.from([0x92, 1]))).toThrow()
    writer.ascii(']')
    expect(writer.view().toString()).toBe('[7,"5"]')
    expect(writer.view(3, 6).toString()).toBe('"5"')
    writer.reset(3)
    expect(writer.view().toString()).toBe('[7,')
  })

  test('where a field begins that is wanted for something else is found on the way', () => {
    const inner = f.record({ cursor: f.id })
    const field = f.record({ inner, list: f.list(f.id, { countMax: 3 }), cursor: f.optional(f.id) })
    const bytes = encoded(field, { inner: { cursor: 1 }, list: [2, 3], cursor: 400 })
    const writer = new JsonWriter()
    expect(decodeValue(f.id, bytes.subarray(writer.value(field, bytes, 'cursor')))).toBe(400)
    const without = encoded(field, { inner: { cursor: 1 }, list: [] })
    expect(writer.value(field, without, 'cursor')).toBeUndefined()
    expect(writer.value(field, bytes)).toBeUndefined()
    expect(writer.value(f.id, encoded(f.id, 5), 'cursor')).toBeUndefined()
  })

  test('empty lists and records are empty', () => {
    const field = f.record({ list: f.list(f.id, { countMax: 3 }), at: f.optional(f.time) })
    expect(toJson(field, encoded(field, { list: [] }))).toBe('{"list":[]}')
  })

  test('every tweet and user means the same in both encodings', () => {
    const both = [
      [tweetField, tweets],
      [userField, users],
    ] as const
    for (const [field, arbitrary] of both) {
      fc.assert(
        fc.property(arbitrary as fc.Arbitrary<object>, (value) => {
          const bytes = encoded(field, value)
          expect(decodeValue(field, bytes)).toEqual(value)
          expect(JSON.parse(toJson(field, bytes))).toEqual(asJson(field, value))
        }),
        { numRuns: 50 },
      )
    }
  })

  test('bytes that no writer of ours writes are a bug, and throw', () => {
    const extension = Buffer.from([0xc7, ...new Array<number>(12).fill(1)])
    for (const field of [f.id, f.text({ lengthMax: 9 }), f.list(f.id, { countMax: 1 })]) {
      expect(() => toJson(field, extension)).toThrow(TypeError)
    }
    expect(() => decodeValue(f.record({}), extension)).toThrow(TypeError)
    expect(() => decodeValue(f.userReference, Buffer.from([1]))).toThrow('never sent')
    expect(() => toJson(f.userReference, Buffer.from([1]))).toThrow('never sent')
  })

  test('a field that is not declared throws, instead of going out', () => {
    const bytes = encoded(f.record({ secret: f.id }), { secret: 1 })
    expect(() => toJson(f.record({}), bytes)).toThrow()
    expect(() => decodeValue(f.record({}), bytes)).toThrow()
  })
})

test('a reader says where it stands', () => {
  const writer = new MessagePackWriter()
  writer.text('ada')
  writer.integer(300)
  const reader = new MessagePackReader(writer.view())
  expect([reader.text(), reader.offset]).toEqual(['ada', 4])
  expect([reader.number(), reader.offset]).toEqual([300, 7])
})

/** The plain rule of the two encodings: ids as strings, times as ISO 8601. */
function asJson(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case 'optional':
      return asJson(field.of, value)
    case 'id':
      return String(value)
    case 'time':
      return new Date(value as number).toISOString()
    case 'bytes':
      return Buffer.from(value as Uint8Array).toString('base64')
    case 'list':
      return (value as unknown[]).map((item) => asJson(field.of, item))
    case 'record':
      return Object.fromEntries(
        Object.entries(value as object).map(([name, item]) => [
          name,
          asJson(field.fields[name]!, item),
        ]),
      )
    default:
      return value
  }
}
