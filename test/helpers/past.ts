// A past for a cluster: who signed up, followed whom and wrote what, as the events that primaries would
// have written, in one order of time. For a log that is filled before the cluster starts.
//
//   sign-ups of all  |  tweet, some follows, now and then a favorite, rarely a delete  |  tweet, ...
//
// The same sizes give the same past. Whom people follow has the shape of a power law: the range of users
// is cut into as many pieces as each follows, small ones at its front, and everybody follows one of each
// piece; so nobody follows anybody twice, and the first users have by far the most followers.

import { createHash } from 'node:crypto'
import { hashToken, makeToken } from '../../protocol/credentials.ts'
import { encodeEvent } from '../../protocol/event.ts'
import type { Partition, TweetId, UserId } from '../../protocol/ids.ts'
import { IdGenerator, idEpochMs, partitionOfHandle, partitionOfId } from '../../protocol/ids.ts'
import { accountCreate } from '../../protocol/operations/account-create.ts'
import { tweetDelete } from '../../protocol/operations/tweet-delete.ts'
import { tweetFavorite } from '../../protocol/operations/tweet-favorite.ts'
import { tweetPost } from '../../protocol/operations/tweet-post.ts'
import { userFollow } from '../../protocol/operations/user-follow.ts'
import { extractEntities } from '../../protocol/text/entities.ts'
import { seeded } from '../unit/shard/state/seeded.ts'

export type PastSizes = {
  readonly users: number
  readonly tweets: number
  /** How many each user follows. */
  readonly follows: number
}

export type PastEntry = { readonly partition: Partition; readonly payload: Uint8Array }

/** Somebody of the past, and what the cluster has to say of them. */
export type PastPerson = {
  readonly id: UserId
  readonly handle: string
  readonly token: string
  readonly counts: {
    readonly tweets: number
    readonly followers: number
    readonly following: number
  }
  /** The newest tweets of those whom they follow and their own. */
  readonly home: readonly TweetId[]
}

const partitionCount = 64
const startMs = idEpochMs + 1_000_000_000
const tweetEveryMs = 20
const sessionEndMs = idEpochMs + 10 * 365 * 86_400_000
/** How much more followers the first users have. */
const powerOfLaw = 2.5
const favoriteEvery = 2
const deleteEvery = 100
const replyEvery = 5
const keyEvery = 3
const homeLength = 20

const words = (
  'the a rook tower nest field grain winter morning flies over again today nobody why ' +
  'really quite loud quiet twenty together black wing seen heard about because tomorrow'
).split(' ')

export class Past {
  readonly sizes: PastSizes
  readonly #random = seeded(7)
  readonly #generators = Array.from({ length: partitionCount }, (_, one) => new IdGenerator(one))
  readonly #userIds: UserId[] = []
  readonly #tweetIds: Float64Array
  readonly #authors: Uint32Array
  readonly #isDeleted: Uint8Array
  readonly #tweetCounts: Uint32Array
  readonly #followerCounts: Uint32Array
  readonly #followed: Map<number, Set<number>>
  #nowMs = startMs
  #edges = 0

  /** @param sampled users of whom `people` will tell */
  constructor(sizes: PastSizes, sampled: readonly number[] = sampleOf(sizes)) {
    this.sizes = sizes
    this.#tweetIds = new Float64Array(sizes.tweets)
    this.#authors = new Uint32Array(sizes.tweets)
    this.#isDeleted = new Uint8Array(sizes.tweets)
    this.#tweetCounts = new Uint32Array(sizes.users)
    this.#followerCounts = new Uint32Array(sizes.users)
    this.#followed = new Map(sampled.map((user) => [user, new Set<number>()]))
  }

  /** About how many entries come. */
  get entryCount(): number {
    const { users, tweets, follows } = this.sizes
    const marks = Math.floor(tweets / favoriteEvery) + Math.floor(tweets / deleteEvery)
    return users * (1 + follows) + tweets + marks
  }

  /** All entries, in the order of time. To be gone through once. */
  *entries(): Generator<PastEntry> {
    const { users, tweets, follows } = this.sizes
    for (let user = 0; user < users; user++) yield this.#signUp(user)
    const texts = Array.from({ length: 2_000 }, () => this.#text())
    for (let tweet = 0; tweet < tweets; tweet++) {
      const due = Math.floor(((tweet + 1) / tweets) * users * follows)
      for (; this.#edges < due; this.#edges++) {
        const entry = this.#follow(this.#edges % users, Math.floor(this.#edges / users))
        if (entry !== undefined) yield entry
      }
      yield this.#post(tweet, texts[this.#random(texts.length)]!)
      if (tweet % favoriteEvery === 1) yield this.#favorite(tweet)
      if (tweet % deleteEvery === deleteEvery - 1) yield this.#delete(tweet)
    }
  }

  /** What there is to be seen of the sampled users when all entries have come. */
  people(): readonly PastPerson[] {
    return [...this.#followed].map(([user, followed]) => ({
      id: this.#userIds[user]!,
      handle: handleOf(user),
      token: tokenOf(this.#userIds[user]!),
      counts: {
        tweets: this.#tweetCounts[user]!,
        followers: this.#followerCounts[user]!,
        following: followed.size,
      },
      home: this.#homeOf(user, followed),
    }))
  }

  #homeOf(user: number, followed: ReadonlySet<number>): TweetId[] {
    const home: TweetId[] = []
    for (let tweet = this.sizes.tweets - 1; tweet >= 0 && home.length < homeLength; tweet--) {
      const author = this.#authors[tweet]!
      if (author !== user && !followed.has(author)) continue
      if (this.#isDeleted[tweet] === 0) home.push(this.#tweetIds[tweet] as TweetId)
    }
    return home
  }

  #signUp(user: number): PastEntry {
    const handle = handleOf(user)
    const partition = partitionOfHandle(handle, partitionCount)
    this.#nowMs += tweetEveryMs
    const userId = this.#generators[partition]!.next(this.#nowMs) as UserId
    this.#userIds.push(userId)
    const payload = encodeEvent(accountCreate, {
      userId,
      handle,
      name: `Rook ${user}`,
      passwordHash: `$argon2id$v=19$m=19456,t=2,p=1$${'s'.repeat(22)}$${'h'.repeat(43)}`,
      tokenHash: hashToken(tokenOf(userId)),
      tokenExpiresAt: sessionEndMs,
      email: `${handle}@example.org`,
    })
    return { partition, payload }
  }

  #follow(follower: number, round: number): PastEntry | undefined {
    const { users, follows } = this.sizes
    const piece = (round + follower) % follows
    const start = this.#pieceStart(piece)
    const followee = start + this.#random(this.#pieceStart(piece + 1) - start)
    if (followee === follower) return undefined
    this.#followerCounts[followee]!++
    this.#followed.get(follower)?.add(followee)
    const followerId = this.#userIds[follower]!
    const event = { followerId, followeeId: this.#userIds[followee % users]! }
    return { partition: partitionOfId(followerId), payload: encodeEvent(userFollow, event) }
  }

  #pieceStart(piece: number): number {
    const { users, follows } = this.sizes
    return Math.max(piece, Math.floor(users * (piece / follows) ** powerOfLaw))
  }

  #post(tweet: number, text: string): PastEntry {
    const author = this.#random(this.sizes.users)
    const authorId = this.#userIds[author]!
    const partition = partitionOfId(authorId)
    this.#nowMs += tweetEveryMs
    const tweetId = this.#generators[partition]!.next(this.#nowMs) as TweetId
    this.#tweetIds[tweet] = tweetId
    this.#authors[tweet] = author
    this.#tweetCounts[author]!++
    const repliedTo = tweet > 0 && tweet % replyEvery === 0 ? this.#random(tweet) : undefined
    const payload = encodeEvent(tweetPost, {
      tweetId,
      authorId,
      text,
      entities: this.#entitiesOf(text),
      ...(repliedTo === undefined ? {} : { inReplyTo: this.#tweetIds[repliedTo] as TweetId }),
      ...(tweet % keyEvery === 0 ? { operationId: `key-${tweetId.toString(36)}` } : {}),
    })
    return { partition, payload }
  }

  #favorite(tweet: number): PastEntry {
    const actorId = this.#userIds[this.#random(this.sizes.users)]!
    const tweetId = this.#tweetIds[Math.floor(tweet / 2)] as TweetId
    const payload = encodeEvent(tweetFavorite, { actorId, tweetId })
    return { partition: partitionOfId(actorId), payload }
  }

  #delete(newest: number): PastEntry {
    const tweet = newest - this.#random(deleteEvery)
    this.#isDeleted[tweet] = 1
    const authorId = this.#userIds[this.#authors[tweet]!]!
    this.#tweetCounts[this.#authors[tweet]!]!--
    const event = { tweetId: this.#tweetIds[tweet] as TweetId, authorId }
    return { partition: partitionOfId(authorId), payload: encodeEvent(tweetDelete, event) }
  }

  /** About as long as tweets are; many mention somebody, some have a hashtag or an address. */
  #text(): string {
    const parts = Array.from(
      { length: 8 + this.#random(14) },
      () => words[this.#random(words.length)]!,
    )
    if (this.#random(3) === 0) parts.unshift(`@${handleOf(this.#random(this.sizes.users))}`)
    if (this.#random(4) === 0) parts.push(`#${words[this.#random(words.length)]}`)
    if (this.#random(6) === 0) parts.push(`https://example.org/${this.#random(1e9)}`)
    return parts.join(' ')
  }

  #entitiesOf(text: string): ReturnType<typeof extractEntities> {
    let entities = this.#entities.get(text)
    if (entities === undefined) {
      const { mentions, hashtags, urls } = extractEntities(text)
      const known = mentions.map((mention) => ({
        ...mention,
        userId: this.#userIds[Number(mention.handle.slice(handlePrefix.length))]!,
      }))
      entities = { mentions: known, hashtags, urls }
      this.#entities.set(text, entities)
    }
    return entities
  }
  readonly #entities = new Map<string, ReturnType<typeof extractEntities>>()
}

const handlePrefix = 'rook_'

function handleOf(user: number): string {
  return `${handlePrefix}${user}`
}

function tokenOf(userId: UserId): string {
  return makeToken(userId, createHash('sha256').update(`token of ${userId}`).digest())
}

/** The most followed, the least, and some between. */
function sampleOf({ users }: PastSizes): readonly number[] {
  return [0, 1, 7, 77, Math.floor(users / 2), users - 1]
}
