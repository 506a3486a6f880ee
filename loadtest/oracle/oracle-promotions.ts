// The oracle of promoted tweets: what an advertiser is told of a promotion, and to whom it may and must be shown. Pure.
//
//   impressions   those that readers told of, each name once, and no more than the budget pays for
//   spent         impressions times price
//   ended         by the advertiser; with the impression after which the budget does not pay for another; with its tweet

import type { Facts } from './facts.ts'
import type { KnownPromotion, KnownTweet } from './known.ts'
import { tagsOf } from './naive-text.ts'
import { mayShow } from './oracle-privacy.ts'
import type { FeatureRecord, Place, RecordOf } from './records.ts'

type PromotionRecordType =
  | 'fund'
  | 'promotion'
  | 'pause-promotion'
  | 'resume-promotion'
  | 'end-promotion'
  | 'impression'

export const promotionAppliers: {
  readonly [T in PromotionRecordType]: (world: Facts, record: RecordOf<T, FeatureRecord>) => void
} = {
  fund: (world, { userId, fundedMicros }) => void world.funded.set(userId, fundedMicros),
  promotion: (world, { type: _, ...made }) => {
    world.promotions.set(made.id, { ...made, seen: new Map(), isPaused: false })
  },
  'pause-promotion': (world, { promotionId }) => {
    world.promotion(promotionId).isPaused = true
  },
  'resume-promotion': (world, { promotionId }) => {
    world.promotion(promotionId).isPaused = false
  },
  'end-promotion': (world, { promotionId }) => {
    world.promotion(promotionId).endedBy ??= 'advertiser'
  },
  impression: (world, { promotionId, userId, name }) => {
    const promotion = world.promotion(promotionId)
    promotion.seen.set(`${userId} ${name}`, { userId, name })
    if (impressionsOf(promotion) === impressionsMaxOf(promotion)) promotion.endedBy ??= 'budget'
  },
}

/** However many were on their way at once, no more are counted than are paid for. */
export function impressionsOf(promotion: KnownPromotion): number {
  return Math.min(promotion.seen.size, impressionsMaxOf(promotion))
}

function impressionsMaxOf({ budgetMicros, pricePerImpressionMicros }: KnownPromotion): number {
  return Math.floor(budgetMicros / pricePerImpressionMicros)
}

export function spentMicrosOf(promotion: KnownPromotion): number {
  return impressionsOf(promotion) * promotion.pricePerImpressionMicros
}

/** What ended a promotion; undefined where nothing did. */
export function endOf(world: Facts, { endedBy, tweetId }: KnownPromotion): string | undefined {
  return endedBy ?? (world.tweet(tweetId).isDeleted ? 'tweet' : undefined)
}

export function statusOf(world: Facts, promotion: KnownPromotion): 'active' | 'paused' | 'ended' {
  if (endOf(world, promotion) !== undefined) return 'ended'
  return promotion.isPaused ? 'paused' : 'active'
}

/** What an advertiser can still set aside. */
export function availableMicrosOf(world: Facts, userId: number): number {
  let left = world.funded.get(userId) ?? 0
  for (const promotion of world.promotions.values()) {
    if (promotion.userId !== userId) continue
    const isOver = statusOf(world, promotion) === 'ended'
    left -= isOver ? spentMicrosOf(promotion) : promotion.budgetMicros
  }
  return left
}

/** A page of a reader's, on a day counted from 1970. */
export type PromotedPage = {
  readonly reader: number
  readonly tweets: readonly KnownTweet[]
  readonly day: number
}

/**
 * Whether a promotion may stand on a page: `must` where there is room for it, `may` where the reader's interests
 * cannot be told from here.
 */
export function isPromotedTo(
  world: Facts,
  promotion: KnownPromotion,
  page: PromotedPage,
): 'must' | 'may' | 'never' {
  const tweet = world.tweet(promotion.tweetId)
  const isMeant =
    statusOf(world, promotion) === 'active' &&
    tweet.authorId !== page.reader &&
    !world.protectedUsers.has(tweet.authorId) &&
    mayShow(world, page.reader, tweet) &&
    seenOn(promotion, page) < promotion.frequencyCap &&
    !isThere(world, page.tweets, tweet)
  return isMeant ? isOnTarget(world, promotion, page.reader) : 'never'
}

/** The name of an impression begins with its day, in base 36, and a point. */
function seenOn({ seen }: KnownPromotion, { reader, day }: PromotedPage): number {
  const isOf = ({ name, userId }: { readonly name: string; readonly userId: number }): boolean =>
    userId === reader && Number.parseInt(name, 36) === day
  return [...seen.values()].filter(isOf).length
}

/** As itself, or because a retweet or quote refers to it. */
function isThere(world: Facts, tweets: readonly KnownTweet[], { id }: KnownTweet): boolean {
  return tweets.some((tweet) => {
    const original = world.original(tweet)
    return [tweet.id, original.id, tweet.quoteOf, original.quoteOf].includes(id)
  })
}

/** Of so many tweets and favorites of a reader all are of late. */
const lateMin = 50

function isOnTarget(
  world: Facts,
  { hashtags, near }: KnownPromotion,
  reader: number,
): 'must' | 'may' | 'never' {
  const own = world.user(reader).tweets
  const marked = [...world.tweets.values()].filter((tweet) => tweet.favoritedBy.has(reader))
  const isAllOfLate = own.length <= lateMin && marked.length <= lateMin
  if (hashtags !== undefined) {
    const used = [...own, ...marked]
      .filter((tweet) => !world.isGone(tweet))
      .flatMap((tweet) => tagsOf(world.original(tweet).text))
    if (!hashtags.some((tag) => used.includes(tag))) return 'never'
  }
  if (near !== undefined && !isNear(newestPlaceOf(own), near)) return 'never'
  const isPlain = hashtags === undefined && near === undefined
  return isPlain || isAllOfLate ? 'must' : 'may'
}

/** Where somebody has written, of all that is there: whoever passes on what others wrote was not there. */
function newestPlaceOf(own: readonly KnownTweet[]): Place | undefined {
  const written = own.filter(({ isDeleted, location }) => !isDeleted && location !== undefined)
  return written.sort((one, other) => other.id - one.id)[0]?.location
}

/** The places of a run are so far from each other that a circle holds one of them or none. */
function isNear(place: Place | undefined, near: Place): boolean {
  return place?.latitude === near.latitude && place.longitude === near.longitude
}
