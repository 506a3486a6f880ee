// The model-based test of all operations (I1, I2, I3, I4, I5) in its short form; `npm run test:model` is the long one.

import { test } from 'vitest'
import { commandsPerRun, expectRunsAsModel } from './model-run.ts'

const runs = 200

test(`${runs} runs of ${commandsPerRun} random commands equal the model`, async () => {
  await expectRunsAsModel(runs)
})
