// The disk under the log fills up, by something else that is on it; then there is room again.

import { elapse, eventually } from '../../../helpers/eventually.ts'
import type { RedisServer } from '../../../helpers/redis-server.ts'
import { SmallDisk } from '../../../helpers/small-disk.ts'
import type { DeploymentOptions } from '../deployment.ts'
import { Deployment } from '../deployment.ts'
import type { Figures, RoundContext, Scenario } from '../scenario.ts'
import { Trial } from '../trial.ts'

const diskBytes = 96 * 1024 * 1024
/** The small disk takes the writes of a minute. */
const writesPerSecond = 500
/** What has to be answered by an error before the disk counts as full. */
const failuresMin = 100
const fullWithinMs = 30_000
const fullMs = 1_000
const recoveredWithinMs = 60_000

export const diskFullEmbedded = diskFull('embedded', () => 'embedded')
export const diskFullRedis = diskFull('redis', (round, disk) => ({
  // Where each write is flushed before its answer, Redis ends when it cannot; else it refuses writes.
  appendfsync: round % 2 === 0 ? 'everysec' : 'always',
  settings: { dir: disk.path },
}))

type LogOf = (round: number, disk: SmallDisk) => NonNullable<DeploymentOptions['log']>

function diskFull(name: string, logOf: LogOf): Scenario {
  return {
    name: `disk-full-${name}`,
    fault: `disk full under ${name === 'redis' ? 'Redis' : 'the embedded log'}`,
    promise: '0 false acknowledgements, recovers when there is room again',
    rounds: { short: 1, full: 4 },
    goals: [
      { figure: 'recoveredMs', worstBelow: 5_000 },
      { figure: 'failedWhileFull', leastAbove: failuresMin - 1 },
    ],
    run: (round, context) => run(round, context, logOf),
  }
}

async function run(round: number, context: RoundContext, logOf: LogOf): Promise<Figures> {
  const disk = new SmallDisk(diskBytes)
  try {
    const log = logOf(round, disk)
    const place = log === 'embedded' ? { directory: disk.path } : {}
    const deployment = await Deployment.start({ log, ...place })
    try {
      return await filled({ deployment, context, disk })
    } finally {
      await deployment[Symbol.asyncDispose]()
    }
  } finally {
    disk[Symbol.dispose]()
  }
}

async function filled(parts: {
  readonly deployment: Deployment
  readonly context: RoundContext
  readonly disk: SmallDisk
}): Promise<Figures> {
  const { deployment, context, disk } = parts
  const { redis } = deployment
  const trial = await Trial.begin({ deployment, context, writesPerSecond })
  try {
    disk.fill({ leaveBytes: 0 })
    const fullAtMs = performance.now()
    const failuresBefore = trial.recorder.failures.length
    const failed = () => trial.recorder.failures.length - failuresBefore
    await eventually(() => failed() >= failuresMin, { withinMs: fullWithinMs })
    await elapse(fullMs)
    const failedWhileFull = failed()
    const acknowledgedWhileFull = trial.recorder.acknowledgedWithin({
      fromMs: fullAtMs,
      toMs: performance.now(),
    })
    const fromMs = performance.now()
    disk.empty()
    const hasEnded = redis !== undefined && !redis.isRunning
    if (hasEnded) await (redis as RedisServer).restart()
    const recoveredMs = await trial.untilWritingAgain({ fromMs, withinMs: recoveredWithinMs })
    const ending = hasEnded ? 'ended, started again' : 'went on'
    const log = redis === undefined ? 'embedded' : `Redis ${ending}`
    const figures = await trial.finish()
    return { ...figures, log, recoveredMs, failedWhileFull, acknowledgedWhileFull }
  } finally {
    trial.close()
  }
}
