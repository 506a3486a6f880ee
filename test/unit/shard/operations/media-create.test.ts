import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { mediaUnattachedMax } from '../../../../protocol/limits.ts'
import { mediaIdOf } from '../../../../protocol/media.ts'
import { mediaCreateHandler } from '../../../../shard/operations/media-create.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const dayMs = 24 * 60 * 60 * 1000

/** The id of the nth photo. */
function photo(number: number, type: 'jpg' | 'mp4' = 'jpg'): string {
  return mediaIdOf(Buffer.alloc(32, number), type)
}

const file = { bytes: 1_000, width: 640, height: 480, unattachedMs: dayMs }

function upload(shard: OneShard, owner: UserId, mediaId: string, alt?: string) {
  const more = alt === undefined ? {} : { alt }
  return shard.call(mediaCreateHandler, owner, { mediaId, ...file, ...more })
}

describe('media.create', () => {
  test('an upload is answered as a tweet will show it', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    expect(upload(shard, alice, photo(1), 'A rook')).toEqual({
      kind: 'answered',
      answer: { media: { id: photo(1), kind: 'photo', width: 640, height: 480, alt: 'A rook' } },
    })
    expect(upload(shard, alice, photo(2, 'mp4'))).toMatchObject({
      answer: { media: { id: photo(2, 'mp4'), kind: 'video' } },
    })
  })

  test('nobody uploads who is not signed in', () => {
    const shard = new OneShard()
    expect(upload(shard, stranger, photo(1))).toMatchObject({ error: { code: 'unauthenticated' } })
  })

  test('the same file again is one upload, with its newest alt text', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    upload(shard, alice, photo(1), 'A rok')
    upload(shard, alice, photo(1), 'A rook')
    const { tweet } = shard.ask(tweetPostHandler, alice, { text: 'look', mediaIds: [photo(1)] })
    expect(tweet.media).toMatchObject([{ id: photo(1), alt: 'A rook' }])
    expect(shard.state.unattachedMedia.listOf(alice)).toHaveLength(1)
  })

  test('more than anybody needs in a day are refused; a day later there is room again', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    for (let number = 0; number < mediaUnattachedMax; number++) {
      const mediaId = mediaIdOf(Buffer.alloc(32, `${number}`.padStart(4)), 'png')
      expect(upload(shard, alice, mediaId).kind).toBe('answered')
    }
    expect(upload(shard, alice, photo(1))).toMatchObject({ code: 'too_many_media' })
    const known = mediaIdOf(Buffer.alloc(32, '   0'), 'png')
    expect(upload(shard, alice, known).kind, 'one that is there').toBe('answered')
    expect(upload(shard, bob, photo(1)).kind, 'somebody else').toBe('answered')
    shard.nowMs += dayMs
    expect(upload(shard, alice, photo(1)).kind).toBe('answered')
  })

  test('the id of no file of ours is refused', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    expect(upload(shard, alice, 'x.svg')).toMatchObject({ code: 'unsupported_media' })
  })

  test('uploads of one user are decided one after the other', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    const claims = (owner: UserId, number: number) =>
      shard.prepare(mediaCreateHandler, owner, { mediaId: photo(number), ...file }).claims
    expect(claims(alice, 1)).toEqual(claims(alice, 2))
    expect(claims(alice, 1)).not.toEqual(claims(bob, 1))
  })

  test('who does not host the owner keeps nothing of it', () => {
    const shard = new OneShard({ hosts: ['alice'] })
    const zoe = shard.hearOf('zoe')
    const media = { id: photo(1), kind: 'photo', width: 640, height: 480 }
    const createdId = shard.newId(partitionOfId(zoe))
    const expiresAt = shard.nowMs + dayMs
    shard.hear(mediaCreateHandler.operation, { userId: zoe, media, bytes: 1, createdId, expiresAt })
    expect(shard.state.unattachedMedia.listOf(zoe)).toEqual([])
  })
})
