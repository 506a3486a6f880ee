// The public index: all that a process derives from public facts so that they can be found. Tweets by their
// words, people by their names, topics that rise.
//
// None of it is a fact. It is in no snapshot and no digest, two processes may differ in it, and all of it can
// be thrown away: a process starts without, and fills it step by step while it serves (`fill`), the newest
// first. Until that is done, `isPartial` is true, and answers say so.
//
// It is off at first: a state that recovers, or that stands beside another to bring its facts, indexes nothing.
// Written by `apply` functions, and by `fill`.

import { userField } from '../../../protocol/entities.ts'
import { timeOfId } from '../../../protocol/ids.ts'
import type { Tweets } from '../tweets/tweets.ts'
import type { Users } from '../users/users.ts'
import { entryOf } from '../users/users.ts'
import { backfillBatchMax, indexedTweetsMax } from './limits.ts'
import { NewestFirst } from './newest-first.ts'
import type { Called } from './people-index.ts'
import { PeopleIndex } from './people-index.ts'
import type { Segment } from './segment.ts'
import { segmentTweetsMax } from './segment.ts'
import { fingerprintOf, type Tokens, termFor, termsOf, tokensOf } from './terms.ts'
import { topicsOf } from './topics.ts'
import { Trends } from './trends.ts'
import { TweetIndex } from './tweet-index.ts'

/** What a tweet is found by. */
export type IndexedContent = {
  readonly text: string
  readonly entities: {
    readonly hashtags: readonly { readonly tag: string }[]
    readonly mentions: readonly { readonly handle: string }[]
  }
  readonly media?: readonly unknown[] | undefined
}

/** Ids that are sorted at a time. */
const runIds = 8_192

export class PublicIndex {
  readonly tweets = new TweetIndex()
  readonly people = new PeopleIndex((user) => this.#calledNow(user))
  readonly trends = new Trends()
  readonly #tweets: Tweets
  readonly #users: Users
  #isOn = false
  #isWhole = false
  /** Tweets that had arrived when it was switched on: these are filled in. */
  #startArrivals = 0
  #startUsers = 0

  constructor(of: { readonly tweets: Tweets; readonly users: Users }) {
    this.#tweets = of.tweets
    this.#users = of.users
    of.users.onCard = (user, card) => this.#cardComes(user, card)
  }

  /**
   * Whether the logs of others have gone on without this process, as far as it can tell. Told by its owner several
   * times a second; nothing but what answers say of themselves depends on it.
   */
  isBehind = false

  /** Whether something may be missing: of what was there at the start, or of what came lately. */
  get isPartial(): boolean {
    return !this.#isWhole || this.isBehind
  }

  /** Whether everything that was there at the start is in. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** Bytes outside the JavaScript heap, but for those of trends, which are few. */
  get bytes(): number {
    return this.tweets.bytes + this.people.bytes
  }

  /** From now on what comes is indexed at once; `fill` brings what is there. */
  switchOn(): void {
    if (this.#isOn) return
    this.#isOn = true
    this.#startArrivals = this.#tweets.arrivalCount
    this.#startUsers = this.#users.index.indexEnd
    this.#isWhole = this.#startArrivals === 0 && this.#startUsers === 0
  }

  /** @param tweet `isPublic`: anybody may read it, so that it counts for trends */
  tweetArrived(
    tweet: { readonly id: number; readonly author: number; readonly isPublic: boolean },
    content: IndexedContent,
  ): void {
    if (!this.#isOn) return
    const tokens = tokensOf(content.text)
    this.tweets.add(tweet.id, fingerprintsOf(tweet.author, content, tokens))
    if (tweet.isPublic) this.#countTopics(tweet, content, tokens)
  }

  tweetLeft(id: number): void {
    if (this.#isOn) this.tweets.remove(id)
  }

  /** Somebody is new, or is about to have another card. */
  #cardComes(user: number, called: Called): void {
    if (!this.#isOn) return
    if (!this.#users.hasCard(user)) this.people.add(user, called)
    else this.people.change(user, { from: calledIn(this.#users.card(user)), to: called })
  }

  #calledNow(user: number): Called | undefined {
    return this.#users.isKnown(user) ? calledIn(this.#users.card(user)) : undefined
  }

  /**
   * Brings what was there when it was switched on, step by step; each takes about a millisecond.
   * @param isPublic whether anybody may read a tweet, by its dense index
   */
  *fill(isPublic: (tweet: number) => boolean): Generator<void> {
    if (this.#isWhole) return
    const ids = yield* this.#collect()
    let segment: number[] = []
    for (let left = indexedTweetsMax; left > 0; left--) {
      const id = ids.take()
      if (id !== 0) segment.push(id)
      if ((id === 0 && segment.length > 0) || segment.length === segmentTweetsMax) {
        if (!(yield* this.#fillSegment(segment, isPublic))) break
        segment = []
      } else if (left % runIds === 0) yield
      if (id === 0) break
    }
    yield* this.#fillPeople()
    this.#isWhole = true
  }

  *#collect(): Generator<void, NewestFirst> {
    const ids = new NewestFirst()
    const end = this.#tweets.count
    for (let from = 0; from < end; from += runIds) {
      const run: number[] = []
      for (let tweet = from; tweet < Math.min(from + runIds, end); tweet++) {
        const arrival = this.#tweets.arrivalOf(tweet)
        if (arrival === 0 || arrival > this.#startArrivals) continue
        const id = this.#tweets.idOf(tweet)
        if (!this.#tweets.isDeleted(id)) run.push(id)
      }
      ids.add(Float64Array.from(run))
      yield
    }
    return ids
  }

  /** @param newestFirst ids; @returns whether there was room for them */
  *#fillSegment(
    newestFirst: readonly number[],
    isPublic: (tweet: number) => boolean,
  ): Generator<void, boolean> {
    const segment = this.tweets.newSegment()
    for (let place = newestFirst.length - 1; place >= 0; place--) {
      this.#fillTweet(segment, this.#tweets.find(newestFirst[place]!), isPublic)
      if (place % backfillBatchMax === 0) yield
    }
    return this.tweets.addOlder(segment)
  }

  #fillTweet(segment: Segment, tweet: number, isPublic: (tweet: number) => boolean): void {
    if (tweet < 0) return
    const tweets = this.#tweets
    const text = tweets.fieldOf(tweet, 'text') as string
    // A retweet says nothing of its own.
    if (text === '') return
    const content: IndexedContent = {
      text,
      entities: tweets.fieldOf(tweet, 'entities') as IndexedContent['entities'],
      media: tweets.fieldOf(tweet, 'media') as readonly unknown[] | undefined,
    }
    const id = tweets.idOf(tweet)
    const author = tweets.authorOf(tweet)
    const tokens = tokensOf(text)
    segment.add(id, fingerprintsOf(author, content, tokens))
    if (isPublic(tweet)) this.#countTopics({ id, author }, content, tokens)
  }

  *#fillPeople(): Generator<void> {
    for (let user = 0; user < this.#startUsers; user++) {
      const called = this.#calledNow(user)
      if (called !== undefined) this.people.add(user, called)
      if (user % backfillBatchMax === 0) yield
    }
  }

  #countTopics(
    tweet: { readonly id: number; readonly author: number },
    content: IndexedContent,
    tokens: Tokens,
  ): void {
    const tags = content.entities.hashtags.map(({ tag }) => tag)
    const topics = topicsOf(content.text, tags, tokens)
    if (topics.length === 0) return
    this.trends.add({ author: tweet.author, timeMs: timeOfId(tweet.id), topics })
  }
}

/** The handle and the name on an encoded card. */
export function calledIn(card: Uint8Array): Called {
  const field = (wanted: 'handle' | 'name') => entryOf(card, userField.fields, wanted) as string
  return { handle: field('handle'), name: field('name') }
}

function fingerprintsOf(
  author: number,
  { entities, media }: IndexedContent,
  tokens: Tokens,
): number[] {
  const fingerprints = termsOf(tokens).map(fingerprintOf)
  fingerprints.push(fingerprintOf(termFor.author(author)))
  for (const { tag } of entities.hashtags) fingerprints.push(fingerprintOf(termFor.tag(tag)))
  for (const { handle } of entities.mentions) {
    fingerprints.push(fingerprintOf(termFor.mention(handle)))
  }
  if (media !== undefined && media.length > 0) fingerprints.push(fingerprintOf(termFor.media))
  return fingerprints
}
