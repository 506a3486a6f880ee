import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeEvent, encodeEvent } from '../../../protocol/event.ts'
import type { Fields } from '../../../protocol/fields.ts'
import { pack } from '../../../protocol/frame.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { sessionEnd } from '../../../protocol/operations/session-end.ts'
import { tweetPost } from '../../../protocol/operations/tweet-post.ts'
import { operations } from '../../../protocol/registry.ts'
import { anyRecord } from './arbitrary.ts'

const writing = Object.values(operations).filter((operation) => 'event' in operation)

describe('an event', () => {
  test.each(writing.map((operation) => [operation.name, operation] as const))(
    'of %s survives the log',
    (_name, operation) => {
      fc.assert(
        fc.property(anyRecord(operation.event as Fields), (event) => {
          const decoded = decodeEvent(encodeEvent(operation as typeof sessionEnd, event as never))
          expect(decoded.operation).toBe(operation)
          expect(decoded.event).toEqual(event)
        }),
        { numRuns: 30 },
      )
    },
  )

  test('is its code and its values by place: what is absent is nil', () => {
    const entities = { mentions: [], hashtags: [], urls: [] }
    const ids = { tweetId: 1 as TweetId, authorId: 2 as UserId }
    const event = { ...ids, text: 'hi', entities, quoteOf: 3 as TweetId }
    const absent = Array.from({ length: Object.keys(tweetPost.event!).length - 6 }, () => null)
    const expected = [0x20, 1, 2, 'hi', entities, null, 3, ...absent]
    expect(Buffer.from(encodeEvent(tweetPost, event))).toEqual(pack(expected))
  })

  test('that an older version wrote ends earlier: the newer fields are absent', () => {
    const entities = { mentions: [], hashtags: [], urls: [] }
    const { event } = decodeEvent(pack([tweetPost.code, 1, 2, 'hi', entities]))
    expect(event).toEqual({ tweetId: 1, authorId: 2, text: 'hi', entities })
  })

  test('that this version cannot know is not guessed', () => {
    expect(() => decodeEvent(pack([0xffff, 1]))).toThrow('does not know')
    const reads = operations['user.get']
    expect(() => decodeEvent(pack([reads.code, 1]))).toThrow('does not know')
    expect(() => decodeEvent(pack([sessionEnd.code, 1, 'hash', 'more']))).toThrow('too many fields')
  })

  test('keeps its bytes when the next one is encoded', () => {
    const first = encodeEvent(sessionEnd, { userId: 1 as UserId, tokenHash: 'a' })
    const copy = Buffer.from(first)
    encodeEvent(sessionEnd, { userId: 2 as UserId, tokenHash: 'b' })
    expect(Buffer.from(first)).toEqual(copy)
  })
})
