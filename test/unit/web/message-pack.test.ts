import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tweetField } from '../../../protocol/entities.ts'
import { readMessagePackValue } from '../../../protocol/frame.ts'
import { MessagePackWriter, writeValue } from '../../../protocol/message-pack.ts'
import { decode, encode } from '../../../server/web/wire/message-pack.ts'

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.integer({ min: -200, max: 70_000 }),
    fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0)),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,40}$/), tie('value'), { noNullPrototype: true }),
  ),
})).value

describe('the encoding of the web client', () => {
  test('comes back as it was', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(decode(encode(value))).toEqual(value)
      }),
    )
  })

  test('is read by the gateway, which trusts nothing', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const read = readMessagePackValue(Buffer.from(encode(value)))
        expect(JSON.stringify(read)).toBe(JSON.stringify({ value }))
      }),
    )
  })

  test('reads what the server writes by definition', () => {
    const writer = new MessagePackWriter()
    const tweet = {
      id: 8_123_456_789_012_345,
      authorId: 5,
      text: 'größer als 32 Zeichen, mit 🐦‍⬛ darin',
      createdAt: 1_800_000_000_000,
      location: { latitude: -12.5, longitude: 0.25 },
      entities: { mentions: [], hashtags: [], urls: [] },
      counts: { favorites: 300, retweets: 70_000, replies: 0 },
      viewer: { favorited: true, retweeted: false, bookmarked: false },
    }
    writeValue(writer, tweetField, tweet)
    expect(decode(writer.copy())).toEqual(tweet)
  })

  test('leaves out what is undefined, and breaks off with the bytes', () => {
    expect(decode(encode({ before: undefined, limit: 3 }))).toEqual({ limit: 3 })
    const cut = encode(['a text of some length, longer than thirty-two']).subarray(0, 20)
    expect(() => decode(cut)).toThrow(RangeError)
  })
})
