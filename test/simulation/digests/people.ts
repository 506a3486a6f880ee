// The people of the digest run: what they know of each other, and what one of them does next.
//
// Everything is chosen by one seed. Few are followed by very many, as everywhere; what is marked is mostly
// new; now and then somebody does what was done already, or sends a post once more because no answer came.

import { hashToken } from '../../../protocol/credentials.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import type { OperationName } from '../../../protocol/registry.ts'
import { CollectionDeeds } from './collection-deeds.ts'
import { type Deed, passwordOf, picked } from './deed.ts'
import { ImportDeeds } from './import-deeds.ts'
import { ModerationDeeds } from './moderation-deeds.ts'
import { NotificationDeeds } from './notification-deeds.ts'
import { MediaDeeds } from './people-media.ts'
import { PrivacyDeeds } from './privacy-deeds.ts'
import { ProfileDeeds } from './profile-deeds.ts'
import { PromotionDeeds } from './promotion-deeds.ts'
import { someText } from './texts.ts'

type Person = { readonly id: UserId; readonly handle: string }
type Session = { readonly userId: UserId; readonly tokenHash: string }
/** Somebody, and whom they follow or what they have marked. */
type Pair = readonly [who: UserId, what: number]

/** Marks go to one of so many newest tweets. */
const talkedOfMax = 5_000
/** Readers whose timelines are looked at. */
const readersMax = 64
/** Posts that may be sent once more. */
const retriedMax = 64

export class People {
  readonly users: Person[] = []
  readonly tweets: Pair[] = []
  /** Who have read their home timeline of late: what is written then goes into it, where it is kept. */
  readonly readers: UserId[] = []
  readonly media: MediaDeeds
  readonly #random: () => number
  readonly #sessions: Session[] = []
  readonly #follows: Pair[] = []
  readonly #favorites: Pair[] = []
  readonly #bookmarks: Pair[] = []
  readonly #retweets: Pair[] = []
  readonly #posts: Deed[] = []
  readonly #crowd = {
    random: () => this.#random(),
    anybody: () => this.#anybody().id,
    somebodyKnown: () => this.#somebodyKnown().id,
    tweetTalkedOf: () => this.#tweetTalkedOf(),
  }
  readonly privacy = new PrivacyDeeds(this.#crowd)
  readonly notifications = new NotificationDeeds(this.#crowd)
  readonly moderation = new ModerationDeeds(this.#crowd, () => this.#anybody())
  readonly collections = new CollectionDeeds(this.#crowd)
  readonly promotions = new PromotionDeeds(this.#crowd, this)
  readonly profiles = new ProfileDeeds(() => this.#random(), this.tweets)
  readonly imports: ImportDeeds
  #handles = 0

  constructor(options: { readonly random: () => number; readonly partitionCount: number }) {
    this.#random = options.random
    this.media = new MediaDeeds(options.random)
    this.imports = new ImportDeeds({
      ...this.#crowd,
      partitionCount: options.partitionCount,
      cameIn: (id, handle) => void this.users.push({ id, handle }),
      follows: (follower, followee) => void this.#follows.push([follower, followee]),
    })
  }

  /** What one of them does next; undefined where the draw does not fit what there is. */
  next(): Deed | undefined {
    let draw = this.#random() * weightOfAll
    for (const [weight, deed] of weighted) {
      draw -= weight
      if (draw < 0) return deed(this)
    }
    return undefined
  }

  /** Somebody looks at their home timeline, whom every host has heard of by `heardOf`. */
  readHome(heardOf: number): Deed {
    const { id } = this.users[this.#below(Math.min(heardOf, this.users.length))]!
    this.readers.unshift(id)
    if (this.readers.length > readersMax) this.readers.length = readersMax
    return { name: 'timeline.home', actor: id, params: {} }
  }

  signUp(): Deed {
    const number = ++this.#handles
    const handle = `Rook_${number.toString(36)}`
    const more = {
      ...(this.#chance(0.5) ? { email: `${number}@example.org` } : {}),
      ...(this.#chance(0.3) ? { birthDate: '1815-12-10' } : {}),
      ...(this.#chance(0.2) ? { operationId: `sign-up-${number}` } : {}),
    }
    return {
      name: 'account.create',
      actor: 0,
      params: { handle, name: `Rook ${number}`, password: passwordOf(handle), ...more },
      learn: (answer) => {
        this.users.push({ id: picked('account.create', answer, ['user', 'id']), handle })
        this.#learnToken('account.create', answer)
      },
    }
  }

  signIn(): Deed {
    const { handle } = this.#anybody()
    const params = { handle, password: passwordOf(handle) }
    const learn = (answer: Uint8Array) => this.#learnToken('session.create', answer)
    return { name: 'session.create', actor: 0, params, learn }
  }

  signOut(): Deed | undefined {
    const session = this.#take(this.#sessions)
    if (session === undefined) return undefined
    const { userId, tokenHash } = session
    return { name: 'session.end', actor: userId, params: {}, tokenHash }
  }

  post(): Deed {
    const again = this.#chance(0.03) ? this.#posts[this.#below(retriedMax)] : undefined
    if (again !== undefined) return again
    const { id } = this.#anybody()
    const inReplyTo = this.#chance(0.2) ? this.#tweetTalkedOf() : undefined
    const quoteOf = this.#chance(0.05) ? this.#tweetTalkedOf() : undefined
    const links = { ...(inReplyTo ? { inReplyTo } : {}), ...(quoteOf ? { quoteOf } : {}) }
    const operationId = this.#chance(0.3) ? { operationId: this.#key() } : {}
    const deed: Deed = {
      name: 'tweet.post',
      actor: id,
      params: {
        text: someText(this.#random, this.#somebodyKnown().handle),
        ...links,
        ...operationId,
      },
      learn: (answer) => {
        this.tweets.push([id, picked<TweetId>('tweet.post', answer, ['tweet', 'id'])])
      },
    }
    if ('operationId' in operationId) this.#posts[this.#below(retriedMax)] = deed
    return deed
  }

  delete(): Deed | undefined {
    const tweet = this.#take(this.tweets)
    if (tweet === undefined) return undefined
    return { name: 'tweet.delete', actor: tweet[0], params: { tweetId: tweet[1] } }
  }

  follow(): Deed {
    const [{ id }, followee] = [this.#anybody(), this.#somebodyKnown()]
    const learn = () => void this.#follows.push([id, followee.id])
    return { name: 'user.follow', actor: id, params: { userId: followee.id }, learn }
  }

  unfollow(): Deed | undefined {
    const [actor, userId] = this.#take(this.#follows) ?? []
    return actor === undefined ? undefined : { name: 'user.unfollow', actor, params: { userId } }
  }

  favorite(): Deed | undefined {
    return this.#mark('tweet.favorite', this.#favorites)
  }

  unfavorite(): Deed | undefined {
    return this.#unmark('tweet.unfavorite', this.#favorites)
  }

  retweet(): Deed | undefined {
    const deed = this.#mark('tweet.retweet', this.#retweets)
    if (deed === undefined) return undefined
    const learn = (answer: Uint8Array) => {
      deed.learn?.(answer)
      const retweet = picked<TweetId>('tweet.retweet', answer, ['retweetId'])
      this.tweets.push([deed.actor as UserId, retweet])
    }
    return { ...deed, learn }
  }

  unretweet(): Deed | undefined {
    return this.#unmark('tweet.unretweet', this.#retweets)
  }

  bookmark(): Deed | undefined {
    return this.#mark('tweet.bookmark', this.#bookmarks)
  }

  unbookmark(): Deed | undefined {
    return this.#unmark('tweet.unbookmark', this.#bookmarks)
  }

  /** Somebody deletes their account. From then on nobody knows them; the first one stays. */
  leave(): Deed | undefined {
    const person = this.#anybody()
    const first = this.users[0]!
    if (person.id === first.id || !person.handle.startsWith('Rook_')) return undefined
    for (const [place, { id }] of this.users.entries()) {
      if (id === person.id) this.users[place] = first
    }
    for (const [place, id] of this.readers.entries()) {
      if (id === person.id) this.readers[place] = first.id
    }
    const params = { password: passwordOf(person.handle) }
    return { name: 'account.delete', actor: person.id, params }
  }

  #mark(name: OperationName, marks: Pair[]): Deed | undefined {
    const tweetId = this.#tweetTalkedOf()
    if (tweetId === undefined) return undefined
    const { id } = this.#anybody()
    const learn = () => void marks.push([id, tweetId])
    return { name, actor: id, params: { tweetId }, learn }
  }

  #unmark(name: OperationName, marks: Pair[]): Deed | undefined {
    const [actor, tweetId] = this.#take(marks) ?? []
    return actor === undefined ? undefined : { name, actor, params: { tweetId } }
  }

  #learnToken(name: OperationName, answer: Uint8Array): void {
    const userId = picked<UserId>(name, answer, ['user', 'id'])
    this.#sessions.push({ userId, tokenHash: hashToken(picked(name, answer, ['token'])) })
  }

  #anybody(): Person {
    return this.users[this.#below(this.users.length)]!
  }

  /** The first ones are known to most. */
  #somebodyKnown(): Person {
    return this.users[Math.floor(this.users.length * this.#random() ** 2)]!
  }

  #tweetTalkedOf(): number | undefined {
    const recent = Math.min(talkedOfMax, this.tweets.length)
    return this.tweets[this.tweets.length - 1 - Math.floor(recent * this.#random() ** 2)]?.[1]
  }

  #key(): string {
    return `post-${Math.floor(this.#random() * 2 ** 50).toString(36)}`
  }

  /** Takes a random one out, the last one into its place. */
  #take<T>(list: T[]): T | undefined {
    const place = this.#below(list.length)
    const taken = list[place]
    const last = list.pop()
    if (place < list.length && last !== undefined) list[place] = last
    return taken
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count)
  }

  #chance(probability: number): boolean {
    return this.#random() < probability
  }
}

/** How often each is done, of 1,000 times or so. */
const weighted: readonly (readonly [number, (people: People) => Deed | undefined])[] = [
  [330, (people) => people.post()],
  [40, (people) => people.delete()],
  [170, (people) => people.follow()],
  [100, (people) => people.unfollow()],
  [160, (people) => people.favorite()],
  [60, (people) => people.unfavorite()],
  [80, (people) => people.bookmark()],
  [40, (people) => people.unbookmark()],
  [80, (people) => people.retweet()],
  [30, (people) => people.unretweet()],
  [30, (people) => people.media.upload(people)],
  [25, (people) => people.media.show(people)],
  [60, (people) => people.privacy.next()],
  [20, (people) => people.notifications.read()],
  [25, (people) => people.moderation.next()],
  [50, (people) => people.collections.next()],
  [30, (people) => people.promotions.next()],
  [20, (people) => people.profiles.next()],
  [1.5, (people) => people.leave()],
  [4, (people) => people.signUp()],
  [8, (people) => people.signIn()],
  [6, (people) => people.signOut()],
  [0.5, (people) => people.imports.users()],
  [8, (people) => people.imports.follows()],
]
const weightOfAll = weighted.reduce((sum, [weight]) => sum + weight, 0)
