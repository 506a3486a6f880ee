// I7 over random operations of every kind: primary, replica and a host that joins late from snapshots hold the
// same, and show the same. The long form, a million operations, is `npm run test:digests`.

import { expect, test } from 'vitest'
import { runDigests, writingOperations } from './digests/run.ts'

const operations = 50_000
const compareEvery = 5_000

test(`I2, I7: after ${operations} operations of every kind all hosts hold the same`, async () => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  console.info(`seed of the operations: ${seed}`)
  const figures = await runDigests({
    operations,
    seed,
    compareEvery,
    onComparison: () => undefined,
  })
  expect(figures.operations).toBeGreaterThanOrEqual(operations)
  expect(figures.comparisons).toBeGreaterThanOrEqual(operations / compareEvery)
  expect(figures.lateComparisons).toBeGreaterThan(1)
  // An operation that nobody does shows nothing: give it a deed in digests/people.ts.
  expect([...figures.byOperation.keys()].sort()).toEqual(writingOperations().sort())
})
