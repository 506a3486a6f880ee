// What a population does beside posting, following and marking favorites: replies, retweets, lists, blocks and so on.
// Pure: chance is a seeded stream.
//
// It fills the windows of plan.ts in two halves. First comes what others rely on (who blocks whom, whose account
// is protected, who leaves), then what relies on it. So nothing in a window depends on anything else in it, and
// yet all of it happens at once. Two things are raced on purpose, because their outcome is the same whoever
// comes first: a block by a follow, and an approval by whoever takes the request back.

import type { FeatureAction } from './actions.ts'
import type { Adder, FeatureParts, Kind, RacedAction } from './feature-crowd.ts'
import { Crowd } from './feature-crowd.ts'
import { doingsOf } from './feature-doings.ts'
import { unsettlersOf } from './feature-unsettlers.ts'
import { promotionChangesOf, promotionDoingsOf } from './promotion-plan.ts'
import type { Steady } from './steady.ts'

type At = { readonly index: number; readonly windows: number }

/** Draws for one action before it is put off. */
const drawsMax = 40

export class FeaturePlan {
  readonly #total: number
  readonly #crowd: Crowd
  readonly #unsettlers: readonly Kind[]
  readonly #doings: readonly Kind[]
  readonly #shares: number
  readonly #debts = new Map<Kind, number>()

  constructor(parts: FeatureParts, steady: Steady) {
    this.#total = parts.total
    this.#crowd = new Crowd(parts, steady)
    this.#unsettlers = [
      ...unsettlersOf(this.#crowd, parts),
      ...promotionChangesOf(this.#crowd, parts),
    ]
    this.#doings = [...doingsOf(this.#crowd, parts), ...promotionDoingsOf(this.#crowd, parts)]
    const kinds = [...this.#unsettlers, ...this.#doings]
    this.#shares = kinds.reduce((sum, { share }) => sum + share, 0)
  }

  /** The first half of a window: called before anything else is planned for it. */
  unsettle(at: At): (FeatureAction | RacedAction)[] {
    this.#crowd.start()
    return this.#some(this.#unsettlers, at)
  }

  /** The second half: called after everything else. */
  rely(at: At): (FeatureAction | RacedAction)[] {
    return this.#some(this.#doings, at)
  }

  #some(kinds: readonly Kind[], { index, windows }: At): (FeatureAction | RacedAction)[] {
    return kinds.flatMap((kind) => {
      const total = (this.#total * kind.share) / this.#shares
      const until = (window: number) => Math.round((total * window) / windows)
      const due = until(index + 1) - until(index) + (this.#debts.get(kind) ?? 0)
      const actions: (FeatureAction | RacedAction)[] = []
      let missing = 0
      for (let done = 0; done < due; done++) {
        const drawn = drawnFrom(kind.add)
        if (drawn === undefined) missing++
        else actions.push(...drawn)
      }
      this.#debts.set(kind, missing)
      return actions
    })
  }
}

function drawnFrom(add: Adder): ReturnType<Adder> {
  for (let draw = 0; draw < drawsMax; draw++) {
    const drawn = add()
    if (drawn !== undefined) return drawn
  }
  return undefined
}
