import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ClientRequest, pack, readMessagePackFrame } from '../../../../protocol/frame.ts'
import { requestsPerFrameMax } from '../../../../protocol/limits.ts'
import { operations, operationsByCode } from '../../../../protocol/registry.ts'
import { isRepeatable, RepeatedRead } from '../../../../server/sockets/repeated-read.ts'

const known = { operation: operations['timeline.home'], call: {} as never, identity: undefined }
const number = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 60_000, max: 70_000 }),
  fc.integer({ min: 1, max: 2 ** 32 - 1 }),
)
const params = fc.oneof(
  fc.constant({}),
  fc.record({ limit: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ text: fc.string({ maxLength: 20 }), tags: fc.array(fc.nat(300), { maxLength: 4 }) }),
)
const said = fc.record({
  name: fc.constantFrom('timeline.home', 'tweet.get', 'x'),
  params,
  isFixed: fc.boolean(),
})

/** A frame of one client: one request, or several in one. */
function frame(
  { name, params, isFixed }: { name: string; params: unknown; isFixed: boolean },
  numbers: readonly number[],
  isBatch: boolean,
): Buffer {
  const requests = numbers.map((id) => {
    const bytes = pack([id, name, params])
    const rest = bytes.subarray(1 + pack(id).length)
    if (!isFixed) return bytes
    const fixed = Buffer.from([0x93, 0xce, 0, 0, 0, 0])
    fixed.writeUInt32BE(id, 2)
    return Buffer.concat([fixed, rest])
  })
  if (!isBatch) return requests[0]!
  return Buffer.concat([
    pack(numbers.map(() => 0)).subarray(0, numbers.length < 16 ? 1 : 3),
    ...requests,
  ])
}

function decoded(bytes: Buffer): readonly ClientRequest[] {
  return readMessagePackFrame(bytes) as ClientRequest[]
}

/** A client's numbers rise. */
const numbers = fc
  .uniqueArray(number, { minLength: 1, maxLength: 20 })
  .map((all) => all.sort((left, right) => left - right))

describe('what a socket says again', () => {
  test('is found again with other numbers, and means what the decoder makes of it', () => {
    fc.assert(
      fc.property(said, numbers, numbers, fc.boolean(), (words, first, second, isBatch) => {
        const bytes = frame(words, first, isBatch)
        const repeated = RepeatedRead.of(bytes, decoded(bytes), known)
        expect(repeated).toBeDefined()
        // What was learnt is not in the bytes that it was learnt from.
        bytes.fill(0)
        for (const batched of [true, false]) {
          const again = frame(words, second, batched)
          const ids = decoded(again).map(({ id }) => id)
          expect([...(repeated!.numbersOf(again) ?? [])]).toEqual(ids)
        }
      }),
    )
  })

  test('is nothing that the decoder would have read otherwise', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) })
    fc.assert(
      fc.property(
        said,
        numbers,
        fc.boolean(),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.nat(3),
        (words, ids, isBatch, changes, cut) => {
          const bytes = frame(words, ids, isBatch)
          const expected = decoded(bytes)
          const repeated = RepeatedRead.of(bytes, expected, known)!
          const other = Buffer.from(bytes)
          for (const { at, byte } of changes) other[at % other.length] = byte
          const cutOff = other.subarray(0, other.length - cut)
          const found = repeated.numbersOf(cutOff)
          if (found === undefined) return
          const { operation, params } = expected[0]!
          expect(decoded(cutOff)).toEqual(found.map((id) => ({ id, operation, params })))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('is not more than a frame may hold, nor without a number', () => {
    const words = { name: 'tweet.get', params: {}, isFixed: false }
    const one = frame(words, [7], false)
    const repeated = RepeatedRead.of(one, decoded(one), known)!
    const many = Array.from({ length: requestsPerFrameMax + 1 }, (_, place) => place + 1)
    expect(repeated.numbersOf(frame(words, many, true))).toBeUndefined()
    expect(repeated.numbersOf(frame(words, many.slice(1), true))).toHaveLength(requestsPerFrameMax)
    expect(repeated.numbersOf(frame(words, [0], false))).toBeUndefined()
    expect(repeated.numbersOf(frame(words, [2 ** 40], false))).toBeUndefined()
    expect(repeated.numbersOf(Buffer.alloc(0))).toBeUndefined()
    expect(repeated.numbersOf(Buffer.from([0x90]))).toBeUndefined()
    expect(repeated.numbersOf(Buffer.concat([one, one]))).toBeUndefined()
  })

  test('is not learnt from requests that differ, nor from long ones', () => {
    const mixed = pack([
      [7, 'tweet.get', { tweetId: 1 }],
      [8, 'tweet.get', { tweetId: 2 }],
    ])
    expect(RepeatedRead.of(mixed, decoded(mixed), known)).toBeUndefined()
    const long = pack([7, 'tweet.get', { text: 'x'.repeat(200) }])
    expect(RepeatedRead.of(long, decoded(long), known)).toBeUndefined()
  })

  test('changes nothing, and is between the socket and its shard alone', () => {
    for (const operation of operationsByCode.values()) {
      if (!isRepeatable(operation)) continue
      expect(operation.event).toBeUndefined()
      expect([operation.session, operation.isLive, operation.isCredential]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
    }
    expect(isRepeatable(operations['timeline.home'])).toBe(true)
    expect(isRepeatable(operations['tweet.post'])).toBe(false)
    expect(isRepeatable(operations['live.subscribe'])).toBe(false)
    expect(isRepeatable(operations['session.resume'])).toBe(false)
  })
})
