import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Partition } from '../../../../protocol/ids.ts'
import { openSnapshot, writeSnapshot } from '../../../../shard/snapshots/snapshot-file.ts'
import type { ShardState } from '../../../../shard/state/shard-state.ts'
import { FakeColdBodies } from '../../../helpers/fake-cold-bodies.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'
import {
  apply,
  cluster,
  entriesOf,
  logOf,
  partitions,
  someOrder,
  someSteps,
  stateHosting,
} from '../snapshots/random-log.ts'
import { expectSameStates } from '../snapshots/same-states.ts'

const position = { epoch: 1, sequence: 7 }

/** A state that keeps the newest few bodies in memory, and all others in the cold store. */
function coldState(): { state: ShardState; cold: FakeColdBodies } {
  const state = stateHosting(partitions)
  const cold = new FakeColdBodies()
  state.tweets.keepWithin({ bytesMax: 0, cold })
  return { state, cold }
}

test('I7: pages, digests and snapshots are the same, byte for byte, wherever the bodies are', () => {
  const directory = temporaryDirectory('cold-state')
  let coldCount = 0
  fc.assert(
    fc.property(fc.record({ steps: someSteps, order: someOrder }), ({ steps, order }) => {
      const entries = entriesOf(steps)
      const warm = stateHosting(partitions)
      const { state, cold } = coldState()
      for (const one of [warm, state]) apply(one, entries)
      coldCount += cold.bodies.size
      expect(state.tweets.coldCount).toBe(cold.bodies.size)
      expectSameStates([warm, state], { entries, hosted: partitions })

      const [partition] = order as [Partition]
      const files = [warm, state].map((one, number) => {
        const path = join(directory, `${number}`)
        const { digest } = writeSnapshot(path, one, { cluster, partition, position })
        return { digest, bytes: readFileSync(path).toString('latin1') }
      })
      expect(files[1]).toEqual(files[0])
      // Looking at bodies has brought none back.
      expect(state.tweets.coldCount).toBe(cold.bodies.size)
    }),
    { numRuns: 60 },
  )
  // Chance decides how many; without any nothing was shown.
  expect(coldCount).toBeGreaterThan(10)
})

test('what a snapshot brings goes to the cold store as it is read', () => {
  const path = join(temporaryDirectory('cold-state'), 'snapshot')
  fc.assert(
    fc.property(someSteps, (steps) => {
      const entries = entriesOf(steps)
      const warm = stateHosting(partitions)
      const { state, cold } = coldState()
      for (const partition of partitions) {
        const writer = stateHosting([partition])
        apply(writer, logOf(entries, partition))
        writeSnapshot(path, writer, { cluster, partition, position })
        for (const one of [warm, state]) openSnapshot(path, { cluster, partition }).loadInto(one)
      }
      expect(state.tweets.coldCount).toBe(cold.bodies.size)
      expectSameStates([warm, state], { entries, hosted: partitions })
    }),
    { numRuns: 30 },
  )
})
