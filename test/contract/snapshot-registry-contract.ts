// What every snapshot registry must do: the exact meaning of shard/replication/snapshot-registry.ts.

import { describe, expect, test } from 'vitest'
import { snapshotsKeptMax } from '../../shard/replication/snapshot-registry.ts'
import {
  at,
  contractPartitions,
  eachOnItsOwnMedium,
  type LogMedium,
} from './log-contract-harness.ts'

/** A snapshot at a position, whose bytes are told by a letter. */
function snapshot(epoch: number, sequence: number, letter = 'a') {
  return {
    position: at(epoch, sequence),
    bytes: 5_000_000_000 + sequence,
    sha256: letter.repeat(64),
  }
}

export function describeSnapshotRegistry(name: string, create: () => Promise<LogMedium>): void {
  describe(`The snapshot registry: ${name}`, () => {
    const subject = eachOnItsOwnMedium(create)

    test('a partition of which there is no snapshot has none', async () => {
      expect(await subject.log.snapshots.list(0)).toEqual([])
    })

    test('a record comes back as it was given, on another handle as well', async () => {
      const other = await subject.open()
      await subject.log.snapshots.record(0, snapshot(1, 20), 'shard-1')
      const expected = [{ ...snapshot(1, 20), holders: ['shard-1'] }]
      expect(await subject.log.snapshots.list(0)).toEqual(expected)
      expect(await other.snapshots.list(0)).toEqual(expected)
    })

    test('further holders join a record, each of them once', async () => {
      const { snapshots } = subject.log
      for (const holder of ['shard-2', 'shard 1', 'shard-2']) {
        await snapshots.record(0, snapshot(1, 20), holder)
      }
      expect(await snapshots.list(0)).toEqual([
        { ...snapshot(1, 20), holders: ['shard 1', 'shard-2'] },
      ])
    })

    test('holders that record at the same moment are all noted', async () => {
      const handles = [subject.log, await subject.open(), await subject.open()]
      await Promise.all(
        handles.map(({ snapshots }, index) =>
          snapshots.record(0, snapshot(1, 20), `shard-${index}`),
        ),
      )
      const [found] = await subject.log.snapshots.list(0)
      expect(found?.holders).toEqual(['shard-0', 'shard-1', 'shard-2'])
    })

    test('the newest come first, by epoch and then by sequence, and the oldest are forgotten', async () => {
      const { snapshots } = subject.log
      const positions = [at(2, 9), at(10, 1), at(2, 10), at(1, 999), at(9, 5)]
      for (const position of positions) {
        await snapshots.record(0, { ...snapshot(1, 1), position }, 'shard-1')
      }
      const found = await snapshots.list(0)
      expect(found.length).toBe(snapshotsKeptMax)
      expect(found.map(({ position }) => position)).toEqual([at(10, 1), at(9, 5), at(2, 10)])
    })

    test('one that is older than all that are kept is not kept', async () => {
      const { snapshots } = subject.log
      for (const sequence of [20, 30, 40, 10]) {
        await snapshots.record(0, snapshot(1, sequence), 'shard-1')
      }
      const found = await snapshots.list(0)
      expect(found.map(({ position }) => position.sequence)).toEqual([40, 30, 20])
    })

    test('other bytes at the same position: the copies of the earlier ones count no longer', async () => {
      const { snapshots } = subject.log
      await snapshots.record(0, snapshot(1, 20), 'shard-1')
      await snapshots.record(0, snapshot(1, 20), 'shard-2')
      await snapshots.record(0, snapshot(1, 20, 'b'), 'shard-3')
      expect(await snapshots.list(0)).toEqual([{ ...snapshot(1, 20, 'b'), holders: ['shard-3'] }])
    })

    test('a copy that is gone counts no longer, and a snapshot without copies is none', async () => {
      const { snapshots } = subject.log
      await snapshots.record(0, snapshot(1, 20), 'shard-1')
      await snapshots.record(0, snapshot(1, 20), 'shard-2')
      await snapshots.record(0, snapshot(1, 30), 'shard-1')
      await snapshots.forget(0, at(1, 20), 'shard-1')
      await snapshots.forget(0, at(1, 30), 'shard-2')
      expect((await snapshots.list(0)).map(({ holders }) => holders)).toEqual([
        ['shard-1'],
        ['shard-2'],
      ])
      await snapshots.forget(0, at(1, 30), 'shard-1')
      await snapshots.forget(0, at(7, 7), 'shard-1')
      expect(await snapshots.list(0)).toEqual([{ ...snapshot(1, 20), holders: ['shard-2'] }])
    })

    test('partitions do not see one another', async () => {
      const { snapshots } = subject.log
      const last = contractPartitions - 1
      await snapshots.record(last, snapshot(1, 20), 'shard-1')
      expect(await snapshots.list(0)).toEqual([])
      await snapshots.forget(0, at(1, 20), 'shard-1')
      expect((await snapshots.list(last)).length).toBe(1)
      await expect(snapshots.list(contractPartitions)).rejects.toThrow(RangeError)
    })

    test('a registry that was closed says so', async () => {
      const other = await subject.open()
      await other.close()
      await expect(other.snapshots.list(0)).rejects.toThrow('was closed')
    })
  })
}
