// live: a swarm of clients with a live home timeline each, at fixed rates of posts and reads. Every push is
// checked; some clients lose their connection all the while, and resume.

import { setTimeout as delay } from 'node:timers/promises'
import { defineScenario } from '../scenario.ts'
import { Random } from '../std/random.ts'
import { evenEdges } from '../swarm/crowd-edges.ts'
import { Pacer } from '../swarm/pacer.ts'
import type { Stage } from '../swarm/stage.ts'
import { comeBack, onStage, swarmOptions } from '../swarm/stage.ts'

/** How long a client that has lost its connection stays away, in milliseconds: at least, and at most. */
const awayMsMin = 200
const awayMsMax = 2_000
/** Draws of chance until somebody is found who waits for no answer. */
const drawsMax = 20

export const live = defineScenario({
  name: 'live',
  summary: 'a swarm of clients: posts, reads and pushes at fixed rates, some lose their connection',
  options: {
    ...swarmOptions,
    follows: { kind: 'number', default: 20, min: 1, max: 5_000, meaning: 'Whom each follows' },
    drops: {
      kind: 'number',
      default: 20,
      min: 0,
      max: 1e5,
      isFraction: true,
      meaning: 'Clients a second that lose their connection and resume',
    },
  },
  run: async (given, run) => {
    const size = { nodes: given.clients, followsEach: given.follows }
    const edges = evenEdges(new Random(`${given.seed} graph`), size)
    return await onStage(run, given, { edges }, async (stage) => {
      const returning = new Set<Promise<void>>()
      let drops = 0
      const pacer = new Pacer({
        perSecond: given.drops,
        work: () => {
          const back = drop(stage)
          if (back === undefined) return
          drops++
          returning.add(back)
          void back.finally(() => returning.delete(back))
        },
      })
      pacer.start()
      await delay(given.seconds * 1_000)
      pacer.stop()
      await Promise.all(returning)
      return { drops }
    })
  },
})

/** Cuts somebody's connection. @returns when they are back; undefined where nobody can be cut */
function drop(stage: Stage): Promise<void> | undefined {
  const { swarm, random } = stage
  for (let draw = 0; draw < drawsMax; draw++) {
    const client = random.pick(swarm.clients)
    // An answer that is under way would be lost with the socket: that is no fault of the server's.
    if (client.state !== 'live' || client.inFlight.length > 0) continue
    swarm.leave(client)
    const awayMs = awayMsMin + random.below(awayMsMax - awayMsMin)
    return delay(awayMs).then(() => comeBack(stage, client))
  }
  return undefined
}
