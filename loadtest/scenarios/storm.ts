// storm: all clients lose their connection at once, as when a gateway is gone, and come back at once. Posts
// go on all the while, so that everybody has something to catch up with.

import { setTimeout as delay } from 'node:timers/promises'
import { duration } from '../report/report.ts'
import { defineScenario } from '../scenario.ts'
import { Random } from '../std/random.ts'
import { evenEdges } from '../swarm/crowd-edges.ts'
import type { Stage } from '../swarm/stage.ts'
import { comeBack, onStage, swarmOptions } from '../swarm/stage.ts'

export const storm = defineScenario({
  name: 'storm',
  summary: 'all clients reconnect at once, and get what they missed',
  options: {
    ...swarmOptions,
    // Few authors have many followers each: 20 posts are some 4,000 pushes.
    posts: { ...swarmOptions.posts, default: 20 },
    seconds: {
      ...swarmOptions.seconds,
      default: 5,
      meaning: 'Quiet seconds before each storm, and after the last one',
    },
    rounds: { kind: 'number', default: 3, min: 1, max: 1_000, meaning: 'Storms' },
    away: {
      kind: 'number',
      default: 1_000,
      min: 0,
      max: 600_000,
      meaning: 'Milliseconds that all are away',
    },
    authors: {
      kind: 'number',
      default: 1_000,
      min: 2,
      max: 1e5,
      meaning: 'Further clients, who stay connected, post and read',
    },
    follows: { kind: 'number', default: 20, min: 1, max: 5_000, meaning: 'Whom each follows' },
  },
  run: async (given, run) => {
    const nodes = given.clients + given.authors
    const edges = evenEdges(new Random(`${given.seed} graph`), {
      nodes,
      followsEach: given.follows,
      followedFrom: given.clients,
    })
    const isActor = ({ index }: { index: number }) => index >= given.clients
    return await onStage(run, { ...given, clients: nodes }, { edges, isActor }, async (stage) => {
      const rounds = []
      for (let round = 1; round <= given.rounds; round++) {
        await delay(given.seconds * 1_000)
        const figures = await blow(stage, given)
        rounds.push(figures)
        const text = `until all were back, round ${round}`
        stage.recorder.note(text, duration(figures.allBackMs * 1_000))
      }
      await delay(given.seconds * 1_000)
      return { rounds }
    })
  },
})

/** Cuts all but the authors, and lets them all come back at the same moment. */
async function blow(stage: Stage, given: { readonly clients: number; readonly away: number }) {
  const { swarm, ledger } = stage
  const leaving = swarm.clients.slice(0, given.clients)
  for (const client of leaving) swarm.leave(client)
  const arrivedBefore = ledger.arrived
  await delay(given.away)
  const startedMs = performance.now()
  await Promise.all(leaving.map((client) => comeBack(stage, client, startedMs)))
  const allBackMs = performance.now() - startedMs
  return { allBackMs, arrivedMeanwhile: ledger.arrived - arrivedBefore }
}
