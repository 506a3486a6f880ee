// Follows and favorites: the last acknowledged word of each pair counts. Where a later one is of unknown
// outcome, either may be. Counters are the sums of the pairs.
//
// The load changes a pair again only after the outcome of its last change is known, and leaves a pair
// alone for good after an unknown one: so the order in the history is the order of effects.

import type { UserId } from '../../../../protocol/ids.ts'
import type { History, Write } from '../history.ts'
import type { Observation } from '../observation.ts'
import type { Violation } from '../violation.ts'

type Pair = {
  readonly actorId: UserId
  readonly targetId: number
  isOn: boolean
  /** A later change may have happened, or not. */
  isOpen: boolean
}

type Bounds = { min: number; max: number }

export function checkEdges(history: History, observation: Observation): Violation[] {
  const pairs = pairsOf(history.writes, { on: 'follow', off: 'unfollow' })
  const shown = new Map(
    [...observation.users.values()].map((one) => [one.id, new Set(one.following)]),
  )
  const violations: Violation[] = []
  for (const { actorId, targetId, isOn, isOpen } of pairs) {
    const following = shown.get(actorId)
    if (following === undefined || isOpen || following.has(targetId as UserId) === isOn) continue
    violations.push({
      rule: isOn ? 'lost' : 'invented',
      what: `${actorId} was told to ${isOn ? '' : 'un'}follow ${targetId}, and shows the contrary`,
    })
  }
  return [...violations, ...checkPeople(pairs, observation)]
}

export function checkFavorites(history: History, observation: Observation): Violation[] {
  const bounds = sums(pairsOf(history.writes, { on: 'favorite', off: 'unfavorite' }))
  const violations: Violation[] = []
  for (const { profile } of observation.users.values()) {
    for (const { id, favorites } of profile) {
      const expected = bounds.get(id) ?? { min: 0, max: 0 }
      if (favorites < expected.min) {
        violations.push({
          rule: 'lost',
          what: `${favoritesOf(id, favorites)}, not ${expected.min}`,
        })
      } else if (favorites > expected.max) {
        const what = `${favoritesOf(id, favorites)}, not ${expected.max}`
        violations.push({ rule: 'doubled', what })
      }
    }
  }
  return violations
}

function favoritesOf(id: number, favorites: number): string {
  return `tweet ${id} has ${favorites} favorites`
}

function pairsOf(
  writes: readonly Write[],
  kinds: { on: Write['kind']; off: Write['kind'] },
): readonly Pair[] {
  const pairs = new Map<string, Pair>()
  for (const { kind, actorId, targetId, outcome } of writes) {
    if ((kind !== kinds.on && kind !== kinds.off) || outcome === 'refused') continue
    const name = `${actorId} ${targetId}`
    const pair = pairs.get(name) ?? { actorId, targetId, isOn: false, isOpen: false }
    pairs.set(name, pair)
    if (outcome === 'acknowledged') {
      pair.isOn = kind === kinds.on
      pair.isOpen = false
    } else pair.isOpen = true
  }
  return [...pairs.values()]
}

function sums(pairs: readonly Pair[]): Map<number, Bounds> {
  const bounds = new Map<number, Bounds>()
  for (const { targetId, isOn, isOpen } of pairs) {
    const sum = bounds.get(targetId) ?? { min: 0, max: 0 }
    bounds.set(targetId, sum)
    if (isOn && !isOpen) sum.min++
    if (isOn || isOpen) sum.max++
  }
  return bounds
}

/** The counters on each card agree with the lists, and with what was acknowledged. */
function checkPeople(pairs: readonly Pair[], observation: Observation): Violation[] {
  const followers = sums(pairs)
  const violations: Violation[] = []
  for (const { id, counts, profile, following } of observation.users.values()) {
    const expected = followers.get(id) ?? { min: 0, max: 0 }
    const numbers = [
      { name: 'tweets', shown: counts.tweets, min: profile.length, max: profile.length },
      { name: 'following', shown: counts.following, min: following.length, max: following.length },
      { name: 'followers', shown: counts.followers, ...expected },
    ]
    for (const { name, shown, min, max } of numbers) {
      if (shown >= min && shown <= max) continue
      violations.push({
        rule: 'counter',
        what: `${id} shows ${shown} ${name}, not ${min} to ${max}`,
      })
    }
  }
  return violations
}
