import { expect, test } from 'vitest'
import { LogCorrupt } from '../../../../shard/replication/log.ts'
import { logStart } from '../../../../shard/replication/position.ts'
import { Recovery, type RecoveryPorts } from '../../../../shard/snapshots/recovery.ts'
import type { SnapshotStore, StoredSnapshot } from '../../../../shard/snapshots/store.ts'

const newest: StoredSnapshot = {
  partition: 0,
  position: { epoch: 1, sequence: 50 },
  path: 'nowhere',
}

/** A log that no longer begins at its start, beside one snapshot. */
function recoveryFrom(read: RecoveryPorts['log']['read']): Recovery {
  const log = {
    read,
    head: async () => newest.position,
    snapshots: { list: async () => [] },
  } as unknown as RecoveryPorts['log']
  const store = {
    list: () => [newest],
    newestVerified: async (_partition: number, verify: (found: StoredSnapshot) => unknown) =>
      void (await verify(newest)),
  } as unknown as SnapshotStore
  return new Recovery({
    name: 'shard-0',
    cluster: 'rookery',
    directory: 'data',
    log,
    store,
    obtain: async () => ({ isHere: false, unheard: [] }),
    addressOf: () => undefined,
    pause: async () => undefined,
    onError: () => undefined,
  })
}

test('a log that is damaged behind its snapshots is told as that', async () => {
  const recovery = recoveryFrom(async ({ after }) => {
    if (after === logStart) throw new RangeError('trimmed')
    throw new LogCorrupt('the record at 1-51 does not match its checksum')
  })
  await expect(recovery.open(0)).rejects.toThrow('does not match its checksum')
})

test('a log that was trimmed beyond all snapshots is told as that', async () => {
  const recovery = recoveryFrom(async () => {
    throw new RangeError('trimmed')
  })
  await expect(recovery.open(0)).rejects.toThrow('its log no longer begins at its start')
})
