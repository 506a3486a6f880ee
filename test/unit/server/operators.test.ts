import { describe, expect, test } from 'vitest'
import { failure } from '../../../protocol/errors.ts'
import type { Fields } from '../../../protocol/fields.ts'
import { unpack } from '../../../protocol/frame.ts'
import { encodeFields } from '../../../protocol/message-pack.ts'
import { importFollows } from '../../../protocol/operations/import-follows.ts'
import { operationsByCode } from '../../../protocol/registry.ts'
import type { AdminPost } from '../../../protocol/std/admin.ts'
import type { ShardRequest } from '../../../server/links/shard-request.ts'
import { operatorPosts } from '../../../server/operators.ts'

const token = 'a token of operators'
const path = '/operations/import.follows'
const params = { partition: 9, follows: Buffer.from([5, 1, 7]) }

/** What reaches the shards, and how they answer it. */
function operators(answer: (request: ShardRequest) => void = () => undefined) {
  const requests: ShardRequest[] = []
  const outcomes: string[] = []
  const posts = operatorPosts({
    token,
    shards: {
      partitionCount: 64,
      request: (request) => {
        requests.push(request)
        answer(request)
      },
    },
    metrics: { answered: (_operation, outcome) => outcomes.push(outcome) },
  })
  return { post: posts[path] as AdminPost, posts, requests, outcomes }
}

const bodyOf = (values: object, fields: Fields = importFollows.request) =>
  encodeFields(fields, values as never)

describe('the way of operators', () => {
  test('is there for operators only, and not at all without a token', () => {
    const { posts } = operators()
    const theirs = [...operationsByCode.values()].filter(({ access }) => access === 'operator')
    expect(theirs.map(({ name }) => name)).toContain('import.users')
    expect(Object.keys(posts)).toEqual(theirs.map(({ name }) => `/operations/${name}`))
    const { shards, metrics } = { shards: {} as never, metrics: {} as never }
    expect(operatorPosts({ token: '', shards, metrics })).toEqual({})
    expect(() => operatorPosts({ token: 'short', shards, metrics })).toThrow('16 characters')
  })

  test('opens to the token alone', () => {
    const { post } = operators()
    expect(post.isAllowed(`Bearer ${token}`)).toBe(true)
    for (const other of ['', token, `bearer ${token}`, `Bearer ${token} `, 'Bearer ']) {
      expect(post.isAllowed(other), other).toBe(false)
    }
  })

  test('leads to the partition that is named, with the parameters as they were sent', async () => {
    const { post, requests, outcomes } = operators((request) =>
      request.answered(Buffer.from([0x81, 0xa5, 97, 100, 100, 101, 100, 1])),
    )
    const { status, body } = await post.answer(bodyOf(params))
    expect([status, unpack(body as Uint8Array)]).toEqual([undefined, { added: 1 }])
    const { call } = requests[0]!
    expect([call.partition, call.actor]).toEqual([9, 0])
    expect(unpack(call.params)).toEqual(params)
    expect(outcomes).toEqual(['ok'])
  })

  test('tells an error with its status and its advice', async () => {
    const { post, outcomes } = operators((request) =>
      request.failed(failure('unavailable', { retryAfterMs: 200 })),
    )
    const answer = await post.answer(bodyOf(params))
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body as string)).toMatchObject({ retry: 'later', retryAfterMs: 200 })
    expect(outcomes).toEqual(['unavailable'])
  })

  test('refuses what the definition does not allow before it reaches a shard', async () => {
    const { post, requests } = operators()
    const wrong = [
      Buffer.alloc(0),
      Buffer.from([0xdf, 0xff, 0xff, 0xff, 0xff]),
      Buffer.from('{"partition":9}'),
      bodyOf({ partition: 9 }),
      bodyOf({ ...params, partition: 256 }),
      bodyOf({ ...params, follows: Buffer.alloc(60_000) }),
    ]
    for (const body of wrong) expect((await post.answer(body)).status).toBe(400)
    expect((await post.answer(bodyOf({ ...params, partition: 64 }))).status).toBe(404)
    expect(requests).toEqual([])
  })
})
