// What a population does, in which order. Pure: chance is a seeded stream, time does not occur.
//
// The actions come in windows. Within a window everything may happen at once and in any order,
// so nothing in it may depend on anything else in it: no favorite of a tweet that the same window
// deletes, no unfollow of what it follows. Between windows everything has been acknowledged. So the
// outcome is certain, while posts, follows, favorites and their reversals still meet each other as
// they would in real life.

import type { KnownTweet, World } from '../oracle/oracle.ts'
import type { Random } from '../std/random.ts'
import type { Action } from './actions.ts'
import type { FeaturePlan } from './feature-plan.ts'
import type { Graph, Zipf } from './population.ts'
import { keys, Steady } from './steady.ts'
import type { TextGenerator } from './texts.ts'

export type { Action } from './actions.ts'

/** How many of each, over the whole run. */
export type PlanTotals = {
  readonly posts: number
  readonly favorites: number
  readonly unfavorites: number
  readonly deletes: number
  readonly unfollows: number
  /** Follows of those who were unfollowed before. */
  readonly refollows: number
  /** Follows of those who are followed already: they change nothing. */
  readonly repeats: number
}

/** How many actions that is. */
export function actionsOf(totals: PlanTotals): number {
  return Object.values(totals).reduce((sum, count) => sum + count, 0)
}

/** In this order, so that deletions know nothing of the favorites of the same window. */
const planned = [
  'posts',
  'deletes',
  'unfavorites',
  'unfollows',
  'refollows',
  'repeats',
  'favorites',
] as const
const noTotals: PlanTotals = {
  posts: 0,
  favorites: 0,
  unfavorites: 0,
  deletes: 0,
  unfollows: 0,
  refollows: 0,
  repeats: 0,
}

/** The share of follows that are made while tweets are being posted, instead of before. */
const lateFollowShare = 0.1
const windowsMin = 10
const actionsPerWindowMax = 4_000
/** Draws for one favorite or deletion before it is put off: most tweets may be in use already. */
export const drawsMax = 20

export type PlanParts = {
  readonly world: World
  readonly random: Random
  /** Gives a place in `userIds` for each post. */
  readonly authors: Pick<Zipf, 'next'>
  readonly texts: TextGenerator
  /** Those who act, by the graph's index. Others may be in the world: they do nothing. */
  readonly userIds: readonly number[]
  /** What happens beside all this. */
  readonly features?: (steady: Steady) => FeaturePlan
}

/** The follows before the first tweet, and those during the run, as actions in random order. */
export function planFollows(
  graph: Graph,
  parts: Pick<PlanParts, 'random' | 'userIds'>,
): { early: Action[]; late: Action[] } {
  const follows: Action[] = Array.from(graph.from, (from, edge) => ({
    kind: 'follow',
    userId: parts.userIds[from]!,
    followeeId: parts.userIds[graph.to[edge]!]!,
  }))
  parts.random.shuffle(follows)
  const late = follows.splice(0, Math.floor(follows.length * lateFollowShare))
  return { early: follows, late }
}

/**
 * Gives one window of actions after the other. The world has to hold the effects of a window
 * before the next one is asked for.
 */
export function* planWindows(
  parts: PlanParts,
  totals: PlanTotals,
  lateFollows: readonly Action[],
): Generator<Action[]> {
  const sum = actionsOf(totals) + lateFollows.length
  const windows = Math.max(windowsMin, Math.ceil(sum / actionsPerWindowMax))
  const steady = new Steady(parts.world)
  const window = new Window(parts, steady)
  const features = parts.features?.(steady)
  const debts: { -readonly [K in keyof PlanTotals]: number } = { ...noTotals }
  for (let index = 0; index < windows; index++) {
    const due = (total: number): number =>
      Math.floor((total * (index + 1)) / windows) - Math.floor((total * index) / windows)
    const at = { index, windows }
    window.start()
    window.actions.push(...(features?.unsettle(at) ?? []))
    window.addFollows(lateFollows.slice(...slice(lateFollows.length, at)))
    for (const kind of planned) {
      // What finds nothing to act on yet (no tweets in the first window) is made up for later.
      debts[kind] = window.repeat(debts[kind] + due(totals[kind]), kind)
    }
    window.actions.push(...(features?.rely(at) ?? []))
    yield parts.random.shuffle(window.actions)
  }
}

function slice(total: number, at: { index: number; windows: number }): [number, number] {
  const bound = (index: number) => Math.floor((total * index) / at.windows)
  return [bound(at.index), bound(at.index + 1)]
}

type Pair = { readonly userId: number; readonly followeeId: number }

class Window {
  actions: Action[] = []
  readonly #parts: PlanParts
  readonly #tweets: KnownTweet[] = []
  readonly #favorites: { readonly userId: number; readonly tweet: KnownTweet }[] = []
  readonly #unfollowed: Pair[] = []
  #follows: Pair[] = []
  #seenTweets = 0
  readonly #steady: Steady

  constructor(parts: PlanParts, steady: Steady) {
    this.#parts = parts
    this.#steady = steady
  }

  start(): void {
    this.actions = []
    this.#steady.start()
    const { world, userIds } = this.#parts
    // Tweets are only ever added to the world, at its end.
    for (const tweet of [...world.tweets.values()].slice(this.#seenTweets)) this.#tweets.push(tweet)
    this.#seenTweets = this.#tweets.length
    this.#follows = userIds.flatMap((userId) =>
      Array.from(world.user(userId).follows, (followeeId) => ({ userId, followeeId })),
    )
  }

  /** Those between two who can follow each other by now. */
  addFollows(follows: readonly Action[]): void {
    for (const follow of follows) {
      if (follow.kind !== 'follow') continue
      const { userId, followeeId } = follow
      if (!this.#steady.relates(userId, followeeId)) continue
      this.#steady.change(keys.follow(userId, followeeId))
      this.actions.push(follow)
    }
  }

  /** @returns how many of `count` found nothing to act on */
  repeat(count: number, kind: keyof PlanTotals): number {
    let missing = 0
    for (let done = 0; done < count; done++) if (!this.#adders[kind]()) missing++
    return missing
  }

  readonly #adders: { readonly [K in keyof PlanTotals]: () => boolean } = {
    posts: () => this.#post(),
    deletes: () => this.#delete(),
    favorites: () => this.#favorite(),
    unfavorites: () => this.#unfavorite(),
    unfollows: () => this.#unfollow(),
    refollows: () =>
      this.#drawn(this.#unfollowed, (pair) => this.#follow(pair, { isKnown: false })),
    repeats: () => this.#drawn(this.#follows, (pair) => this.#follow(pair, { isKnown: true })),
  }

  #post(): boolean {
    const { authors, texts, userIds } = this.#parts
    for (let draw = 0; draw < drawsMax; draw++) {
      const userId = userIds[authors.next()]!
      if (!this.#steady.acts(userId)) continue
      this.actions.push({ kind: 'post', userId, text: texts.next() })
      return true
    }
    return false
  }

  #delete(): boolean {
    return this.#drawn(this.#tweets, (tweet) => {
      const { id: tweetId, authorId: userId } = tweet
      const { world } = this.#parts
      if (world.isGone(tweet) || !this.#steady.acts(userId)) return false
      // Of a retweet and its original, one goes at a time.
      const original = world.original(tweet)
      if (!this.#steady.acts(original.authorId)) return false
      if (
        [keys.tweet(tweetId), keys.kept(original.id)].some((key) => this.#steady.isChanged(key))
      ) {
        return false
      }
      if (!this.#steady.change(keys.tweet(original.id))) return false
      this.#steady.change(keys.tweet(tweetId))
      this.actions.push({ kind: 'delete', userId, tweetId })
      return true
    })
  }

  #favorite(): boolean {
    const { random, userIds } = this.#parts
    const userId = random.pick(userIds)
    // The square makes a few tweets popular, as they are.
    const popular = () => Math.floor(random.fraction() ** 2 * this.#tweets.length)
    for (let draw = 0; draw < drawsMax && this.#tweets.length > 0; draw++) {
      const tweet = this.#tweets[popular()]!
      if (tweet.favoritedBy.has(userId) || !this.#steady.reads(userId, tweet)) continue
      if (!this.#steady.change(keys.mark('favorite', userId, tweet.id))) continue
      this.#favorites.push({ userId, tweet })
      this.actions.push({ kind: 'favorite', userId, tweetId: tweet.id })
      return true
    }
    return false
  }

  #unfavorite(): boolean {
    return this.#drawn(this.#favorites, ({ userId, tweet }) => {
      if (!tweet.favoritedBy.has(userId) || !this.#steady.reads(userId, tweet)) return false
      if (!this.#steady.change(keys.mark('favorite', userId, tweet.id))) return false
      this.actions.push({ kind: 'unfavorite', userId, tweetId: tweet.id })
      return true
    })
  }

  #unfollow(): boolean {
    return this.#drawn(this.#follows, ({ userId, followeeId }) => {
      if (!this.#mayChange({ userId, followeeId })) return false
      this.#unfollowed.push({ userId, followeeId })
      this.actions.push({ kind: 'unfollow', userId, followeeId })
      return true
    })
  }

  /** @param when.isKnown whether the user has to follow already */
  #follow({ userId, followeeId }: Pair, when: { readonly isKnown: boolean }): boolean {
    const isKnown = this.#parts.world.user(userId).follows.has(followeeId)
    if (isKnown !== when.isKnown || !this.#mayChange({ userId, followeeId })) return false
    this.actions.push({ kind: 'follow', userId, followeeId })
    return true
  }

  #drawn<T>(items: readonly T[], add: (item: T) => boolean): boolean {
    for (let draw = 0; draw < drawsMax && items.length > 0; draw++) {
      if (add(this.#parts.random.pick(items))) return true
    }
    return false
  }

  #mayChange({ userId, followeeId }: Pair): boolean {
    if (!this.#steady.relates(userId, followeeId)) return false
    return this.#steady.change(keys.follow(userId, followeeId))
  }
}
