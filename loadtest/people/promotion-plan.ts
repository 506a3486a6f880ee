// The kinds of actions around promoted tweets: advertisers promote what everybody may see, pause, resume and end it;
// readers look at their timelines, and tell of what was promoted there.
//
// An impression counts unless the promotion has ended. So whoever looks is told which promotions somebody is about to
// end in the same window, and says nothing of those; all others count, whatever else happens.

import type { KnownPromotion } from '../oracle/known.ts'
import { statusOf } from '../oracle/oracle-promotions.ts'
import { tagsSearched } from '../oracle/queries.ts'
import type { PromotionTerms } from '../oracle/records.ts'
import type { Adder, Crowd, FeatureParts, Kind } from './feature-crowd.ts'
import { places } from './feature-doings.ts'
import { keys } from './steady.ts'

/** So few that a page of a reader's looks at all of them. */
export const promotionsMax = 48
const priceMicrosMax = 2_000
/** What a budget pays for: many promotions end by it, and some go on. */
const impressionsMax = 40
const capMax = 3
const targetShare = 0.4
const radiusMeters = 5_000

/** What others rely on. */
export function promotionChangesOf(crowd: Crowd, parts: FeatureParts): readonly Kind[] {
  return [
    { share: 0.4, add: changes(crowd, parts, 'end-promotion') },
    { share: 1, add: changes(crowd, parts, 'pause-promotion') },
    { share: 0.8, add: changes(crowd, parts, 'resume-promotion') },
  ]
}

export function promotionDoingsOf(crowd: Crowd, parts: FeatureParts): readonly Kind[] {
  return [
    { share: 3, add: promotes(crowd, parts) },
    { share: 12, add: looks(crowd, parts) },
  ]
}

function promotes(crowd: Crowd, { world, random }: FeatureParts): Adder {
  return () => {
    const going = [...world.promotions.values()].filter((one) => statusOf(world, one) !== 'ended')
    const advertisers = [...world.funded.keys()]
    if (advertisers.length === 0 || going.length >= promotionsMax) return undefined
    const userId = random.pick(advertisers)
    const own = world.user(userId).tweets
    if (own.length === 0 || world.protectedUsers.has(userId)) return undefined
    const tweet = random.pick(own)
    if (tweet.retweetOf !== undefined || tweet.visibility !== undefined) return undefined
    if (!crowd.steady.reads(userId, tweet)) return undefined
    if (!crowd.steady.change(keys.mark('promote', userId, ''))) return undefined
    return [{ kind: 'promote', userId, tweetId: tweet.id, ...terms({ random }) }]
  }
}

function terms({ random }: Pick<FeatureParts, 'random'>): PromotionTerms {
  const pricePerImpressionMicros = 1 + random.below(priceMicrosMax)
  const impressions = 1 + random.below(impressionsMax)
  // What is left over does not pay for one more.
  const budgetMicros =
    impressions * pricePerImpressionMicros + random.below(pricePerImpressionMicros)
  const plain = { budgetMicros, pricePerImpressionMicros, frequencyCap: 1 + random.below(capMax) }
  if (!random.chance(targetShare)) return plain
  if (random.chance(0.5)) return { ...plain, near: { ...random.pick(places), radiusMeters } }
  return { ...plain, hashtags: [random.pick(tagsSearched)] }
}

type ChangeKind = 'pause-promotion' | 'resume-promotion' | 'end-promotion'

function changes(crowd: Crowd, { world, random }: FeatureParts, kind: ChangeKind): Adder {
  const wanted = kind === 'resume-promotion' ? 'paused' : 'active'
  return () => {
    const some = [...world.promotions.values()].filter((one) => statusOf(world, one) === wanted)
    if (some.length === 0) return undefined
    const { id: promotionId, userId, tweetId } = random.pick(some)
    if (!crowd.steady.acts(userId)) return undefined
    if (!crowd.steady.change(keyOf({ id: promotionId, userId }))) return undefined
    // A tweet that is deleted ends its promotion.
    crowd.steady.change(keys.kept(tweetId))
    return [{ kind, userId, promotionId }]
  }
}

function keyOf({ id, userId }: Pick<KnownPromotion, 'id' | 'userId'>): string {
  return keys.mark('promotion', userId, id)
}

function looks(crowd: Crowd, { world }: FeatureParts): Adder {
  return () => {
    const userId = crowd.user()
    if (userId === undefined || world.funded.size === 0) return undefined
    const { steady } = crowd
    const isUnsteady = (one: KnownPromotion): boolean =>
      !steady.acts(one.userId) ||
      steady.isChanged(keyOf(one)) ||
      steady.isChanged(keys.tweet(one.tweetId))
    const unsteady = [...world.promotions.values()].filter(isUnsteady)
    return [{ kind: 'look', userId, unsteadyIds: unsteady.map(({ id }) => id) }]
  }
}
