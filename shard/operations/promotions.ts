// Promotions: what their operations share.
//
// An impression is counted when the reader's client says that the tweet was on the screen, not when a page is made: a
// page may be read ahead and never looked at, and a server that dies would not know what it had served. So serving
// writes nothing and remembers nothing, and a reader's page costs the log nothing:
//
//   timeline.home          reader's shard        names the impression, e.g. the 2nd of today, under a seal
//   promotion.impression   advertiser's primary  decide -> append -> apply: one more, if it is the next one
//
// The advertiser's log is where the budget is, so the two need no agreement: an impression that would cost more than is
// left does not count, on any process, as all apply the same entries in the same order. What a crash takes are pages
// that were on their way; their impressions were not counted and cost nothing. A page that is made again, here or on
// another process, names the same impression until that one is counted.
//
// A promotion may be shown to more readers than its budget pays for. Who: those whose page was made before the entry that
// took the last of the budget reached their shard, and whose client tells of the impression after that. So it is bounded by
// the readers of one lag of the log (milliseconds) and of the pages that are open unseen, each of them once, as a page
// names the same impression until that one is counted. It is for the operator to bear, as everywhere in the field: it
// is never charged. Nothing spreads the spending over time: a promotion has no duration to spread it over.

import { failure } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import { partitionOfId, timeOfId } from '../../protocol/ids.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import { writeValue } from '../../protocol/message-pack.ts'
import type { Promotion, PromotionRecord } from '../../protocol/promotions.ts'
import { promotionField } from '../../protocol/promotions.ts'
import { userFlag } from '../state/users/user-flags.ts'
import type { Context, No, View } from './implement.ts'
import { mayShow, type TweetSight, visibilityOf } from './visibility.ts'

/** The key of decisions that set money of an advertiser aside. */
export function claimOfBudgets(userId: UserId): string {
  return `budgets ${userId}`
}

/** The key of decisions about one promotion, but for its impressions. */
export function claimOfPromotion(promotionId: number): string {
  return `promotion ${promotionId}`
}

/** One of the actor's own promotions. */
export function findOwnPromotion(
  view: View,
  userId: UserId,
  promotionId: number,
): PromotionRecord | No<never> {
  const own = view.promotions.advertiserOf(promotionId) === userId
  const record = own ? view.promotions.find(promotionId) : undefined
  return record ?? { kind: 'absent', partition: partitionOfId(userId), field: 'promotionId' }
}

/**
 * Whether a tweet may be shown to somebody because it is paid for: everyone may see it, and this reader has
 * neither blocked nor muted its author, nor a word or the thread of it.
 */
export function mayPromote(view: View, sight: TweetSight): boolean {
  return isForEveryone(view, sight.tweet) && mayShow(view, sight)
}

/** Whether everyone may see a tweet, apart from blocks. */
export function isForEveryone(view: View, tweet: number): boolean {
  const flags = view.users.flags.get(view.tweets.authorOf(tweet))
  return (flags & userFlag.isProtected) === 0 && visibilityOf(view, tweet) === 'everyone'
}

/** A promotion may have ended, and made room for another one, while something was decided about it. */
export function promotionGone(
  { promotions }: View,
  _context: Context,
  { params }: { readonly params: { readonly promotionId: number } },
): No<never> | undefined {
  if (promotions.find(params.promotionId) !== undefined) return undefined
  return { kind: 'failed', error: failure('not_found', { field: 'promotionId' }) }
}

/** Writes the answer of an operation about one of the actor's promotions, which is not gone. */
export function writePromotionAnswer(
  view: View,
  _context: Context,
  { params }: { readonly params: { readonly promotionId: number } },
  writer: MessagePackWriter,
): void {
  writer.map(1)
  writer.text('promotion')
  writePromotion(writer, view.promotions.find(params.promotionId) as PromotionRecord)
}

/** Writes the promotions of a user, the newest first: the value of an entry. */
export function writePromotions(
  writer: MessagePackWriter,
  { promotions }: View,
  userId: UserId,
): void {
  const newest = promotions.listOf(userId).toReversed()
  writer.array(newest.length)
  for (const promotion of newest) writePromotion(writer, promotion)
}

/** Writes a promotion as `promotionField` says. */
export function writePromotion(writer: MessagePackWriter, record: PromotionRecord): void {
  const { key, ...shown } = record
  const promotion: Promotion = {
    ...shown,
    spentMicros: record.impressions * record.pricePerImpressionMicros,
    createdAt: timeOfId(record.id),
  }
  writeValue(writer, promotionField, promotion)
}
