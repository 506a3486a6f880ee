import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { mediaIdOf } from '../../../../protocol/media.ts'
import { mediaCreateHandler } from '../../../../shard/operations/media-create.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

const dayMs = 24 * 60 * 60 * 1000

function upload(shard: OneShard, owner: UserId, number: number, type: 'jpg' | 'webm' = 'jpg') {
  const mediaId = mediaIdOf(Buffer.alloc(32, number), type)
  const size = { width: 640, height: 480 }
  shard.ask(mediaCreateHandler, owner, { mediaId, bytes: 9, ...size, unattachedMs: dayMs })
  return mediaId
}

function post(shard: OneShard, author: UserId, mediaIds: readonly string[]) {
  return shard.call(tweetPostHandler, author, { text: 'look', mediaIds })
}

describe('a tweet with media', () => {
  test('shows up to four photos in the order of its author, to all readers', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    shard.ask(userFollowHandler, bob, { userId: alice })
    const ids = [4, 2, 3, 1].map((number) => upload(shard, alice, number))
    expect(post(shard, alice, ids).kind).toBe('answered')
    const { tweets } = shard.ask(timelineHomeHandler, bob, {})
    expect(tweets[0]!.media).toEqual(
      ids.map((id) => ({ id, kind: 'photo', width: 640, height: 480 })),
    )
  })

  test('shows one video, and nothing beside it', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const [video, second, photo] = [
      upload(shard, alice, 1, 'webm'),
      upload(shard, alice, 2, 'webm'),
      upload(shard, alice, 3),
    ]
    expect(post(shard, alice, [video])).toMatchObject({
      answer: { tweet: { media: [{ kind: 'video' }] } },
    })
    for (const both of [
      [video, photo],
      [photo, video],
      [video, second],
      [photo, photo],
    ]) {
      expect(post(shard, alice, both)).toMatchObject({
        error: { code: 'bad_request', field: 'mediaIds' },
      })
    }
  })

  test('cannot show what another uploaded, nor what nobody did', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const id = upload(shard, bob, 1)
    for (const ids of [[id], [mediaIdOf(Buffer.alloc(32, 9), 'png')]]) {
      expect(post(shard, alice, ids)).toMatchObject({
        error: { code: 'not_found', field: 'mediaIds' },
      })
    }
    upload(shard, alice, 1)
    expect(post(shard, alice, [id]).kind, 'once she has uploaded it too').toBe('answered')
  })

  test('may show the same photo as another within a day of its upload, deleted or not', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const id = upload(shard, alice, 1)
    const first = shard.ask(tweetPostHandler, alice, { text: 'tpyo', mediaIds: [id] })
    shard.ask(tweetDeleteHandler, alice, { tweetId: first.tweet.id })
    expect(post(shard, alice, [id]).kind).toBe('answered')
    shard.nowMs += dayMs
    expect(post(shard, alice, [id])).toMatchObject({ error: { code: 'not_found' } })
  })

  test('is what it was when it is read from the logs again', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const id = upload(shard, alice, 1)
    post(shard, alice, [id])
    shard.expectRecovery((partitions) => [...partitions].reverse())
    expect(shard.replica.tweets.files.isUsed(id)).toBe(true)
  })
})
