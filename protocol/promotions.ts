// Promotions: tweets that somebody pays to have shown, and how they stand on a reader's page.
//
// The words are those of the field (OpenRTB, Twitter Ads): money is in micros, millionths of the operator's
// currency; an *impression* is one time that a reader saw the tweet on their screen; a *frequency cap* is how many
// impressions one reader may have in a day.

import { locationField, tweetField } from './entities.ts'
import type { Value, Values } from './fields.ts'
import { f } from './fields.ts'
import {
  frequencyCapMax,
  impressionLengthMax,
  microsMax,
  nearRadiusMetersMax,
  pageLimitMax,
  promotedEvery,
  promotionTagsMax,
} from './limits.ts'
import { tagField } from './tag.ts'

/** `ended` is for ever. */
export const promotionStatuses = ['active', 'paused', 'ended'] as const
export type PromotionStatus = (typeof promotionStatuses)[number]

/** What ended a promotion: its advertiser, its budget, its tweet that is gone, its advertiser's suspension. */
export const promotionEnds = ['advertiser', 'budget', 'tweet', 'account'] as const
export type PromotionEnd = (typeof promotionEnds)[number]

export const microsField = f.integer({ min: 0, max: microsMax })

/** Whom a promotion is for. */
export const targetingRequest = {
  hashtags: f.optional(
    f.list(tagField, {
      countMax: promotionTagsMax,
      meaning:
        'Only for readers who used one of these of late, in a tweet of theirs or in one that they marked as a favorite.',
    }),
  ),
  near: f.optional({
    ...f.record({
      ...locationField.fields,
      radiusMeters: f.number({ min: 1, max: nearRadiusMetersMax }),
    }),
    meaning: 'Only for readers whose newest tweet with a location was written within this circle.',
  }),
} as const

/** What an advertiser says of a promotion. */
export const promotionRequest = {
  tweetId: { ...f.tweetId, meaning: 'A tweet of their own that everyone may see.' },
  budgetMicros: {
    ...f.integer({ min: 1, max: microsMax }),
    meaning: 'What it may cost in all, in millionths of the currency.',
  },
  pricePerImpressionMicros: {
    ...f.integer({ min: 1, max: microsMax }),
    meaning: 'What one impression costs: a thousandth of the price for a thousand (CPM).',
  },
  frequencyCap: {
    ...f.integer({ min: 1, max: frequencyCapMax }),
    meaning: 'Impressions that one reader may have in a day (UTC).',
  },
} as const

const outcome = {
  status: f.text({ lengthMax: 16, meaning: `One of ${promotionStatuses.join(', ')}.` }),
  endedBy: f.optional(
    f.text({
      lengthMax: 16,
      meaning: `What ended it: one of ${promotionEnds.join(', ')}. A tweet ends it when it is deleted.`,
    }),
  ),
} as const

/** A promotion, as its advertiser sees it. */
export const promotionField = f.record({
  id: f.id,
  ...promotionRequest,
  ...targetingRequest,
  ...outcome,
  impressions: { ...f.count, meaning: 'Each counted once, and paid for.' },
  spentMicros: { ...microsField, meaning: 'Impressions times price; never more than the budget.' },
  createdAt: f.time,
})

/** A promotion, as every shard keeps it. Its id says when it was made. */
export const promotionRecord = {
  id: f.id,
  ...promotionRequest,
  key: f.text({ lengthMax: 64, isSecret: true }),
  ...outcome,
  impressions: f.count,
  ...targetingRequest,
} as const

/** Shown to a reader, and given back by their client. */
export const impressionField = f.text({
  lengthMax: impressionLengthMax,
  meaning: 'Says which impression it is. Two entries with the same one are one: show it once.',
})

/**
 * A promoted tweet on a page. It stands beside `tweets`, not among them: no cursor and no position knows of
 * it, and a client that does not know of promotions shows none, rather than one without a label.
 */
export const promotedField = f.record({
  promotionId: f.id,
  place: {
    ...f.integer({ min: 0, max: pageLimitMax }),
    meaning: 'Show it in front of the entry of `tweets` with this place, counted from 0.',
  },
  tweet: tweetField,
  impression: impressionField,
})

export const promotedListField = f.optional({
  ...f.list(promotedField, { countMax: Math.ceil(pageLimitMax / promotedEvery) }),
  meaning:
    'At most one for every 20 entries. Show each with a label that says that it is promoted, and send `promotion.impression` as soon as it has been on the screen.',
})

export type Promotion = Value<typeof promotionField>
export type PromotionRecord = Values<typeof promotionRecord>
export type Promoted = Value<typeof promotedField>
