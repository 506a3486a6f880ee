// Viewers: the sockets that show one of some tweets, found and told a little in each turn of the event loop.
//
//   tweets  ->  turn 1: rings of 512 sockets   turn 2: rings of the next 512   …   last: what was found, tweet by tweet
//
// Like a postman who asks at every door, a street a day, instead of a directory of who takes which newspaper: a directory
// would be written to for each tweet of each page, which is read far more often than a tweet is deleted or its
// counts are told (figures in docs/decisions.md).
//
// Promises: whoever shows a tweet all the time until their turn, and may be told, is told once. The work of one turn is
// bounded, however many sockets there are. Owned by Live.

import type { Gateway, Subscriber } from './live-subscribers.ts'
import { shownTweetsMax } from './live-subscribers.ts'

/** Steps of one turn, each about as much as a look at one shown tweet: 0.3 to 1 ms. */
export const viewerStepsPerTurn = 65_536
/** Looking a subscriber up, whatever it shows. */
const stepsPerSubscriber = 16
/** Somebody who was found is asked for what they may see. */
const stepsPerViewer = 32
/** A push of its own for each gateway. */
const stepsPerPush = 256
/** Viewers that are found before they are told, which bounds what is kept meanwhile: 4 MB. */
export const viewersFoundMax = 524_288

/** Who is told, and how. */
export type Telling = {
  readonly gateways: Iterable<Gateway>
  /** Whether it is for this socket, as things are now: asked right before it is told. */
  isFor(subscriber: Subscriber, tweet: number): boolean
  /** Sends it to the recipients that were added to the gateways. */
  tell(tweet: number): void
}

/** Tells everybody who shows one of the tweets. Each step is one turn's work. */
export function* tellViewers(tweets: ReadonlySet<number>, telling: Telling): Generator<void> {
  const wanted = new TweetSet(tweets)
  const found = new Map<number, Subscriber[]>()
  let foundCount = 0
  let steps = 0
  for (const gateway of telling.gateways) {
    for (const subscriber of gateway.subscribers.values()) {
      const count = wanted.findIn(subscriber, found)
      foundCount += count
      steps += stepsPerSubscriber + Math.min(subscriber.shownCount, shownTweetsMax)
      steps += count * stepsPerViewer
      if (foundCount >= viewersFoundMax) {
        yield* tellFound(found, telling)
        found.clear()
        foundCount = 0
      }
      if (steps < viewerStepsPerTurn) continue
      steps = 0
      yield
    }
  }
  yield* tellFound(found, telling)
}

function* tellFound(
  found: ReadonlyMap<number, readonly Subscriber[]>,
  telling: Telling,
): Generator<void> {
  let steps = 0
  for (const [tweet, subscribers] of found) {
    for (const subscriber of subscribers) {
      if (isThere(subscriber) && telling.isFor(subscriber, tweet)) {
        subscriber.gateway.addRecipient(subscriber.slot)
      }
      steps += stepsPerViewer
      if (steps < viewerStepsPerTurn) continue
      // Between two turns other pushes are sent: nobody may be left over as a recipient.
      telling.tell(tweet)
      steps = 0
      yield
    }
    telling.tell(tweet)
    steps += stepsPerPush
  }
}

/** It may have left since it was found, and another one have its slot. */
function isThere(subscriber: Subscriber): boolean {
  return subscriber.gateway.subscribers.get(subscriber.slot) === subscriber
}

/**
 * Dense indexes of tweets. Almost all that are asked for are not among them, which takes one look into a table
 * that is a quarter full at most (open addressing with linear probing: Knuth, The Art of Computer Programming,
 * volume 3, 6.4; multiplicative hashing by the golden ratio).
 */
class TweetSet {
  /** Dense indexes plus one, as in the rings. */
  readonly #table: Uint32Array
  readonly #shift: number

  constructor(tweets: ReadonlySet<number>) {
    const bits = Math.max(6, 34 - Math.clz32(tweets.size))
    this.#table = new Uint32Array(2 ** bits)
    this.#shift = 32 - bits
    for (const tweet of tweets) {
      let place = Math.imul(tweet + 1, goldenRatio) >>> this.#shift
      while (this.#table[place] !== 0) place = (place + 1) & (this.#table.length - 1)
      this.#table[place] = tweet + 1
    }
  }

  /** Adds the subscriber to each of the tweets that it shows. @returns to how many */
  findIn(subscriber: Subscriber, found: Map<number, Subscriber[]>): number {
    const { shown } = subscriber
    const table = this.#table
    const shift = this.#shift
    const mask = table.length - 1
    const end = Math.min(subscriber.shownCount, shownTweetsMax)
    let count = 0
    for (let at = 0; at < end; at++) {
      const wanted = shown[at]!
      let place = Math.imul(wanted, goldenRatio) >>> shift
      while (table[place] !== 0 && table[place] !== wanted) place = (place + 1) & mask
      if (table[place] === 0) continue
      const subscribers = found.get(wanted - 1)
      if (subscribers === undefined) found.set(wanted - 1, [subscriber])
      // A tweet may have been shown several times.
      else if (subscribers.at(-1) === subscriber) continue
      else subscribers.push(subscriber)
      count++
    }
    return count
  }
}

/** 2^32 divided by the golden ratio. */
const goldenRatio = 0x9e3779b1
