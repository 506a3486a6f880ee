// The checker: compares what clients were told with what can be seen, and names every difference.
// Pure, so that its own tests feed it bad histories and see each one found.
//
//   history (what was promised)  ─┐
//                                 ├─> rules ─> violations, each with the rule and the evidence
//   observation (what is there)  ─┘
//
// A rule is one promise. It is written for being read, with maps and sorting, and knows nothing of how
// the server works.

import { checkEdges, checkFavorites } from './checks/edges.ts'
import { checkDigests, checkEpochs, checkLog } from './checks/log.ts'
import { checkStreams } from './checks/streams.ts'
import { checkTimelines } from './checks/timelines.ts'
import { checkTweets } from './checks/tweets.ts'
import type { History } from './history.ts'
import type { Observation } from './observation.ts'
import type { Violation } from './violation.ts'

type Rule = (history: History, observation: Observation) => Violation[]

const rules: readonly Rule[] = [
  checkTweets,
  checkTimelines,
  checkStreams,
  checkFavorites,
  checkEdges,
  checkLog,
  checkEpochs,
  checkDigests,
]

/** Every violation of every rule; empty where all promises were kept. */
export function check(history: History, observation: Observation): Violation[] {
  return rules.flatMap((rule) => rule(history, observation))
}
