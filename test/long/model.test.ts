// The model-based test of all operations (I1, I2, I3, I4, I5) in its long form: `npm run test:model`, some minutes.

import { test } from 'vitest'
import { commandsPerRun, expectRunsAsModel } from '../simulation/model-run.ts'

const runs = 2_000

test(`${runs} runs of ${commandsPerRun} random commands equal the model`, async () => {
  await expectRunsAsModel(runs)
})
