// The client's side of the frames, against the server's own reading and writing.

import { describe, expect, test } from 'vitest'
import { readFrame, WireError, writeRequest } from '../../../../loadtest/client/wire.ts'
import { pack, readMessagePackFrame, unpack } from '../../../../protocol/frame.ts'
import { MessagePackWriter } from '../../../../protocol/message-pack.ts'
import type { Operation } from '../../../../protocol/operation.ts'
import { operations } from '../../../../protocol/registry.ts'

function written(
  name: keyof typeof operations,
  params: Readonly<Record<string, unknown>>,
): Uint8Array {
  const writer = new MessagePackWriter()
  const operation: Operation = operations[name]
  writeRequest(writer, { id: 7, operation, params })
  return writer.copy()
}

function heard(frame: unknown): unknown[] {
  const messages: unknown[] = []
  readFrame(frame instanceof Uint8Array ? frame : pack(frame), {
    onResult: (id, result) => messages.push({ id, result: unpack(result) }),
    onError: (id, error) => messages.push({ id, error }),
    onPush: (event, data) => messages.push({ event, data: unpack(data) }),
  })
  return messages
}

describe('a request', () => {
  test('is read by a server as it was meant', () => {
    const id = 2 ** 52 + 3
    expect(readMessagePackFrame(written('timeline.home', { before: id, limit: 100 }))).toEqual([
      { id: 7, operation: 'timeline.home', params: { before: id, limit: 100 } },
    ])
  })

  test('names a user by id or by handle', () => {
    const params = (user: object) => {
      const [request] = readMessagePackFrame(written('user.get', { user })) as { params: object }[]
      return request!.params
    }
    expect(params({ id: 12 })).toEqual({ user: 12 })
    expect(params({ handle: 'ann' })).toEqual({ user: '@ann' })
  })

  test('leaves out what is not given, and what is not declared', () => {
    const params = { text: 'é', operationId: undefined, secret: 1 }
    expect(readMessagePackFrame(written('tweet.post', params))).toEqual([
      { id: 7, operation: 'tweet.post', params: { text: 'é' } },
    ])
  })
})

describe('a frame of a server', () => {
  const result = {
    tweets: [{ id: 2 ** 51, text: 'x'.repeat(300), at: -5, ratio: 0.5, yes: true }],
    many: Array.from({ length: 20 }, (_, index) => index * 70_000),
    more: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, null])),
    short: '',
  }

  test('is an answer, an error or a push', () => {
    const error = { code: 'rate_limited', message: 'Slow.', retry: 'later', retryAfterMs: 250 }
    expect(heard([3, result])).toEqual([{ id: 3, result }])
    expect(heard([3, null, error])).toEqual([{ id: 3, error }])
    expect(heard([0, 'tweet.deleted', { tweetId: 9 }])).toEqual([
      { event: 'tweet.deleted', data: { tweetId: 9 } },
    ])
  })

  test('may be a list of them', () => {
    const error = { code: 'x', message: 'y', retry: 'never' }
    const frame = [
      [1, result],
      [0, 'timeline.tweet', result],
      [2, null, error],
      [70_000, {}],
    ]
    expect(heard(frame)).toEqual([
      { id: 1, result },
      { event: 'timeline.tweet', data: result },
      { id: 2, error },
      { id: 70_000, result: {} },
    ])
    const long = Array.from({ length: 40 }, (_, index) => [index + 1, result])
    expect(heard(long).length).toBe(40)
  })

  test('that is neither is refused', () => {
    expect(() => heard([1, 2, 3, 4])).toThrow(WireError)
    expect(() => heard([1, result, result])).toThrow(WireError)
    expect(() => heard(Uint8Array.of(0x92, 0x92, 1))).toThrow(WireError)
    expect(() => heard(Uint8Array.of(0xc3))).toThrow(TypeError)
  })
})
