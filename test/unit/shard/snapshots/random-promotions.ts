// What people of a random log do with promoted tweets, as the events that primaries would have written: each of them
// fits what the advertiser's own log says, whatever other logs say.

import type { UserId } from '../../../../protocol/ids.ts'
import type { OperationName } from '../../../../protocol/registry.ts'

export const promotionDeeds = [
  ...(['fund', 'promote', 'promote', 'pausePromotion', 'resumePromotion'] as const),
  ...(['endPromotion', 'seePromoted', 'seePromoted', 'seePromoted'] as const),
]

export type PromotionDeed = (typeof promotionDeeds)[number]

export function isPromotionDeed(does: string): does is PromotionDeed {
  return (promotionDeeds as readonly string[]).includes(does)
}

/** What the log's world knows and does, as far as these deeds need it. */
export type PromotionWorld = {
  newId(actor: UserId): number
  write(name: OperationName, actor: UserId, event: object): void
}

type Made = { readonly userId: UserId; readonly promotionId: number }

export class RandomPromotions {
  readonly #world: PromotionWorld
  readonly #made: Made[] = []
  /** Promotion, reader and day, as a text, to the impressions so far. */
  readonly #seen = new Map<string, number>()

  constructor(world: PromotionWorld) {
    this.#world = world
  }

  /** @param tweet what is promoted, and its author; undefined where there is none */
  take(
    does: PromotionDeed,
    given: {
      readonly actor: UserId
      readonly which: number
      readonly tweet: readonly [id: number, author: UserId] | undefined
    },
  ): void {
    const { actor, which, tweet } = given
    if (does === 'fund') {
      const funded = { fundedMicros: which * 1_000, by: 'moira', reason: 'paid in' }
      const actionId = this.#world.newId(actor)
      this.#world.write('advertiser.fund', actor, { userId: actor, actionId, ...funded })
    } else if (does === 'promote') {
      if (tweet !== undefined) this.#promote(tweet, which)
    } else {
      const made = this.#made[which % Math.max(1, this.#made.length)]
      if (made === undefined) return
      if (does === 'seePromoted') this.#see(made, { readerId: actor, day: 20_000 + (which % 3) })
      else {
        const name = does.replace('Promotion', '') as 'pause' | 'resume' | 'end'
        this.#world.write(`promotion.${name}`, made.userId, made)
      }
    }
  }

  /** What somebody promotes goes with them. */
  left(userId: UserId): void {
    for (const [place, made] of [...this.#made.entries()].reverse()) {
      if (made.userId === userId) this.#made.splice(place, 1)
    }
  }

  #promote([tweetId, userId]: readonly [number, UserId], which: number): void {
    const promotionId = this.#world.newId(userId)
    this.#made.push({ userId, promotionId })
    const near = { latitude: which - 50, longitude: 7, radiusMeters: 1_000 }
    this.#world.write('promotion.create', userId, {
      promotionId,
      userId,
      tweetId,
      budgetMicros: 100 + which * 10,
      pricePerImpressionMicros: 100,
      frequencyCap: 1 + (which % 3),
      key: `key ${promotionId}`,
      ...(which % 3 === 0 ? { hashtags: ['rooks', 'crows'] } : {}),
      ...(which % 4 === 0 ? { near } : {}),
      ...(which % 5 === 0 ? { operationId: `promotion-${promotionId}` } : {}),
    })
  }

  /** Now and then once more, as two clients of a reader may be decided about side by side. */
  #see(
    { userId, promotionId }: Made,
    { readerId, day }: { readonly readerId: UserId; readonly day: number },
  ): void {
    const key = `${promotionId} ${readerId} ${day}`
    const ordinal = (this.#seen.get(key) ?? 0) + 1
    this.#seen.set(key, ordinal)
    const event = { userId, promotionId, readerId, day, ordinal }
    this.#world.write('promotion.impression', userId, event)
    if (ordinal % 2 === 0) this.#world.write('promotion.impression', userId, event)
  }
}
