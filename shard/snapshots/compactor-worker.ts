// The compaction worker: a thread that makes and verifies snapshots beside the shard's own.
//
// It has a state of its own that hosts one partition: an earlier snapshot plus the entries that it is
// given. Nothing of the live state is touched. What goes wrong here is answered, and the next snapshot
// begins with a fresh state.

import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { decodeEvent } from '../../protocol/event.ts'
import type { Partition } from '../../protocol/ids.ts'
import { handlersByCode } from '../handlers.ts'
import type { Handler } from '../operations/implement.ts'
import { isDigestEntry } from '../replication/digest-entry.ts'
import type { SnapshotRecord } from '../replication/snapshot-registry.ts'
import { ShardState } from '../state/shard-state.ts'
import { serveThread } from '../worker-thread.ts'
import type {
  CompactorRequest,
  CompactorResults,
  FileToVerify,
  MadeSnapshot,
} from './compactor-messages.ts'
import { digestOf } from './digest.ts'
import { checkPosition } from './header-position.ts'
import { SnapshotCorrupt } from './snapshot-chunks.ts'
import { openSnapshot, type Snapshot, writeSnapshot } from './snapshot-file.ts'

type WriteHandler = Extract<Handler, { kind: 'write' }>
type Work = { readonly cluster: string; readonly partition: Partition; readonly state: ShardState }

const hashedAtOnceBytes = 1024 * 1024

/** What is being made; undefined between two snapshots. */
let work: Work | undefined

serveThread((request: CompactorRequest) => {
  try {
    return handle(request)
  } catch (error) {
    // What is being made is not to be relied on any more; a file that was only looked at is another matter.
    if (request.kind !== 'verify') work = undefined
    throw error
  }
})

function handle(request: CompactorRequest): CompactorResults[CompactorRequest['kind']] {
  switch (request.kind) {
    case 'begin':
      return begin(request)
    case 'entries':
      return apply(request)
    case 'finish':
      return finish(request)
    case 'verify':
      return verify(request.file)
  }
}

function begin({
  cluster,
  partition,
  base,
}: Extract<CompactorRequest, { kind: 'begin' }>): undefined {
  work = undefined
  const state = freshState(partition)
  if (base !== undefined) openChecked(base).loadInto(state)
  work = { cluster, partition, state }
}

function apply({ lengths, bytes }: Extract<CompactorRequest, { kind: 'entries' }>): undefined {
  const { state } = present()
  let at = 0
  for (const length of lengths) {
    const payload = bytes.subarray(at, at + length)
    at += length
    if (isDigestEntry(payload)) continue
    const { operation, event } = decodeEvent(payload)
    const handler = handlersByCode.get(operation.code) as WriteHandler
    handler.apply(state, event)
  }
}

function finish({ path, position }: Extract<CompactorRequest, { kind: 'finish' }>): MadeSnapshot {
  const { cluster, partition, state } = present()
  const { digest } = writeSnapshot(path, state, { cluster, partition, position })
  // The first state is let go before the second one grows: there is never more than one at a time.
  work = undefined
  const file = { path, cluster, partition, position }
  const readBack = freshState(partition)
  openChecked(file).loadInto(readBack)
  const found = digestOf(readBack, partition, { slice: 0, slices: 1 })
  if (found !== digest) {
    throw new SnapshotCorrupt(
      `${path}: read back, its digest is ${found}, where ${digest} was written.`,
    )
  }
  return { ...recordOf(file), digest }
}

function verify(file: FileToVerify): SnapshotRecord {
  openChecked(file)
  return recordOf(file)
}

/** @throws SnapshotCorrupt where the file is not, byte for byte, what was written under this name. */
function openChecked({ path, cluster, partition, position }: FileToVerify): Snapshot {
  const snapshot = openSnapshot(path, { cluster, partition })
  checkPosition(snapshot.header, { path, position })
  return snapshot
}

function recordOf({ path, position }: FileToVerify): SnapshotRecord {
  return { position, ...hashOf(path) }
}

function freshState(partition: Partition): ShardState {
  const state = new ShardState()
  state.host(partition)
  return state
}

function present(): Work {
  if (work === undefined) throw new Error('no snapshot is being made')
  return work
}

/** Size and SHA-256 of a whole file. */
function hashOf(path: string): { bytes: number; sha256: string } {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(hashedAtOnceBytes)
  const descriptor = openSync(path, 'r')
  let bytes = 0
  try {
    for (;;) {
      const count = readSync(descriptor, buffer, 0, buffer.length, null)
      if (count === 0) break
      hash.update(buffer.subarray(0, count))
      bytes += count
    }
  } finally {
    closeSync(descriptor)
  }
  return { bytes, sha256: hash.digest('hex') }
}
