// Logs of several partitions that could have happened: what people do, step by step, as the events that
// primaries would have written. For tests that apply them in other orders, or from snapshots.

import { decodeEvent, encodeEvent } from '../../../../protocol/event.ts'
import type { Partition, TweetId, UserId } from '../../../../protocol/ids.ts'
import { IdGenerator, idEpochMs, partitionOfId } from '../../../../protocol/ids.ts'
import type { OperationName } from '../../../../protocol/registry.ts'
import { handlersByCode } from '../../../../shard/handlers.ts'
import type { Handler } from '../../../../shard/operations/implement.ts'
import { nextErasure } from '../../../../shard/operations/leaving.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { isCollectionDeed, RandomCollections } from './random-collections.ts'
import { isPrivacyDeed, RandomPrivacy } from './random-privacy.ts'
import { isProfileDeed, photoOf, profileEvents } from './random-profiles.ts'
import { isPromotionDeed, RandomPromotions } from './random-promotions.ts'
import { type marks, partitions, type Step } from './random-steps.ts'

export { cluster, partitions, someOrder, somePartitions, someSteps } from './random-steps.ts'

type WriteHandler = Extract<Handler, { kind: 'write' }>
type Event = Record<string, unknown>

export type Entry = {
  readonly partition: Partition
  readonly event: Event
  readonly payload: Uint8Array
}

const handlersByName = new Map(
  [...handlersByCode.values()].map((handler) => [handler.operation.name, handler]),
)

/** A small world that only ever does what is allowed. */
class World {
  readonly entries: Entry[] = []
  readonly #ids = partitions.map((partition) => new IdGenerator(partition))
  readonly #users: UserId[] = []
  readonly #tweets = new Map<TweetId, UserId>()
  /** User and original, as a text, to the retweet. */
  readonly #retweets = new Map<string, TweetId>()
  readonly #sessions: { userId: UserId; tokenHash: string }[] = []
  /** Marks and follows that there are. */
  readonly #facts = new Set<string>()
  readonly #left = new Set<UserId>()
  /** Applies what is there when somebody leaves: what is erased can only be said with all before it. */
  readonly #state = stateHosting(partitions)
  #appliedCount = 0
  readonly #crowd = {
    isNew: (fact: string, isThere: boolean) => this.#isNew(fact, isThere),
    has: (fact: string) => this.#facts.has(fact),
    newId: (actor: UserId) => this.#newId(actor),
    write: (name: OperationName, actor: UserId, event: object) => this.#write(name, actor, event),
  }
  readonly #privacy = new RandomPrivacy(this.#crowd)
  readonly #collections = new RandomCollections(this.#crowd)
  readonly #promotions = new RandomPromotions(this.#crowd)
  #nowMs = idEpochMs + 1_000_000

  constructor(steps: readonly Step[]) {
    for (let who = 0; who < 6; who++) this.#take({ does: 'signUp', who, which: who })
    for (const step of steps) this.#take(step)
  }

  #take({ does, who, which }: Step): void {
    this.#nowMs += 1 + which
    const actor = this.#present(who)
    if (does === 'signUp') this.#signUp(which)
    else if (does === 'signIn') this.#signIn(actor, which)
    else if (does === 'signOut') this.#signOut(which)
    else if (does === 'wait') this.#nowMs += which * 60_000
    else if (does === 'post') this.#post(actor, which)
    else if (does === 'follow' || does === 'unfollow') this.#follow({ does, who, which })
    else if (isPrivacyDeed(does)) {
      this.#privacy.take(does, { actor, other: this.#present(which), which })
    } else if (isCollectionDeed(does)) {
      const tweets = [...this.#tweets.keys()]
      const tweetId = tweets[which % Math.max(1, tweets.length)] ?? 1
      const userId = this.#present(which + who)
      this.#collections.take(does, { actor, which, userId, tweetId })
    } else if (isPromotionDeed(does)) {
      const tweet = [...this.#tweets][which % Math.max(1, this.#tweets.size)]
      this.#promotions.take(does, { actor, which, tweet })
    } else if (does === 'leave') this.#leave(actor, which)
    else this.#touch(actor, { does, who, which })
  }

  /** Somebody who has not left: some always stay. */
  #present(number: number): UserId {
    const present = this.#users.filter((user) => !this.#left.has(user))
    return present[number % Math.max(1, present.length)]!
  }

  /** Now and then what is left of somebody is not erased when the log ends. */
  #leave(userId: UserId, which: number): void {
    if (this.#users.length - this.#left.size < 3) return
    this.#left.add(userId)
    this.#collections.left(userId)
    this.#promotions.left(userId)
    for (const [tweetId, author] of this.#tweets) {
      if (author === userId) this.#tweets.delete(tweetId)
    }
    const departureId = this.#ids[partitionOfId(userId)]!.next(this.#nowMs)
    this.#write('account.delete', userId, { userId, departureId, endedHashes: [] })
    for (let step = 0; step < which % 4; step++) {
      apply(this.#state, this.entries.slice(this.#appliedCount))
      this.#appliedCount = this.entries.length
      const erasure = nextErasure(this.#state, this.#state.users.indexOf(userId))
      if (erasure === undefined) return
      // Less than there is at a time.
      const some = <T>(list: readonly T[]): readonly T[] => list.slice(0, 1 + step)
      const marks = some(erasure.marks).map(({ kind, ids }) => ({ kind, ids: some(ids) }))
      this.#write('account.erase', userId, {
        userId,
        tweetIds: some(erasure.tweetIds),
        followeeIds: some(erasure.followeeIds),
        askedIds: some(erasure.askedIds),
        collectionIds: some(erasure.collectionIds),
        marks,
      })
    }
  }

  #signUp(which: number): void {
    const number = this.#users.length
    const userId = this.#ids[which % partitions.length]!.next(this.#nowMs) as UserId
    this.#users.push(userId)
    this.#write('account.create', userId, {
      userId,
      handle: `user_${number}`,
      name: `Üser ${number}`,
      passwordHash: `hash ${number}`,
      ...this.#newSession(userId),
      ...(which % 2 === 0 ? { email: `${number}@example.org` } : {}),
      ...(which % 3 === 0 ? { birthDate: '1815-12-10' } : {}),
      ...(which % 5 === 0 ? { operationId: `sign-up-${number}` } : {}),
    })
  }

  #newSession(userId: UserId): { tokenHash: string; tokenExpiresAt: number } {
    const tokenHash = `token ${(this.#sessions.length * 7919) % 1009} of ${userId}`
    this.#sessions.push({ userId, tokenHash })
    return { tokenHash, tokenExpiresAt: this.#nowMs + 90 * 60_000 }
  }

  /** Now and then by the same sign-up once more, as a client does that had no answer. */
  #signIn(userId: UserId, which: number): void {
    const number = this.#users.indexOf(userId)
    if (which % 3 > 0) {
      this.#write('session.create', userId, { userId, ...this.#newSession(userId) })
      return
    }
    const [handle, name, passwordHash] = [`user_${number}`, `Üser ${number}`, `hash ${number}`]
    const account = { userId, handle, name, passwordHash, email: 'again@example.org' }
    this.#write('account.create', userId, { ...account, ...this.#newSession(userId) })
  }

  #signOut(which: number): void {
    const session = this.#sessions[which % this.#sessions.length]!
    this.#write('session.end', session.userId, session)
  }

  #post(
    authorId: UserId,
    which: number,
    links: { readonly inReplyTo?: TweetId; readonly quoteOf?: TweetId } = {},
  ): void {
    const inReplyToAuthorId = links.inReplyTo && this.#tweets.get(links.inReplyTo)
    const tweetId = this.#ids[partitionOfId(authorId)]!.next(this.#nowMs) as TweetId
    this.#tweets.set(tweetId, authorId)
    const mentioned = this.#present(which)
    const mentions = which % 3 > 0 ? [] : [{ handle: 'you', userId: mentioned, start: 0, end: 4 }]
    const quoteOfAuthorId = links.quoteOf && this.#tweets.get(links.quoteOf)
    this.#write('tweet.post', authorId, {
      tweetId,
      authorId,
      text: `${which} ravens 🐦`.repeat(1 + (which % 4)),
      entities: { mentions, hashtags: [], urls: [] },
      ...links,
      ...(which % 7 === 0 ? { media: [photoOf(which % 3)] } : {}),
      ...(which % 5 === 0 ? { location: { latitude: which - 50, longitude: 180 - which } } : {}),
      ...(inReplyToAuthorId === undefined ? {} : { inReplyToAuthorId }),
      ...(quoteOfAuthorId === undefined ? {} : { quoteOfAuthorId }),
      ...(which % 2 === 0 ? { operationId: `post-${tweetId}` } : {}),
    })
  }

  #retweet(
    authorId: UserId,
    { does, tweetId: retweetOf }: { does: 'retweet' | 'unretweet'; tweetId: TweetId },
  ): void {
    const key = `${authorId} ${retweetOf}`
    const there = this.#retweets.get(key)
    if ((there === undefined) !== (does === 'retweet')) return
    const tweetId = there ?? (this.#ids[partitionOfId(authorId)]!.next(this.#nowMs) as TweetId)
    if (there === undefined) this.#retweets.set(key, tweetId)
    else this.#retweets.delete(key)
    const told = does === 'retweet' ? { originalAuthorId: this.#tweets.get(retweetOf)! } : {}
    this.#write(`tweet.${does}`, authorId, { tweetId, authorId, retweetOf, ...told })
  }

  #follow({ does, who, which }: Step): void {
    const followerId = this.#present(who)
    const followeeId = this.#present(which)
    const isFollowing = !this.#isNew(`follow ${followerId} ${followeeId}`, does === 'follow')
    if (isFollowing || followerId === followeeId) return
    this.#write(does === 'follow' ? 'user.follow' : 'user.unfollow', followerId, {
      followerId,
      followeeId,
      ...(does === 'follow' ? { followId: this.#newId(followerId) } : {}),
    })
  }

  #touch(actorId: UserId, { does, which }: Step): void {
    const [tweetId, userId] = [...this.#tweets][which % Math.max(1, this.#tweets.size)] ?? []
    if (tweetId === undefined || userId === undefined) return
    if (isProfileDeed(does)) {
      for (const one of profileEvents(does, { userId, tweetId }))
        this.#write(one[0], userId, one[1])
    } else if (does === 'reply') this.#post(actorId, which, { inReplyTo: tweetId })
    else if (does === 'quote') this.#post(actorId, which, { quoteOf: tweetId })
    else if (does === 'retweet' || does === 'unretweet') this.#retweet(actorId, { does, tweetId })
    else if (does === 'delete') {
      this.#tweets.delete(tweetId)
      this.#write('tweet.delete', userId, { tweetId, authorId: userId })
    } else {
      const kind = does.endsWith('favorite') ? 'favorite' : 'bookmark'
      if (!this.#isNew(`${kind} ${actorId} ${tweetId}`, does === kind)) return
      const mark = does as (typeof marks)[number]
      const told = this.#toldOf(mark, actorId, this.#tweets.get(tweetId)!)
      this.#write(`tweet.${mark}`, actorId, { actorId, tweetId, ...told })
    }
  }

  /** What the author of a tweet is told by. */
  #toldOf(does: (typeof marks)[number], actorId: UserId, authorId: UserId): object {
    if (actorId === authorId || does.endsWith('bookmark')) return {}
    return does === 'unfavorite' ? { authorId } : { authorId, favoriteId: this.#newId(actorId) }
  }

  #newId(actor: UserId): number {
    return this.#ids[partitionOfId(actor)]!.next(this.#nowMs)
  }

  /** Notes a fact, or its end. @returns whether that changes anything */
  #isNew(fact: string, isThere: boolean): boolean {
    if (this.#facts.has(fact) === isThere) return false
    if (isThere) this.#facts.add(fact)
    else this.#facts.delete(fact)
    return true
  }

  #write(name: OperationName, actor: UserId, event: object): void {
    const { operation } = handlersByName.get(name)!
    const payload = encodeEvent(operation, event as Event)
    const decoded = decodeEvent(payload).event
    this.entries.push({ partition: partitionOfId(actor), event: decoded, payload })
  }
}

/** The entries of all logs in the order in which they were written. */
export function entriesOf(steps: readonly Step[]): readonly Entry[] {
  return new World(steps).entries
}

export function logOf(entries: readonly Entry[], partition: Partition): readonly Entry[] {
  return entries.filter((entry) => entry.partition === partition)
}

export function apply(state: ShardState, entries: readonly Entry[]): void {
  for (const { payload } of entries) {
    const { operation, event } = decodeEvent(payload)
    const handler = handlersByCode.get(operation.code) as WriteHandler
    handler.apply(state, event)
  }
}

export function stateHosting(hosted: readonly Partition[]): ShardState {
  const state = new ShardState()
  for (const partition of hosted) state.host(partition)
  return state
}
