// Promoted tweets on a reader's page: which, and where.
//
//   tweets   0  1  2 |P| 3  4 … 22 |P| 23 … 39          one for each whole 20 of a page
//
// Always in front of the same place, so the distance is kept over pages as well: the next page begins with a whole 20
// behind this one's. A page of fewer than 20 has none. Which one it is follows from reader, day and page, so a page
// that is read again shows the same; what was seen as often as its cap allows makes room for others.
//
// A look costs what it looks at: `lookedAtMax` promotions for a page. Where there are more, each page looks at others.

import type { UserId } from '../../protocol/ids.ts'
import { dayOf, nameImpression } from '../../protocol/impressions.ts'
import { promotedEvery } from '../../protocol/limits.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import type { PromotionRecord } from '../../protocol/promotions.ts'
import type { Interest } from '../state/interests.ts'
import { highOf, mix } from '../state/memory/id-table.ts'
import { metersBetween } from '../state/places.ts'
import type { Context, View } from './implement.ts'
import { writeTweet } from './present.ts'
import { mayPromote } from './promotions.ts'

/** In front of which place of each 20 a promoted tweet stands. */
export const promotedPlace = 3
/** Promotions that are looked at for one page. */
export const lookedAtMax = 64

type Page = { readonly before: number; readonly tweets: readonly number[] }
type Found = { readonly promotion: PromotionRecord; readonly tweet: number }

export type PromotedEntries = {
  /** Dense indexes, for `writeTweetPage`: their authors go with those of the page. */
  readonly tweets: readonly number[]
  /** Writes the entry `promoted` of a map; nothing where there are none. */
  write(writer: MessagePackWriter): void
}

const none: PromotedEntries = { tweets: [], write: () => undefined }

/** The promoted tweets for a page of the signed-in reader; none costs one look at a number. */
export function promotedOn(view: View, context: Context, page: Page): PromotedEntries {
  if (view.promotions.activeCount === 0 || page.tweets.length < promotedEvery) return none
  const found = find(view, context, page)
  if (found.length === 0) return none
  return {
    tweets: found.map(({ tweet }) => tweet),
    write: (writer) => write(writer, view, { context, found }),
  }
}

function find(view: View, context: Context, { before, tweets }: Page): readonly Found[] {
  const { promotions } = view
  const wanted = Math.floor(tweets.length / promotedEvery)
  const found: Found[] = []
  const day = dayOf(context.nowMs)
  const start = startOf(context.actor, before, day) % promotions.activeCount
  const count = Math.min(promotions.activeCount, lookedAtMax)
  let interest: Interest | undefined
  for (let step = 0; step < count && found.length < wanted; step++) {
    const promotion = promotions.activeAt((start + step) % promotions.activeCount)
    if (hasTarget(promotion)) interest ??= view.interests.of(context.actorIndex)
    if (!isOnTarget(promotion, interest) || !hasImpressionsLeft(view, context, promotion)) continue
    const tweet = view.tweets.find(promotion.tweetId)
    if (tweet < 0 || view.tweets.authorOf(tweet) === context.actorIndex) continue
    if (isThere(view, tweets, tweet) || found.some((other) => other.tweet === tweet)) continue
    if (mayPromote(view, { reader: context.actorIndex, tweet })) found.push({ promotion, tweet })
  }
  return found
}

/** Whether a page has a tweet anyway: as itself, or because a retweet or quote of it refers to it. */
function isThere({ tweets }: View, page: readonly number[], tweet: number): boolean {
  const isOrRefers = (one: number): boolean =>
    one === tweet || (one >= 0 && tweets.referencedBy(one) === tweet)
  return page.some((one) => isOrRefers(one) || isOrRefers(tweets.originalOf(one)))
}

function hasImpressionsLeft(
  view: View,
  { actor, nowMs }: Context,
  { id, frequencyCap }: PromotionRecord,
): boolean {
  const seen = view.promotions.seenOn(id, { readerId: actor, day: dayOf(nowMs) })
  // Where the clocks of two processes disagree by days, this one does not know what counts today.
  return seen >= 0 && seen < frequencyCap
}

function hasTarget({ hashtags, near }: PromotionRecord): boolean {
  return hashtags !== undefined || near !== undefined
}

function isOnTarget({ hashtags, near }: PromotionRecord, interest: Interest | undefined): boolean {
  if (hashtags !== undefined && !hashtags.some((tag) => interest?.tags.has(tag))) return false
  if (near === undefined) return true
  const place = interest?.place
  return place !== undefined && metersBetween(place, near) <= near.radiusMeters
}

/** Where a page begins to look: spread evenly over readers, pages and days. */
function startOf(readerId: UserId, before: number, day: number): number {
  const reader = mix(readerId | 0, highOf(readerId))
  return mix(reader ^ (before | 0), highOf(before) ^ day) >>> 0
}

function write(
  writer: MessagePackWriter,
  view: View,
  { context, found }: { context: Context; found: readonly Found[] },
): void {
  const { actor, actorIndex, nowMs } = context
  const day = dayOf(nowMs)
  writer.text('promoted')
  writer.array(found.length)
  for (const [number, { promotion, tweet }] of found.entries()) {
    const { id, key } = promotion
    const ordinal = view.promotions.seenOn(id, { readerId: actor, day }) + 1
    const shown = { promotionId: id, readerId: actor, key }
    writer.map(4)
    writer.text('promotionId')
    writer.integer(id)
    writer.text('place')
    writer.integer(number * promotedEvery + promotedPlace)
    writer.text('tweet')
    writeTweet(writer, view, { tweet, reader: actorIndex })
    writer.text('impression')
    writer.text(nameImpression(shown, { day, ordinal }))
  }
}
