// Home timelines: the newest 800 tweets of those whom the reader follows, and their own. No hole, nothing
// twice, nothing of others.
//
// What there is to be shown is taken from the profiles, which `tweets.ts` compares with the history: so a
// write of unknown outcome has to be in both, or in neither.

import { timelineLengthMax } from '../../../../protocol/limits.ts'
import type { History } from '../history.ts'
import type { Observation, SeenTweet, SeenUser } from '../observation.ts'
import type { Violation } from '../violation.ts'
import { checkOrderOfPage } from './tweets.ts'

export function checkTimelines(_history: History, observation: Observation): Violation[] {
  return [...observation.users.values()].flatMap((reader) => [
    ...checkOrderOfPage(reader.home, `the home timeline of ${reader.id}`),
    ...checkContent(reader, observation),
  ])
}

function checkContent(reader: SeenUser, observation: Observation): Violation[] {
  const authors = [reader.id, ...reader.following]
  const profiles = authors.map((id) => observation.users.get(id)?.profile)
  // Of somebody who was not looked at it cannot be said what to expect.
  if (profiles.includes(undefined)) return []
  const expected = new Set<number>(newest(profiles as readonly (readonly SeenTweet[])[]))
  const shown = new Set<number>(reader.home.map(({ id }) => id))
  const missing = [...expected].filter((id) => !shown.has(id))
  const foreign = [...shown].filter((id) => !expected.has(id))
  const where = `the home timeline of ${reader.id} (${shown.size} of ${expected.size} tweets)`
  return [
    ...missing.map((id): Violation => ({ rule: 'hole', what: `${where} lacks ${id}` })),
    ...foreign.map((id): Violation => ({ rule: 'invented', what: `${where} shows ${id}` })),
  ]
}

function newest(profiles: readonly (readonly SeenTweet[])[]): number[] {
  return profiles
    .flatMap((profile) => profile.slice(0, timelineLengthMax).map(({ id }) => id as number))
    .sort((one, other) => other - one)
    .slice(0, timelineLengthMax)
}
