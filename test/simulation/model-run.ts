// All operations over three shards, in random order with random delays and kills, against a naive model:
// timelines, counts and relations are equal. (I1, I2, I3, I4, I5)
//
// A failure prints the seed and the shrunk commands.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { OperationName } from '../../protocol/registry.ts'
import { commandArbitrary, run } from './commands.ts'
import { compareAll } from './comparison.ts'
import { Model } from './model.ts'
import { expectAllOperations } from './model-coverage.ts'
import { SimulatedCluster } from './simulated-cluster.ts'

export const commandsPerRun = 100

/** Throws where one of so many runs is not as the model says. */
export async function expectRunsAsModel(runs: number): Promise<void> {
  const commands = fc.array(commandArbitrary, {
    minLength: commandsPerRun,
    maxLength: commandsPerRun,
  })
  const called = new Set<OperationName>()
  await fc.assert(
    fc.asyncProperty(commands, fc.nat(), async (list, seed) => {
      const cluster = new SimulatedCluster({ shards: 3, partitions: 8, seed })
      const world = { cluster, model: new Model() }
      await cluster.start()
      for (const handle of [0, 1, 2, 3]) await run({ do: 'sign up', handle }, world)
      for (const command of list) await run(command, world)
      await compareAll(world)
      expect(world.model.users.length).toBeGreaterThanOrEqual(4)
      for (const name of cluster.called) called.add(name)
    }),
    { numRuns: runs, endOnFailure: false },
  )
  expectAllOperations(called)
}
