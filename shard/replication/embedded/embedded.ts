// The embedded replication log: LMDB in a directory, for shard processes on one machine.
//
// Several processes open the same directory at once; each appends to the partitions it reigns over
// and follows all of them. No server, no port: the database's own lock orders the writers, and its
// file is the doorbell of the readers.
//
//   directory/log/                  entries, ends of the logs, format record     (flushed)
//   directory/run-<boot>/leases/    who reigns                                   (never flushed)
//   directory/run-<boot>/openings/, writers/     see embedded-gate.ts
//   directory/members/                           see embedded-members.ts
//
// What holds: an append is atomic and checked against every other process. What was answered
// survives the end of any process; with `acknowledge: 'sync'` also the end of the machine. After a
// crash of the machine the log reopens at a flushed commit: entries may be missing at its end
// (never acknowledged ones with 'sync'), never in its middle. Damage is refused, not repaired.
//
// Payloads that it hands out are views of a copy of their batch. Nobody writes to that again, but
// whoever keeps one payload keeps the memory of its batch: copy what is kept.
//
// One limit to know: the writers share one lock. A process that is stopped (SIGSTOP, a debugger)
// in the middle of a commit keeps the others from writing until it goes on or dies; one that is
// stopped anywhere in a write keeps new ones from opening.

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { partitionsMax } from '../../../protocol/ids.ts'
import { LogCorrupt } from '../log.ts'
import { readBootId } from './boot-id.ts'
import { formatKey } from './embedded-codec.ts'
import { EntryStore } from './embedded-entries.ts'
import { checkDatabaseFile, readAhead } from './embedded-file-check.ts'
import { OpeningGate } from './embedded-gate.ts'
import { LeaseStore } from './embedded-leases.ts'
import { type Acknowledge, EmbeddedLog } from './embedded-log.ts'
import { EmbeddedMembers } from './embedded-members.ts'
import { DiskRoom, type DiskSpace, readDiskSpace } from './embedded-room.ts'
import { EmbeddedSnapshots } from './embedded-snapshots.ts'
import { type CacheTable, reading, type Table, unavailable } from './embedded-table.ts'

export type { Acknowledge } from './embedded-log.ts'

export type EmbeddedLogOptions = {
  /** Made where it does not exist. Not on a network file system. */
  readonly directory: string
  readonly partitionCount: number
  readonly acknowledge: Acknowledge
  /** The wall clock, in milliseconds, for leases; all processes on a directory share it. */
  readonly clock?: () => number
  /** How much the disk holds; a test may say so itself. */
  readonly readSpace?: () => DiskSpace
}

const formatVersion = 1
/**
 * Address space for the map, not space on the disk. Larger than any log ever gets, because growing
 * a map that several processes have open is the one thing LMDB does not do well.
 */
const mapBytes = 2 ** 40
/**
 * With the batching that LMDB's binding does by itself it loses a promise for each turn, which
 * would end the process when a commit fails. Without, and with a threshold that is never reached,
 * the writes of one turn still share a transaction.
 */
const batching = { eventTurnBatching: false, txnStartThreshold: 2 ** 30 }
const databaseFile = 'data.mdb'
const runPrefix = 'run-'
const binary = { encoding: 'binary', keyEncoding: 'binary' } as const
const versioned = { ...binary, useVersions: true }

/**
 * Opens the log in a directory, or makes a new one there.
 * @throws LogCorrupt where the files are damaged, LogUnavailable where they cannot be written, and
 * Error where the directory was made for another number of partitions or by another version.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const { directory, partitionCount, acknowledge, clock = Date.now } = options
  const { readSpace = () => readDiskSpace(directory) } = options
  if (!Number.isInteger(partitionCount) || partitionCount < 1 || partitionCount > partitionsMax) {
    throw new RangeError(`A log has 1 to ${partitionsMax} partitions, not ${partitionCount}.`)
  }
  const bootId = readBootId()
  const run = prepareRunDirectory(directory, bootId)
  const path = join(directory, 'log', databaseFile)
  readAhead(path)
  const gate = new OpeningGate(run)
  try {
    return await gate.whileNobodyWrites(async (goesOn) => {
      checkDatabaseFile(path, { bootId, onProgress: goesOn })
      const tables = openTables({ log: join(directory, 'log'), leases: join(run, 'leases') })
      const { positions, entries, leases, sweep, readFreeInside } = tables
      const room = new DiskRoom({ readSpace, readFreeInside })
      const store = new EntryStore({ entries, positions, gate, room, path })
      try {
        await checkFormat(positions, { path, partitionCount })
        for (let partition = 0; partition < partitionCount; partition++) store.checkEnd(partition)
      } catch (error) {
        await tables.close()
        throw error
      }
      return new EmbeddedLog({
        partitionCount,
        acknowledge,
        clock,
        entries: store,
        leases: new LeaseStore({ leases, gate, clock }),
        members: new EmbeddedMembers({ directory, clock }),
        snapshots: new EmbeddedSnapshots({ positions, gate, room, path, partitionCount }),
        databasePath: path,
        sweep,
        closeTables: async () => {
          await tables.close()
          gate.close()
        },
      })
    })
  } catch (error) {
    gate.close()
    throw error
  }
}

/** Makes the directory of this boot and removes those of earlier ones: nobody in them is alive. */
function prepareRunDirectory(directory: string, bootId: string): string {
  const current = `${runPrefix}${bootId}`
  mkdirSync(join(directory, current), { recursive: true })
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(runPrefix) || name === current) continue
    rmSync(join(directory, name), { recursive: true, force: true })
  }
  return join(directory, current)
}

/**
 * Opens a table of this process alone in an empty directory, for a cache: it is never flushed, and
 * nothing of it outlives the process.
 * @throws LogCorrupt or Error where it cannot be made
 */
export function openCacheTable(directory: string): CacheTable {
  return openDatabase(directory, { isFlushed: false })
}

type Tables = {
  readonly entries: Table
  readonly positions: Table
  readonly leases: Table
  /** Frees what dead processes hold. */
  sweep(): void
  /** Bytes of the log's file that are free to be written again. */
  readFreeInside(): number
  close(): Promise<void>
}

type TreeStats = {
  readonly treeBranchPageCount: number
  readonly treeLeafPageCount: number
  readonly overflowPages: number
}
type FileStats = TreeStats & {
  readonly root: TreeStats
  readonly free: TreeStats
  readonly lastPageNumber: number
  readonly pageSize: number
}
const metaPages = 2

function pagesOf(tree: TreeStats): number {
  return tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages
}

function openTables(paths: { log: string; leases: string }): Tables {
  const log = openDatabase(paths.log, { isFlushed: true })
  try {
    return tablesOf(log, openDatabase(paths.leases, { isFlushed: false }))
  } catch (error) {
    log.close()
    throw error
  }
}

type Database = RootDatabase<Buffer, Buffer>

function tablesOf(log: Database, run: Database): Tables {
  const entries = log.openDB<Buffer, Buffer>('entries', binary)
  const positions = log.openDB<Buffer, Buffer>('positions', versioned)
  return {
    entries,
    positions,
    // The rows of an earlier format, without processes, stand in a table called `leases`.
    leases: run.openDB('owned-leases', versioned),
    readFreeInside: () => {
      const stats = entries.getStats() as FileStats
      const trees = [stats, stats.root, stats.free, positions.getStats() as FileStats]
      const pagesUsed = trees.reduce((sum, tree) => sum + pagesOf(tree), metaPages)
      return (stats.lastPageNumber + 1 - pagesUsed) * stats.pageSize
    },
    sweep: () => {
      log.readerCheck()
      run.readerCheck()
    },
    close: async () => {
      await log.close()
      await run.close()
    },
  }
}

function openDatabase(path: string, { isFlushed }: { isFlushed: boolean }): Database {
  return reading(path, () =>
    open<Buffer, Buffer>(path, {
      ...binary,
      ...batching,
      mapSize: mapBytes,
      maxDbs: 4,
      noSync: !isFlushed,
    }),
  )
}

/** Writes the format record of a new log, or compares that of an old one. */
async function checkFormat(
  positions: Table,
  { path, partitionCount }: { path: string; partitionCount: number },
): Promise<void> {
  const mine = { format: formatVersion, partitionCount }
  const value = Buffer.from(JSON.stringify(mine))
  // Where several processes make the log at once, one of them writes the record.
  const write = positions.ifNoExists(formatKey, () => {
    positions.put(formatKey, value, 1)
  })
  await write.catch(unavailable)
  positions.resetReadTxn()
  const found = parseFormat(positions.getBinary(formatKey), path)
  if (found.format !== formatVersion) {
    throw new Error(
      `This data directory was written in log format ${found.format} and this version reads ` +
        `format ${formatVersion}: start the version that wrote it, or name an empty directory.`,
    )
  }
  if (!Number.isSafeInteger(found.partitionCount)) {
    throw new LogCorrupt(`${path}: the format record is damaged.`)
  }
  if (found.partitionCount !== partitionCount) {
    throw new Error(
      `ROOKERY_PARTITIONS is ${partitionCount} but this data directory was created with ` +
        `${found.partitionCount}: set ROOKERY_PARTITIONS=${found.partitionCount}, or name an ` +
        'empty data directory.',
    )
  }
}

function parseFormat(
  value: Uint8Array | undefined,
  path: string,
): { format: unknown; partitionCount: unknown } {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value ?? []).toString())
    if (typeof parsed === 'object' && parsed !== null) {
      return { format: undefined, partitionCount: undefined, ...parsed }
    }
  } catch (error) {
    throw new LogCorrupt(`${path}: the format record cannot be read.`, { cause: error })
  }
  throw new LogCorrupt(`${path}: the format record is damaged.`)
}
