import { describe, expect, test } from 'vitest'
import type { Tweet } from '../../../../protocol/entities.ts'
import { type ErrorBody, failure } from '../../../../protocol/errors.ts'
import { unpack } from '../../../../protocol/frame.ts'
import { firstIdAt, partitionOfId } from '../../../../protocol/ids.ts'
import type { Operation } from '../../../../protocol/operation.ts'
import { operations } from '../../../../protocol/registry.ts'
import { withMarks } from '../../../../server/http/marked-request.ts'
import type { ShardCall } from '../../../../server/links/shard-request.ts'
import { ShardRequest } from '../../../../server/links/shard-request.ts'
import { encodeAnswer } from '../../../helpers/fake-shard.ts'

const reader = firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16
const favorites: Operation = operations['favorites.list']
const marked = { favorited: true, retweeted: false, bookmarked: false }
const unmarked = { ...marked, favorited: false }

class Asked extends ShardRequest {
  readonly operation: Operation
  readonly call: ShardCall
  readonly slot = 0
  readonly startedAtMs = 1
  readonly isWanted = true
  readonly outcomes: unknown[] = []

  constructor(actor: number, operation = favorites) {
    super()
    this.operation = operation
    this.call = { partition: 9, actor, context: undefined, params: new Uint8Array(0) }
  }

  answered(result: Buffer): void {
    this.outcomes.push(unpack(result))
  }

  failed(error: ErrorBody): void {
    this.outcomes.push(error.code)
  }
}

function tweet(id: number, viewer?: Tweet['viewer']): object {
  const counts = { favorites: 0, retweets: 0, replies: 0 }
  const entities = { mentions: [], hashtags: [], urls: [] }
  const more = viewer === undefined ? {} : { viewer }
  return { id, authorId: 7, text: 'a', createdAt: 0, entities, counts, ...more }
}

/** Sends a request of the reader's, and answers it with a page. */
function answeredPage(page: Record<string, unknown>) {
  const more: ShardRequest[] = []
  const asked = new Asked(reader)
  const sent = withMarks(asked, { request: (request) => more.push(request) })
  sent.sentTo = 'shard-0'
  sent.answered(encodeAnswer(favorites, page))
  return { asked, more }
}

describe('a page of another shard', () => {
  const page = { tweets: [tweet(1), tweet(2)], referenced: [tweet(3)], users: [], olderCursor: 4 }

  test('is answered when the shard of its reader has said what they have to do with each tweet', () => {
    const { asked, more } = answeredPage(page)
    expect(asked.outcomes).toEqual([])
    expect(more).toMatchObject([{ operation: operations['tweet.marks'] }])
    expect(more[0]?.call.partition).toBe(partitionOfId(reader))
    const params = unpack(more[0]!.call.params as Buffer)
    expect(params).toEqual({ userId: reader, tweetIds: [1, 2, 3] })
    more[0]!.sentTo = 'shard-1'
    const marks = [marked, unmarked, marked]
    more[0]!.answered(encodeAnswer(operations['tweet.marks'], { marks }))
    expect(asked.sentTo).toBe('shard-1')
    expect(asked.outcomes).toEqual([
      {
        ...page,
        tweets: [tweet(1, marked), tweet(2, unmarked)],
        referenced: [tweet(3, marked)],
      },
    ])
  })

  test('fails where that shard does not say it', () => {
    const { asked, more } = answeredPage(page)
    more[0]!.failed(failure('timeout'))
    expect(asked.outcomes).toEqual(['timeout'])
  })

  test('is answered at once where it has no tweets, or tells already', () => {
    for (const whole of [
      { tweets: [], users: [] },
      { tweets: [tweet(1, marked)], users: [] },
    ]) {
      const { asked, more } = answeredPage(whole)
      expect(more).toEqual([])
      expect(asked.outcomes).toEqual([whole])
    }
  })

  test('is left alone for strangers, and so are the pages of all other operations', () => {
    const shards = { request: () => undefined }
    for (const asked of [new Asked(0), new Asked(reader, operations['timeline.home'])]) {
      expect(withMarks(asked, shards)).toBe(asked)
    }
  })
})
