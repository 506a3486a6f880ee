import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { f } from '../../../protocol/fields.ts'
import { pack, unpack } from '../../../protocol/frame.ts'
import { encodeFields, MessagePackWriter, writeValue } from '../../../protocol/message-pack.ts'
import { decodeValue, MessagePackReader } from '../../../protocol/message-pack-reader.ts'

/** What another implementation of MessagePack reads. */
function written(write: (writer: MessagePackWriter) => void): unknown {
  const writer = new MessagePackWriter(1)
  write(writer)
  return unpack(writer.copy())
}

const borders = [7, 8, 16, 31, 32, 53].flatMap((bits) => [2 ** bits - 2, 2 ** bits - 1, 2 ** bits])
const integers = [0, 23, 31, ...borders].filter(Number.isSafeInteger)

/** Any code point but half a surrogate pair. */
const character = fc
  .oneof(fc.nat(0x7f), fc.nat(0x7ff), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10_ffff }))
  .map((code) => String.fromCodePoint(code))

describe('what is written is what others read', () => {
  test.each([...integers, ...integers.map((value) => -value)])('the integer %d', (value) => {
    const read = written((writer) => writer.integer(value))
    expect(read).toBe(value === 0 ? 0 : value)
    const writer = new MessagePackWriter(1)
    writer.integer(value)
    expect(new MessagePackReader(writer.view()).number()).toBe(value === 0 ? 0 : value)
  })

  test('any safe integer, in as few bytes as others take, or one width more below zero', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const writer = new MessagePackWriter()
        writer.integer(value)
        expect(new MessagePackReader(writer.view()).number()).toBe(value)
        if (value >= 0) expect(writer.copy().length).toBeLessThanOrEqual(pack(value).length)
      }),
    )
  })

  test('any number', () => {
    const numbers = fc.double({ noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(numbers, (value) => {
        const read = written((writer) => writer.number(value))
        expect(read).toBe(value === 0 ? 0 : value)
      }),
    )
  })

  test('any text, of every width of its length', () => {
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 60 }), (text) => {
        expect(written((writer) => writer.text(text))).toBe(text)
      }),
    )
    for (const length of [31, 32, 255, 256, 65_535, 65_536]) {
      const text = 'é'.repeat(length / 2) + 'x'.repeat(length % 2)
      const writer = new MessagePackWriter(1)
      writer.text(text)
      expect(unpack(writer.copy())).toBe(text)
      expect(new MessagePackReader(writer.view()).text()).toBe(text)
    }
  })

  test('half a surrogate pair becomes a replacement character, and what follows stays right', () => {
    const read = written((writer) => {
      writer.array(2)
      writer.text('\ud800')
      writer.integer(7)
    })
    expect(read).toEqual(['\ufffd', 7])
  })

  test.each([0, 15, 16, 65_535, 65_536])('arrays and maps of %d', (count) => {
    const list = written((writer) => {
      writer.array(count)
      for (let item = 0; item < count; item++) writer.nil()
    })
    expect(list).toHaveLength(count)
    expect((list as null[]).every((item) => item === null)).toBe(true)
    const writer = new MessagePackWriter(1)
    writer.map(count)
    expect(new MessagePackReader(writer.view()).mapCount()).toBe(count)
  })

  test('true, false and nothing', () => {
    const read = written((writer) => {
      writer.array(3)
      writer.boolean(true)
      writer.boolean(false)
      writer.nil()
    })
    expect(read).toEqual([true, false, null])
  })
})

describe('a writer', () => {
  test('is used again after a reset, and a copy stays as it was', () => {
    const writer = new MessagePackWriter(4)
    writer.text('first')
    const copy = writer.copy()
    writer.reset()
    expect(writer.length).toBe(0)
    writer.text('other')
    expect(unpack(copy)).toBe('first')
    expect(unpack(writer.view())).toBe('other')
  })

  test('takes bytes as they are, and gives out room to write into', () => {
    const writer = new MessagePackWriter(1)
    writer.array(2)
    writer.raw(pack({ a: 1 }))
    const offset = writer.extend(1)
    const { bytes } = writer
    bytes[offset] = 7
    expect(unpack(writer.view())).toEqual([{ a: 1 }, 7])
  })
})

describe('a record', () => {
  const fields = {
    id: f.userId,
    at: f.time,
    ratio: f.number({ min: 0, max: 1 }),
    isOpen: f.boolean,
    name: f.optional(f.text({ lengthMax: 9 })),
    parts: f.list(f.record({ n: f.count }), { countMax: 3 }),
  }

  test('holds its declared fields, and nothing else that the value happens to have', () => {
    const value = {
      id: 1,
      at: 2,
      ratio: 0.5,
      isOpen: true,
      parts: [{ n: 3, secret: 4 }],
      secret: 5,
    }
    expect(unpack(encodeFields(fields, value as never))).toEqual({
      id: 1,
      at: 2,
      ratio: 0.5,
      isOpen: true,
      parts: [{ n: 3 }],
    })
  })

  test('is read in whatever order its fields come', () => {
    const names = ['name', 'isOpen', 'id', 'at', 'parts', 'ratio']
    fc.assert(
      fc.property(fc.shuffledSubarray(names), (chosen) => {
        const all = { id: 1, at: 2, ratio: 0.5, isOpen: true, name: 'Ada', parts: [{ n: 3 }] }
        const value = Object.fromEntries(
          chosen.map((name) => [name, all[name as keyof typeof all]]),
        )
        expect(decodeValue(f.record(fields), pack(value))).toEqual(value)
      }),
    )
  })

  test('never holds a reference to a user, which only requests have', () => {
    const writer = new MessagePackWriter()
    expect(() => writeValue(writer, f.userReference, { id: 1 })).toThrow('never sent')
  })
})
