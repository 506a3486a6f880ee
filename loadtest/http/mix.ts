// What a crowd of users asks for, in which proportions. Pure.
//
// A mix is a deck of cards: `{ home: 60, profile: 30, post: 10 }` is a deck of 100. It is shuffled and
// dealt to the last card before it is shuffled again, so that every deck holds exactly what the mix
// says. Drawing each request by chance would leave a write of 1 in 281 to luck in a short run.

import { UsageError } from '../options.ts'
import type { Random } from '../std/random.ts'

/** The kinds of requests that an HTTP run makes. */
export type RequestKind = 'home' | 'profile' | 'post' | 'follow' | 'sign-up'

/** How many cards of each kind are in the deck. */
export type Mix = Readonly<Partial<Record<RequestKind, number>>>

/**
 * The mixes by name. `deathstar` is the social network of DeathStarBench (Gan et al., ASPLOS 2019,
 * mixed-workload.lua), `retwis` the workload of Retwis as TAPIR measures it (Zhang et al., SOSP 2015,
 * table 2), `read-heavy` the published proportion of Twitter: 325,000 reads to 1,160 tweets a second.
 */
export const mixes: Readonly<Record<string, Mix>> = {
  home: { home: 1 },
  profile: { profile: 1 },
  post: { post: 1 },
  deathstar: { home: 60, profile: 30, post: 10 },
  retwis: { 'sign-up': 5, follow: 15, post: 30, home: 50 },
  'read-heavy': { home: 280, post: 1 },
}

/** Throws UsageError for a name that no mix has. */
export function mixNamed(name: string): Mix {
  const mix = Object.hasOwn(mixes, name) ? mixes[name] : undefined
  if (mix !== undefined) return mix
  throw new UsageError(`--mix must be one of ${Object.keys(mixes).join(', ')}, not "${name}"`)
}

/** The cards of one deck, in the order of the mix. */
export function cardsOf(mix: Mix): RequestKind[] {
  return Object.entries(mix).flatMap(([kind, count]) =>
    Array.from({ length: count }, () => kind as RequestKind),
  )
}

/** At least `count` requests, in whole shuffled decks. Throws RangeError for a mix without cards. */
export function deal(
  mix: Mix,
  { count, random }: { count: number; random: Random },
): RequestKind[] {
  const cards = cardsOf(mix)
  if (cards.length === 0) throw new RangeError('a mix needs at least one card')
  const dealt: RequestKind[] = []
  while (dealt.length < count) dealt.push(...random.shuffle(cards))
  return dealt
}
