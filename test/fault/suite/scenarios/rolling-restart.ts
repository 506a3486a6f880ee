// Every process is restarted in turn under load, as for an upgrade: SIGTERM, gone in good order, started again,
// ready, the next one.

import { Deployment } from '../deployment.ts'
import type { Figures, RoundContext, Scenario } from '../scenario.ts'
import { longest, Trial } from '../trial.ts'

const writingWithinMs = 30_000

export const rollingRestart: Scenario = {
  name: 'rolling-restart',
  fault: 'every process restarted in turn under load',
  promise: '0 failed acknowledged writes, 0 missed',
  rounds: { short: 1, full: 3 },
  goals: [
    { figure: 'missed', worstBelow: 1 },
    { figure: 'processes', leastAbove: 3 },
  ],
  run: (_round, context) => run(context),
}

async function run(context: RoundContext): Promise<Figures> {
  const deployment = await context.shared('deployment', () => Deployment.start({ gateways: 2 }))
  const trial = await Trial.begin({ deployment, context, readers: 40 })
  try {
    const fromMs = performance.now()
    let slowestStopMs = 0
    const { processes } = deployment
    for (const process of processes) {
      const former = process.pid
      const stoppedAtMs = performance.now()
      await process.stop()
      slowestStopMs = Math.max(slowestStopMs, Math.round(performance.now() - stoppedAtMs))
      await process.start()
      await process.untilReady()
      await deployment.untilServing()
      if (process.pid === former) throw new Error(`${process.name} was not restarted`)
      await trial.untilWritten({ withinMs: writingWithinMs })
    }
    const pauseMs = longest(trial.pausesSince(fromMs))
    return { ...(await trial.finish()), processes: processes.length, pauseMs, slowestStopMs }
  } finally {
    trial.close()
  }
}
