// verify: compares everything that the users can read with what was acknowledged to them.

import { liveUrl } from '../client/socket.ts'
import { readWorld, stateFileDefault } from '../oracle/state.ts'
import type { Outcome, Report } from '../report/report.ts'
import { count } from '../report/report.ts'
import { defineScenario, sharedOptions } from '../scenario.ts'
import type { DifferenceKind } from '../verify/compare.ts'
import { differenceKinds } from '../verify/compare.ts'
import type { VerifyOptions } from '../verify/verifier.ts'
import { readersOf, verifyWorld } from '../verify/verifier.ts'

export const verify = defineScenario({
  name: 'verify',
  summary: 'reads what all users are shown, and compares it with the state file',
  options: {
    state: {
      kind: 'text',
      value: 'FILE',
      default: stateFileDefault,
      meaning: 'The state file of a seed run',
    },
    sockets: {
      kind: 'number',
      default: 16,
      min: 1,
      max: 10_000,
      meaning: 'How many users are read at a time',
    },
    url: { ...sharedOptions.url, meaning: 'The server; without it the one that was seeded' },
    json: sharedOptions.json,
  },
  run: async ({ state, sockets, url }, { report }) => {
    const world = await readWorld(state)
    const address = url ?? world.url
    if (address === undefined) throw new RangeError(`${state} names no server: give --url`)
    return await reportVerification({ world, url: liveUrl(address), sockets }, report)
  },
})

/** Those that have a line of their own. */
const coreKinds: readonly DifferenceKind[] = ['timeline', 'profile', 'count']

/** Verifies and says what was found; shared with seed. */
export async function reportVerification(
  options: Omit<VerifyOptions, 'onUser'>,
  report: Report,
): Promise<Outcome> {
  const { world } = options
  const progress = report.progress('verify', readersOf(world).length)
  const found = await verifyWorld({ ...options, onUser: () => progress.add() })
  progress.end()
  const { users, wrong } = found
  report.line(`wrong timelines: ${count(wrong.timeline)} of ${count(users)}`)
  report.line(`wrong profiles: ${count(wrong.profile)} of ${count(users)}`)
  report.line(`wrong counts: ${count(wrong.count)} of ${count(users)}`)
  if (world.hasFeatures) {
    for (const kind of differenceKinds) {
      if (coreKinds.includes(kind)) continue
      report.line(`wrong, ${kind}: ${count(wrong[kind])} of ${count(users)}`)
    }
  }
  report.line(`tweets compared: ${count(found.tweetsRead)}`)
  if (found.settledUsers > 0) {
    const waited = `${(found.settledMs / 1000).toFixed(1)} s`
    report.line(`settled late: ${count(found.settledUsers)} users, the last after ${waited}`)
  }
  if (world.unsureCount > 0) {
    report.line(`${count(world.unsureCount)} writes were never answered: they may or may not show`)
  }
  for (const example of found.examples) report.line(`  ${example}`)
  const isRight = Object.values(wrong).every((users) => users === 0)
  return { isRight, figures: { ...found } }
}
