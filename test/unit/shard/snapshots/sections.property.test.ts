import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Partition } from '../../../../protocol/ids.ts'
import { openSnapshot, writeSnapshot } from '../../../../shard/snapshots/snapshot-file.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'
import {
  apply,
  cluster,
  entriesOf,
  logOf,
  partitions,
  someOrder,
  somePartitions,
  someSteps,
  stateHosting,
} from './random-log.ts'
import { expectSameStates } from './same-states.ts'

const positionOf = (sequence: number) => ({ epoch: 1, sequence })

test('I7: snapshots at any place plus the rest of the logs, in any order, are the whole logs', () => {
  const directory = temporaryDirectory('sections')
  const run = fc.record({
    steps: someSteps,
    hosted: somePartitions,
    places: fc.tuple(...partitions.map(() => fc.double({ min: 0, max: 1, noNaN: true }))),
    loadOrder: someOrder,
    restOrder: someOrder,
  })
  fc.assert(
    fc.property(run, ({ steps, hosted, places, loadOrder, restOrder }) => {
      const entries = entriesOf(steps)
      const whole = stateHosting(hosted)
      apply(whole, entries)
      const cutOf = (partition: Partition) =>
        Math.round(places[partition]! * logOf(entries, partition).length)
      const recovered = stateHosting(hosted)
      for (const partition of loadOrder) {
        const writer = stateHosting([partition])
        apply(writer, logOf(entries, partition).slice(0, cutOf(partition)))
        const path = join(directory, `${partition}`)
        const position = positionOf(cutOf(partition))
        writeSnapshot(path, writer, { cluster, partition, position })
        openSnapshot(path, { cluster, partition }).loadInto(recovered)
      }
      for (const partition of restOrder) {
        apply(recovered, logOf(entries, partition).slice(cutOf(partition)))
      }
      expectSameStates([whole, recovered], { entries, hosted })
    }),
    { numRuns: 60 },
  )
})

test('the bytes are the same whoever writes them, whatever else the writer knows', () => {
  const directory = temporaryDirectory('sections')
  const run = fc.record({ steps: someSteps, hosted: somePartitions, order: someOrder })
  fc.assert(
    fc.property(run, ({ steps, hosted, order }) => {
      const entries = entriesOf(steps)
      const [partition] = order as [Partition]
      const position = positionOf(7)
      const alone = stateHosting([partition])
      apply(alone, logOf(entries, partition))
      const busy = stateHosting([partition, ...hosted])
      for (const other of [...order].reverse()) apply(busy, logOf(entries, other))
      Array.from(busy.accounts.sweep())
      const again = stateHosting([partition])
      const written = [alone, busy, again].map((state, number) => {
        const path = join(directory, `${number}`)
        const { digest, sha256 } = writeSnapshot(path, state, { cluster, partition, position })
        // The third one was read from what the second one has written.
        if (number === 1) openSnapshot(path, { cluster, partition }).loadInto(again)
        return { digest, sha256, bytes: readFileSync(path).toString('latin1') }
      })
      expect(written[1]).toEqual(written[0])
      expect(written[2]).toEqual(written[0])
    }),
    { numRuns: 60 },
  )
})
