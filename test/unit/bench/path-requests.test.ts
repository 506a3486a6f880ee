// Requests of the benchmark as bytes, and what is read of their answers.

import { describe, expect, test } from 'vitest'
import { pack, unpack } from '../../../protocol/frame.ts'
import { readHead } from '../../bench/path/http-lane.ts'
import {
  answersIn,
  homePayload,
  idFirst,
  idOfAnswer,
  isTweetPush,
  postPayload,
  Requests,
  stampedPostPayload,
  stampIn,
} from '../../bench/path/requests.ts'

/** The payload of a frame of a client, whose mask is zero: behind two bytes, a longer length and the mask. */
function readPlainFrame(frame: Buffer): unknown {
  return unpack(frame.subarray((frame[1]! & 0x7f) === 126 ? 8 : 6))
}

const whole = (bytes: Buffer) => ({ start: 0, end: bytes.length })
const result = { tweets: ['a'], users: [] }
const resultBytes = pack(result).length

describe('requests', () => {
  test('carry ids that grow, alone and many in a frame', () => {
    const alone = new Requests({ payload: homePayload(20), batch: 1 })
    const first = [idFirst, 'timeline.home', { limit: 20 }]
    expect(readPlainFrame(alone.next())).toEqual(first)
    expect(readPlainFrame(alone.next())).toEqual([idFirst + 1, ...first.slice(1)])
    const many = readPlainFrame(new Requests({ payload: homePayload(20), batch: 16 }).next())
    const ids = (many as [number][]).map(([id]) => id)
    expect(ids).toEqual(Array.from({ length: 16 }, (_, place) => idFirst + place))
  })

  test('of posts are never the same tweet, and have a key that is as new', () => {
    const requests = new Requests({ payload: postPayload('run'), batch: 1 })
    const read = () => {
      const [, , params] = readPlainFrame(requests.next()) as [
        number,
        string,
        { text: string; operationId: string },
      ]
      return params
    }
    const [one, other] = [read(), read()]
    expect(one.text).not.toBe(other.text)
    expect(one.operationId).not.toBe(other.operationId)
    expect(one.text.startsWith(one.operationId.slice('run.'.length))).toBe(true)
  })

  test('of posts can say when they were due', () => {
    const requests = new Requests({ payload: stampedPostPayload('run'), batch: 1 })
    const frame = requests.next(123_456_789)
    expect(stampIn(frame, 0, frame.length)).toBe(123_456_789)
    expect(stampIn(postPayload('run'), 0, 100)).toBeUndefined()
  })
})

describe('answers', () => {
  test('are counted, alone and many in a frame', () => {
    const alone = pack([idFirst, result])
    expect(answersIn(alone, whole(alone), resultBytes)).toBe(1)
    expect(idOfAnswer(alone, 0)).toBe(idFirst)
    for (const count of [2, 15, 16]) {
      const many = pack(Array.from({ length: count }, (_, place) => [idFirst + place, result]))
      expect(answersIn(many, whole(many), resultBytes)).toBe(count)
    }
  })

  test('that are errors, or not as long as they were, are not taken for results', () => {
    const error = [idFirst, null, { code: 'internal' }]
    const alone = pack(error)
    expect(() => answersIn(alone, whole(alone), undefined)).toThrow(/not an answer/)
    const many = pack([[idFirst, result], error])
    expect(() => answersIn(many, whole(many), resultBytes)).toThrow(/each was/)
    const other = pack([idFirst, { tweets: [], users: [] }])
    expect(() => answersIn(other, whole(other), resultBytes)).toThrow(/each was/)
  })

  test('are told from pushes, and pushes of tweets from others', () => {
    const tweet = pack([0, 'timeline.tweet', {}])
    const counts = pack([0, 'tweet.counts', {}])
    expect(answersIn(tweet, whole(tweet), resultBytes)).toBe(0)
    expect([tweet, counts].map((push) => isTweetPush(push, 0))).toEqual([true, false])
  })

  test('over HTTP end where their head says, however it is written', () => {
    for (const name of ['Content-Length', 'content-length']) {
      const head = `HTTP/1.1 200 OK\r\nDate: x\r\n${name}: 5\r\n\r\n`
      expect(readHead(Buffer.from(`${head}12`))).toEqual({ status: 200, length: head.length + 5 })
    }
    expect(readHead(Buffer.from('HTTP/1.1 200 OK\r\nDa'))).toBeUndefined()
  })
})
