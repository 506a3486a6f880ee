// A world with an advertiser and a reader: ada has credit and a tweet to promote, alice follows bob, who has posted
// more than two pages.

import type { TweetId, UserId } from '../../protocol/ids.ts'
import type { Answer, Params } from '../../protocol/operation.ts'
import type { promotionCreate } from '../../protocol/operations/promotion-create.ts'
import type { Promoted, Promotion } from '../../protocol/promotions.ts'
import { advertiserFundHandler } from '../../shard/operations/advertiser-fund.ts'
import { promotionCreateHandler } from '../../shard/operations/promotion-create.ts'
import { promotionGetHandler } from '../../shard/operations/promotion-get.ts'
import { promotionImpressionHandler } from '../../shard/operations/promotion-impression.ts'
import { timelineHomeHandler } from '../../shard/operations/timeline-home.ts'
import { userFollowHandler } from '../../shard/operations/user-follow.ts'
import { OneShard, stranger } from './one-shard.ts'

type Terms = Partial<Params<typeof promotionCreate>>

export const operator = { by: 'moira', reason: 'a test' }

export class PromotionWorld {
  readonly shard = new OneShard()
  readonly ada: UserId
  readonly bob: UserId
  readonly alice: UserId
  readonly ad: TweetId

  /** @param fundedMicros ada's credit */
  constructor(fundedMicros = 1_000_000) {
    const [ada, bob, alice] = this.shard.signUp('ada', 'bob', 'alice')
    this.ada = ada
    this.bob = bob
    this.alice = alice
    this.shard.ask(userFollowHandler, alice, { userId: bob })
    if (fundedMicros > 0) this.fund(fundedMicros)
    this.ad = this.shard.post(ada, 'The best rooks of the fen')
  }

  fund(fundedMicros: number): void {
    const params = { handle: 'ada', fundedMicros, ...operator }
    this.shard.ask(advertiserFundHandler, stranger, params)
  }

  /** Has bob post so many tweets. */
  fill(count = 45): void {
    for (let number = 0; number < count; number++) this.shard.post(this.bob, `tweet ${number}`)
  }

  /** What ada asks for, unless it is said otherwise: ten impressions, two for each reader and day. */
  terms(more: Terms = {}): Params<typeof promotionCreate> {
    return {
      tweetId: this.ad,
      budgetMicros: 1_000,
      pricePerImpressionMicros: 100,
      frequencyCap: 2,
      ...more,
    }
  }

  promote(more: Terms = {}): Promotion {
    return this.shard.ask(promotionCreateHandler, this.ada, this.terms(more)).promotion
  }

  page(
    reader: UserId,
    more: Params<typeof timelineHomeHandler.operation> = {},
  ): Answer<typeof timelineHomeHandler.operation> {
    return this.shard.ask(timelineHomeHandler, reader, more)
  }

  /** The promoted entries of a page. */
  shown(
    reader: UserId,
    more: Params<typeof timelineHomeHandler.operation> = {},
  ): readonly Promoted[] {
    return this.page(reader, more).promoted ?? []
  }

  /** Says that the reader has seen it. */
  see(reader: UserId, { promotionId, impression }: Promoted) {
    return this.shard.call(promotionImpressionHandler, reader, { promotionId, impression })
  }

  now(promotionId: number): Promotion {
    return this.shard.ask(promotionGetHandler, this.ada, { promotionId }).promotion
  }
}
