// People, tweets and timelines for the measures, put into a `ShardState` as its owner does it.

import { type TweetId, timeOfId, type UserId } from '../../../protocol/ids.ts'
import { timelineLengthMax } from '../../../protocol/limits.ts'
import type { Context } from '../../../shard/operations/implement.ts'
import { ShardState } from '../../../shard/state/shard-state.ts'
import type { Body } from '../../../shard/state/tweets/tweets.ts'

export const partitionCount = 64
const usual = {
  text: 'A tweet of about the usual length: it says something, and then it says a little more about it.',
  entities: { mentions: [], hashtags: [], urls: [] },
}
/** Ids carry their time: users are made first, then come the tweets that fill the rings, then others. */
const usersFromMs = 1e9
export const tweetsFromMs = 1e10

export class World {
  readonly state = new ShardState()
  /** User number to dense index, as given out. Numbers that follow each other share a partition. */
  readonly indexes: Uint32Array
  /** Whole milliseconds between two tweets. */
  tweetEveryMs = 1
  #tweetCount = 0
  #userCount: number

  /** @param users are all hosted here, none with a card */
  constructor(users: number) {
    const { state } = this
    for (let partition = 0; partition < partitionCount; partition++) state.host(partition)
    this.indexes = new Uint32Array(users)
    this.#userCount = users
    for (let user = 0; user < users; user++) {
      this.indexes[user] = state.users.index.intern(userIdOf(user))
    }
  }

  /** The dense index of somebody new, who has no ring. */
  stranger(): number {
    return this.state.users.index.intern(userIdOf(this.#userCount++))
  }

  /** Gives a user a card, so that they can be shown. */
  introduce(user: number): void {
    const id = userIdOf(user)
    const name = `person${user}`
    const bio = 'Somebody who says a few words about what they like.'
    this.state.users.setCard({
      id,
      handle: name,
      name,
      bio,
      createdAt: timeOfId(id),
      protected: false,
    })
  }

  /** An id newer than all before, of the author's partition. */
  nextTweetId(author: number): TweetId {
    const partition = this.state.users.index.partitionOf(author)
    return idOf(tweetsFromMs + this.#tweetCount++ * this.tweetEveryMs, partition) as TweetId
  }

  /** Writes a tweet down as its event is applied, without delivering it. */
  writeTweet(author: number, content: Pick<Body, 'text' | 'entities' | 'media'> = usual): TweetId {
    const { state } = this
    const id = this.nextTweetId(author)
    const authorId = state.users.idOf(author)
    state.tweets.put({ id, authorId, createdAt: timeOfId(id), ...content }, author)
    state.authored.insert(author, id)
    return id
  }

  /**
   * Gives every user a ring of so many entries: all follow one source that wrote them, and read once.
   * @param entries at most `timelineLengthMax`, which is a full ring
   */
  fillRings(entries: number): void {
    const { state } = this
    const source = this.stranger()
    const count = Math.min(entries, timelineLengthMax)
    for (let tweet = 0; tweet < count; tweet++)
      state.authored.insert(source, this.nextTweetId(source))
    for (const user of this.indexes) state.stageFollowing(user, source)
    for (const user of this.indexes) this.readHome(user)
  }

  /** Reads a page, which builds the timeline where there is none. */
  readHome(user: number): number {
    return this.state.readHome(user, { before: Number.MAX_SAFE_INTEGER, limit: 20 }, pageIds)
  }
}

/** What a request of a user comes with. */
export function contextFor({ state, indexes }: World, user: number): Context {
  const actorIndex = indexes[user]!
  return {
    actor: state.users.idOf(actorIndex),
    actorIndex,
    partition: state.users.index.partitionOf(actorIndex),
    partitionCount,
    nowMs: 0,
    liveEpoch: 'k3x9',
    subscriptions: undefined,
    tokenHash: undefined,
  }
}

const pageIds = new Float64Array(20)

export function userIdOf(user: number): UserId {
  return idOf(usersFromMs + user, Math.floor(user / 256) % partitionCount) as UserId
}

/** Puts an id together: milliseconds since the epoch of ids, partition, sequence 0. */
function idOf(ms: number, partition: number): number {
  return ms * 4_096 + partition * 16
}
