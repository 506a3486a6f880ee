// kill -9 of a gateway that serves everybody who watches live: they come back through another one, and go
// on where they were.

import { eventually } from '../../../helpers/eventually.ts'
import { Deployment } from '../deployment.ts'
import type { Figures, RoundContext, Scenario, Size } from '../scenario.ts'
import { Trial } from '../trial.ts'

const victim = 'gateway-0'
const resumedWithinMs = 60_000
const writingWithinMs = 30_000
/** So many readers are pushed every post of each author: more would be a test of this process. */
const loads: Readonly<Record<Size, { readers: number; writesPerSecond: number }>> = {
  short: { readers: 400, writesPerSecond: 400 },
  full: { readers: 5_000, writesPerSecond: 100 },
}
const mix = { posts: 25, favorites: 60 }

export const gatewayKilled: Scenario = {
  name: 'gateway-killed',
  fault: 'kill -9 of a gateway with 5,000 live clients (400 in the short form)',
  promise: 'all resumed within 10 s, 0 tweets missed, 0 doubled',
  rounds: { short: 1, full: 5 },
  goals: [
    { figure: 'resumedMs', worstBelow: 10_000 },
    { figure: 'missed', worstBelow: 1 },
    { figure: 'resumed', leastAbove: 0 },
  ],
  run: (_round, context) => run(context),
}

async function run(context: RoundContext): Promise<Figures> {
  const deployment = await context.shared('deployment', () => Deployment.start({ gateways: 2 }))
  const gateway = deployment.gateways.get(victim)
  if (gateway === undefined) throw new Error(`there is no ${victim}`)
  const readerUrl = () => (gateway.isRunning ? deployment.urlOf(victim) : deployment.url())
  const load = { ...loads[context.size], followsPerReader: 3, mix, readerUrl }
  const trial = await Trial.begin({ deployment, context, ...load })
  try {
    const killedAtMs = performance.now()
    await gateway.kill()
    await eventually(() => trial.readers.every(({ stream }) => stream.segments.length > 1), {
      withinMs: resumedWithinMs,
    })
    const back = trial.readers.map(
      ({ stream }) => (stream.segments[1]?.subscribedAtMs ?? Infinity) - killedAtMs,
    )
    await gateway.start()
    await trial.untilWritten({ withinMs: writingWithinMs })
    return { ...(await trial.finish()), resumedMs: Math.round(Math.max(...back)) }
  } finally {
    trial.close()
    if (!gateway.isRunning) await gateway.start()
  }
}
