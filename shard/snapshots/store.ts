// The snapshots of one machine: files in a directory, which several processes may share.
//
//   <directory>/<cluster>/<partition>/<epoch>-<sequence>.snapshot          verified when it got its name
//   <directory>/<cluster>/<partition>/<epoch>-<sequence>.snapshot.corrupt  found damaged later
//   <directory>/<cluster>/<partition>/making-<pid>-<random>/               not finished yet
//
// A file gets its final name only once it was read back and found to be right, so whatever carries such a
// name was right once. One that no longer is gets another name, is reported, and is neither used nor
// deleted: somebody may want to know what happened to the disk. Two processes may make the same
// snapshot at once: their files are equal, and the second takes the place of the first.

import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Partition } from '../../protocol/ids.ts'
import { comparePositions, formatPosition, type LogPosition } from '../replication/position.ts'
import { snapshotsKeptMax } from '../replication/snapshot-registry.ts'

export type StoredSnapshot = {
  readonly partition: Partition
  readonly position: LogPosition
  readonly path: string
}

export type SnapshotStoreOptions = {
  /** Made where it does not exist. */
  readonly directory: string
  /** The name of the Rookery cluster: two of them may share a directory. */
  readonly cluster: string
  /** A file was found damaged and set aside. */
  onCorrupt(snapshot: StoredSnapshot, error: Error): void
}

const fileName = /^(\d+)-(\d+)\.snapshot$/
const makingName = /^making-(\d+)-/

export class SnapshotStore {
  readonly #options: SnapshotStoreOptions

  constructor(options: SnapshotStoreOptions) {
    this.#options = options
  }

  /** Newest first. */
  list(partition: Partition): readonly StoredSnapshot[] {
    return namesIn(this.#directoryOf(partition))
      .flatMap((name) => {
        const match = fileName.exec(name)
        if (match === null) return []
        const position = { epoch: Number(match[1]), sequence: Number(match[2]) }
        return [this.#stored(partition, position)]
      })
      .sort((left, right) => comparePositions(right.position, left.position))
  }

  /** Where the snapshot is, or would be. */
  path(partition: Partition, position: LogPosition): string {
    return join(this.#directoryOf(partition), `${formatPosition(position)}.snapshot`)
  }

  /** @returns its size in bytes, undefined where it is not there. */
  sizeOf(partition: Partition, position: LogPosition): number | undefined {
    return statSync(this.path(partition, position), { throwIfNoEntry: false })?.size
  }

  /**
   * The newest snapshot that `verify` finds to be right. One that it finds damaged is set aside; one that
   * it does not want, or that is gone because another process has newer ones, is passed over.
   * @param verify resolves with false where it does not want this one, and rejects with an error named
   * SnapshotCorrupt where the file is damaged.
   */
  async newestVerified(
    partition: Partition,
    verify: (snapshot: StoredSnapshot) => Promise<boolean>,
  ): Promise<StoredSnapshot | undefined> {
    for (const snapshot of this.list(partition)) {
      try {
        if (await verify(snapshot)) return snapshot
      } catch (error) {
        if (!this.#isPassedOver(snapshot, error)) throw error
      }
    }
    return undefined
  }

  /** Takes a damaged file out of use, under a name that is still free. */
  setAside(snapshot: StoredSnapshot, error: Error): void {
    let target = `${snapshot.path}.corrupt`
    for (let count = 2; existsSync(target); count++) target = `${snapshot.path}.${count}.corrupt`
    try {
      renameSync(snapshot.path, target)
    } catch (failure) {
      // Another process has found it, too, and was faster.
      if (!isGone(failure)) throw failure
      return
    }
    this.#options.onCorrupt(snapshot, error)
  }

  /** A new directory for a file that is not finished; `publish` or `abandon` removes it. */
  beginMaking(partition: Partition): string {
    const parent = this.#directoryOf(partition)
    mkdirSync(parent, { recursive: true })
    this.#removeAbandoned(parent)
    const path = join(parent, `making-${process.pid}-${randomBytes(6).toString('hex')}`)
    mkdirSync(path)
    return path
  }

  /**
   * Gives a verified file in a directory of `beginMaking` its final name, once and for all, and keeps the
   * newest `snapshotsKeptMax`.
   */
  publish(making: string, { partition, position }: Omit<StoredSnapshot, 'path'>): StoredSnapshot {
    const stored = this.#stored(partition, position)
    renameSync(makingFile(making), stored.path)
    flushDirectory(this.#directoryOf(partition))
    this.abandon(making)
    for (const old of this.list(partition).slice(snapshotsKeptMax)) {
      // An older one than all that are here was wanted for a reason.
      if (old.path !== stored.path) rmSync(old.path, { force: true })
    }
    return stored
  }

  abandon(making: string): void {
    rmSync(making, { recursive: true, force: true })
  }

  #directoryOf(partition: Partition): string {
    return join(this.#options.directory, this.#options.cluster, String(partition))
  }

  #stored(partition: Partition, position: LogPosition): StoredSnapshot {
    return { partition, position, path: this.path(partition, position) }
  }

  #isPassedOver(snapshot: StoredSnapshot, error: unknown): boolean {
    if (isGone(error)) return true
    if (!(error instanceof Error) || error.name !== 'SnapshotCorrupt') return false
    this.setAside(snapshot, error)
    return true
  }

  /** What processes have left behind that ended in the middle of it. */
  #removeAbandoned(directory: string): void {
    for (const name of namesIn(directory)) {
      const match = makingName.exec(name)
      if (match === null) continue
      const path = join(directory, name)
      if (!isInUse(Number(match[1]), path)) rmSync(path, { recursive: true, force: true })
    }
  }
}

/** The one file in a directory of `beginMaking`. */
export function makingFile(making: string): string {
  return join(making, 'snapshot')
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
}

/** Whether what `pid` has begun may still go on. In a container the same pid comes with each start. */
function isInUse(pid: number, path: string): boolean {
  if (pid === process.pid) {
    const touchedAtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
    return touchedAtMs >= performance.timeOrigin
  }
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM tells of a process of another user: it lives.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function flushDirectory(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
