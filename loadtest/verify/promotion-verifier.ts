// Reads what is promoted to one user, on pages of their home timeline, and what they are told of their own promotions,
// and compares it with the oracle.

import { pageLimitMax, promotedEvery } from '../../protocol/limits.ts'
import type { Promoted, Promotion } from '../../protocol/promotions.ts'
import type { KnownPromotion } from '../oracle/known.ts'
import {
  availableMicrosOf,
  endOf,
  impressionsOf,
  isPromotedTo,
  spentMicrosOf,
  statusOf,
} from '../oracle/oracle-promotions.ts'
import { promotionsMax } from '../people/promotion-plan.ts'
import type { Page } from './compare.ts'
import { comparePage } from './compare.ts'
import { refused } from './compare-lists.ts'
import type { Reading } from './reading.ts'

const dayMs = 24 * 60 * 60 * 1000

/** A page of a home timeline. */
export type HomePage = Page & { readonly promoted?: readonly Promoted[] | undefined }

export async function readPromotions(reading: Reading): Promise<void> {
  if (reading.world.funded.size === 0) return
  await readOwn(reading)
  await readOthers(reading)
  // A page of 20 is the shortest with room for one.
  const pages = [
    { order: 'latest', limit: promotedEvery - 1 },
    { order: 'latest', limit: promotedEvery },
    { order: 'latest', limit: pageLimitMax },
    { order: 'top', limit: pageLimitMax },
  ]
  for (const asked of pages) {
    const page = await reading.client.call('timeline.home', asked)
    const { world, reader } = reading
    const given = { world, readerId: reader.id, kind: 'timeline' } as const
    reading.differences.push(...comparePage(withPromoted(page), given))
    comparePromoted(reading, page)
  }
}

/** A page with what is promoted among the tweets that it shows beside its own. */
export function withPromoted<P extends HomePage>(page: P): P {
  return { ...page, beside: (page.promoted ?? []).map(({ tweet }) => tweet) }
}

/** What the advertiser is told: each impression counted once, and never more spent than the budget. */
async function readOwn({ client, world, reader, add }: Reading): Promise<void> {
  const own = [...world.promotions.values()].filter(({ userId }) => userId === reader.id)
  const { promotions, fundedMicros, availableMicros } = await client.call('promotion.list', {})
  const shownIds = promotions.map(({ id }) => id as number)
  const wanted = own.map(({ id }) => id).sort((one, other) => other - one)
  const wrong: string[] = []
  if (String(shownIds) !== String(wanted)) wrong.push(`promotions ${shownIds} instead of ${wanted}`)
  const funds = [fundedMicros, availableMicros]
  const expected = [world.funded.get(reader.id) ?? 0, availableMicrosOf(world, reader.id)]
  if (String(funds) !== String(expected)) wrong.push(`has ${funds} to spend instead of ${expected}`)
  for (const promotion of own) {
    const shown = promotions.find(({ id }) => id === promotion.id)
    if (shown !== undefined) wrong.push(...wrongPromotion(world, shown, promotion))
  }
  add('promotion', wrong)
}

export function wrongPromotion(
  world: Reading['world'],
  shown: Promotion,
  known: KnownPromotion,
): string[] {
  const expected: Readonly<Record<string, unknown>> = {
    tweetId: known.tweetId,
    budgetMicros: known.budgetMicros,
    pricePerImpressionMicros: known.pricePerImpressionMicros,
    frequencyCap: known.frequencyCap,
    hashtags: known.hashtags,
    near: known.near,
    status: statusOf(world, known),
    endedBy: endOf(world, known),
    impressions: impressionsOf(known),
    spentMicros: spentMicrosOf(known),
  }
  const seen = shown as Readonly<Record<string, unknown>>
  const wrong = Object.entries(expected)
    .filter(([name, value]) => JSON.stringify(seen[name]) !== JSON.stringify(value))
    .map(
      ([name, value]) => `${name} is ${JSON.stringify(seen[name])}, not ${JSON.stringify(value)}`,
    )
  if (shown.spentMicros > shown.budgetMicros) wrong.push('more is spent than the budget')
  return wrong.map((what) => `of promotion ${known.id}: ${what}`)
}

/** Nobody is told of the promotions of others. */
async function readOthers({ client, world, reader, random, add }: Reading): Promise<void> {
  const others = [...world.promotions.values()].filter(({ userId }) => userId !== reader.id)
  if (others.length === 0) return
  const { id: promotionId } = random.pick(others)
  const get = () => client.call('promotion.get', { promotionId })
  add('hidden', await refused('not_found', `promotion ${promotionId}`, get))
}

/** At most one for every 20 entries, each labelled as what it is, for whom it is meant; and as many as there may be. */
export function comparePromoted({ world, reader, add }: Reading, page: HomePage): void {
  const { promoted = [] } = page
  const tweets = page.tweets.flatMap(({ id }) => world.tweets.get(id) ?? [])
  const shownTo = { reader: reader.id, tweets, day: Math.floor(Date.now() / dayMs) }
  const room = Math.floor(page.tweets.length / promotedEvery)
  if (promoted.length > room) {
    add('promotion', [`${promoted.length} promoted tweets among ${page.tweets.length}`])
  }
  for (const [number, { promotionId, place, tweet, impression }] of promoted.entries()) {
    const known = world.promotions.get(promotionId)
    if (known === undefined || known.tweetId !== tweet.id || impression === '') {
      add('promotion', [`tweet ${tweet.id} is promoted, and nobody pays for it`])
    } else if (isPromotedTo(world, known, shownTo) === 'never') {
      add('hidden', [`promotion ${promotionId} of tweet ${tweet.id} is shown`])
    }
    const before = promoted[number - 1]
    const isTooNear = before !== undefined && place - before.place < promotedEvery
    if (isTooNear || place >= page.tweets.length) {
      add('promotion', [`a promoted tweet stands at ${place}`])
    }
  }
  const shown = new Set(promoted.map(({ tweet }) => tweet.id as number))
  if (shown.size < promoted.length) add('promotion', ['a tweet is promoted twice on a page'])
  const must = [...world.promotions.values()]
    .filter((known) => isPromotedTo(world, known, shownTo) === 'must')
    .map(({ tweetId }) => tweetId)
  const wanted = Math.min(room, new Set(must).size)
  if (shown.size < wanted && isLookedAtWhole(world)) {
    const wrong = `${shown.size} promoted tweets, where there is room for ${room}, and ${must} are meant`
    add('promotion', [wrong])
  }
}

/** Where there are very many promotions, a page looks at some of them. */
function isLookedAtWhole(world: Reading['world']): boolean {
  const active = [...world.promotions.values()].filter((one) => statusOf(world, one) === 'active')
  return active.length <= promotionsMax
}
