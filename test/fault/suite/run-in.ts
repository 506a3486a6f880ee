// Waits until the load has run itself in: processes that have just started answer late until their code is compiled, and
// what a change costs is measured from where nothing else costs.

import { elapse } from '../../helpers/eventually.ts'
import { longest, type Trial } from './trial.ts'

/** Looked at for so long at a time. */
const lookMs = 1_000
/** Nothing else costs where no partition was silent for so long. */
const pauseMsMax = 150
/** A busy machine never gets there. */
const runInMsMax = 15_000

/** Resolves when the load runs evenly, or does not after a while. */
export async function untilRunIn(trial: Trial): Promise<void> {
  const giveUpAtMs = performance.now() + runInMsMax
  for (let fromMs = performance.now(); fromMs < giveUpAtMs; fromMs = performance.now()) {
    await elapse(lookMs)
    if (longest(trial.pausesSince(fromMs)) < pauseMsMax) return
  }
}
