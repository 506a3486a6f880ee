// What the people of the digest run do with promoted tweets: operators credit a few, who promote what they wrote;
// readers come upon it on their pages and say so, now and then twice.

import type { UserId } from '../../../protocol/ids.ts'
import { pickValue } from '../../../protocol/pick.ts'
import type { Promoted } from '../../../protocol/promotions.ts'
import { operations } from '../../../protocol/registry.ts'
import type { Deed } from './deed.ts'
import type { Crowd } from './privacy-deeds.ts'

type Pair = readonly [who: UserId, what: number]
/** Those who do something, and what they wrote. */
type Known = {
  readonly users: readonly { readonly handle: string }[]
  readonly tweets: readonly Pair[]
  readonly readers: readonly UserId[]
}

/** Promotions that somebody still does something with, and entries that readers may still tell of. */
const rememberedMax = 32
const action = { by: 'moira', reason: 'paid in' }

export class PromotionDeeds {
  readonly #crowd: Crowd
  readonly #known: Known
  readonly #made: Pair[] = []
  readonly #paused: Pair[] = []
  readonly #shown: (readonly [UserId, Promoted])[] = []

  constructor(crowd: Crowd, known: Known) {
    this.#crowd = crowd
    this.#known = known
  }

  next(): Deed | undefined {
    const draw = this.#crowd.random()
    if (draw < 0.12) return this.#fund()
    if (draw < 0.3) return this.#promote()
    if (draw < 0.38) return this.#pause()
    if (draw < 0.46) return this.#goOn('promotion.resume', this.#paused)
    if (draw < 0.5) return this.#goOn('promotion.end', this.#made)
    return draw < 0.74 ? this.#read() : this.#say()
  }

  /** The first ones have much, the others nearly nothing. */
  #fund(): Deed {
    const { handle } = this.#one(this.#known.users)!
    const fundedMicros = Math.floor(this.#crowd.random() ** 3 * 1e7)
    return { name: 'advertiser.fund', actor: 0, params: { handle, fundedMicros, ...action } }
  }

  #promote(): Deed | undefined {
    const [actor, tweetId] = this.#one(this.#known.tweets) ?? []
    if (actor === undefined) return undefined
    const chance = (probability: number) => this.#crowd.random() < probability
    const near = { latitude: 52.4, longitude: 0.26, radiusMeters: 50_000 }
    const params = {
      tweetId,
      budgetMicros: 1 + Math.floor(this.#crowd.random() * 2_000),
      pricePerImpressionMicros: 100,
      frequencyCap: 1 + Math.floor(this.#crowd.random() * 3),
      ...(chance(0.2) ? { hashtags: ['rooks', 'crows'] } : {}),
      ...(chance(0.1) ? { near } : {}),
      ...(chance(0.2) ? { operationId: `promotion-${tweetId}` } : {}),
    }
    const learn = (answer: Uint8Array): void => {
      const { answer: fields } = operations['promotion.create']
      keep(this.#made, [actor, pickValue(fields, answer, ['promotion', 'id']) as number])
    }
    return { name: 'promotion.create', actor, params, learn }
  }

  #pause(): Deed | undefined {
    const made = this.#one(this.#made)
    if (made === undefined) return undefined
    const [actor, promotionId] = made
    const learn = () => keep(this.#paused, made)
    return { name: 'promotion.pause', actor, params: { promotionId }, learn }
  }

  #goOn(name: 'promotion.resume' | 'promotion.end', promotions: readonly Pair[]): Deed | undefined {
    const [actor, promotionId] = this.#one(promotions) ?? []
    return actor === undefined ? undefined : { name, actor, params: { promotionId } }
  }

  #read(): Deed | undefined {
    const actor = this.#one(this.#known.readers)
    if (actor === undefined) return undefined
    const learn = (answer: Uint8Array): void => {
      const { answer: fields } = operations['timeline.home']
      const entries = pickValue(fields, answer, ['promoted']) as readonly Promoted[] | undefined
      for (const entry of entries ?? []) keep(this.#shown, [actor, entry])
    }
    return { name: 'timeline.home', actor, params: { limit: 40 }, learn }
  }

  #say(): Deed | undefined {
    const [actor, entry] = this.#one(this.#shown) ?? []
    if (actor === undefined || entry === undefined) return undefined
    const { promotionId, impression } = entry
    return { name: 'promotion.impression', actor, params: { promotionId, impression } }
  }

  #one<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.#crowd.random() * list.length)]
  }
}

/** Puts the newest in, and lets the oldest go. */
function keep<T>(list: T[], newest: T): void {
  list.push(newest)
  if (list.length > rememberedMax) list.shift()
}
