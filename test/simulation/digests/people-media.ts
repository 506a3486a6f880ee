// What people do with media in the digest run: they upload, the same photo again now and then, and show in
// tweets what they uploaded of late.

import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { mediaIdOf } from '../../../protocol/media.ts'
import { tweetPost } from '../../../protocol/operations/tweet-post.ts'
import { pickValue } from '../../../protocol/pick.ts'
import type { OperationName } from '../../../protocol/registry.ts'

/** Photos that there are in all: so one is uploaded and shown by many. */
const photosMax = 200
/** Uploads that may be shown next. */
const shownMax = 50
/** In the time of the run: some end in the middle of it. */
const unattachedMs = 20_000

type MediaDeed = {
  readonly name: OperationName
  readonly actor: number
  readonly params: Record<string, unknown>
  readonly learn: (answer: Uint8Array) => void
}

type Crowd = {
  readonly users: readonly { readonly id: UserId }[]
  readonly tweets: (readonly [who: UserId, what: number])[]
}

export class MediaDeeds {
  readonly #random: () => number
  readonly #uploads: { readonly owner: UserId; readonly mediaId: string }[] = []

  constructor(random: () => number) {
    this.#random = random
  }

  upload({ users }: Crowd): MediaDeed {
    const owner = users[this.#below(users.length)]!.id
    const mediaId = mediaIdOf(Buffer.alloc(32, this.#below(photosMax)), 'jpg')
    const alt = this.#random() < 0.5 ? { alt: `a rook, ${this.#below(1e6)} times` } : {}
    const size = { bytes: 1 + this.#below(1e6), width: 640, height: 480 }
    return {
      name: 'media.create',
      actor: owner,
      params: { mediaId, ...size, unattachedMs, ...alt },
      learn: () => {
        this.#uploads.unshift({ owner, mediaId })
        if (this.#uploads.length > shownMax) this.#uploads.length = shownMax
      },
    }
  }

  /** What was uploaded too long ago is refused. */
  show({ tweets }: Crowd): MediaDeed | undefined {
    const uploaded = this.#uploads.pop()
    if (uploaded === undefined) return undefined
    const { owner, mediaId } = uploaded
    return {
      name: 'tweet.post',
      actor: owner,
      params: { text: 'what I saw', mediaIds: [mediaId] },
      learn: (answer) => {
        const id = pickValue(tweetPost.answer, answer, ['tweet', 'id']) as TweetId
        tweets.push([owner, id])
      },
    }
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }
}
