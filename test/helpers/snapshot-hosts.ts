// Shard processes as far as snapshots are concerned: each has a directory and a service, all share a log and
// what one writer has written; a host that is not live is not asked.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ReplicationLog } from '../../shard/replication/log.ts'
import { MemoryLog } from '../../shard/replication/memory/memory.ts'
import type { LogPosition } from '../../shard/replication/position.ts'
import { comparePositions } from '../../shard/replication/position.ts'
import { CompactorThread } from '../../shard/snapshots/compactor-thread.ts'
import { SnapshotService, type SnapshotServiceOptions } from '../../shard/snapshots/service.ts'
import { ShardState } from '../../shard/state/shard-state.ts'
import { PartitionWriter, replay } from './partition-writer.ts'
import { temporaryDirectory } from './temporary-directory.ts'

export type HostOptions = Partial<SnapshotServiceOptions> & { readonly isSnapshotterHere?: boolean }

/** A thread takes a while to start: all hosts use one, as their looks come one after another. */
const oneThread = new CompactorThread()
const sharedThread: NonNullable<SnapshotServiceOptions['thread']> = {
  ask: (request, transfer) => oneThread.ask(request, transfer),
  close: async () => undefined,
}

export class Host {
  readonly name: string
  readonly directory: string
  readonly service: SnapshotService
  /** What the service had to say, in words. */
  readonly problems: string[] = []
  isLive = true

  constructor(world: SnapshotHosts, name: string, options: HostOptions) {
    const { isSnapshotterHere = false, directory = temporaryDirectory('snapshots') } = options
    const { writer, log } = world
    this.name = name
    this.directory = directory
    this.service = new SnapshotService({
      name,
      cluster: 'test',
      snapshotEntries: 200,
      pause: () => new Promise(setImmediate),
      log,
      clock: () => performance.now(),
      hosts: () => [writer.partition],
      position: () => writer.position,
      appliedCount: () => writer.count,
      isSnapshotter: () => isSnapshotterHere,
      liveHostCount: () => world.live.length,
      slowestPosition: () => world.slowest ?? writer.position,
      addressOf: (other) => (world.live.some((host) => host.name === other) ? other : undefined),
      fetchSnapshot: (address, wanted) => world.fetch(address, wanted),
      thread: sharedThread,
      onError: (error, message) => this.problems.push(`${message}: ${String(error)}`),
      ...options,
      directory,
    })
    onTestFinished(() => this.service.close())
  }
}

export class SnapshotHosts {
  readonly log: ReplicationLog
  readonly writer: PartitionWriter
  readonly hosts: Host[] = []
  /** The slowest member, where it is not in step with the writer. */
  slowest: LogPosition | undefined

  constructor(log: ReplicationLog) {
    this.log = log
    this.writer = new PartitionWriter(log)
  }

  get live(): readonly Host[] {
    return this.hosts.filter(({ isLive }) => isLive)
  }

  /** A further process; the first one makes the snapshots unless told otherwise. */
  host(options: HostOptions = {}): Host {
    const isSnapshotterHere = this.hosts.length === 0
    const host = new Host(this, `shard-${this.hosts.length + 1}`, { isSnapshotterHere, ...options })
    this.hosts.push(host)
    return host
  }

  /** Writes entries, and lets all live hosts look, twice: a snapshot goes up to the look before. */
  async writeAndLook(entries: number): Promise<void> {
    await this.writer.write(entries)
    await this.look()
    await this.look()
  }

  async look(): Promise<void> {
    for (const host of this.live) await host.service.look()
  }

  /** A fresh state from a snapshot and the log; fails where it differs from the live one. */
  async recover(host: Host): Promise<LogPosition> {
    const { partition } = this.writer
    const state = new ShardState()
    state.host(partition)
    const after = await host.service.restore(state, partition)
    await replay(this.log, { partition, after, state })
    this.writer.expectSame(state)
    return after
  }

  /** Whether the log still has the entries after a position. */
  async reachesBackTo(after: LogPosition): Promise<boolean> {
    const read = this.log.read({ partition: this.writer.partition, after, limit: 1 })
    return read.then(
      () => true,
      (error: unknown) => {
        if (error instanceof RangeError) return false
        throw error
      },
    )
  }

  /** Positions of the recorded snapshots, newest first, each with its holders. */
  async records(): Promise<readonly (readonly [LogPosition, readonly string[]])[]> {
    const records = await this.log.snapshots.list(this.writer.partition)
    return records.map(({ position, holders }) => [position, holders] as const)
  }

  /** How many entries the log holds after the oldest of these positions that it reaches back to. */
  async lengthAfter(positions: readonly LogPosition[]): Promise<number> {
    for (const after of positions.toSorted(comparePositions)) {
      if (!(await this.reachesBackTo(after))) continue
      const request = { partition: this.writer.partition, after, limit: Number.MAX_SAFE_INTEGER }
      return (await this.log.read(request)).length
    }
    return 0
  }

  async fetch(
    address: string,
    wanted: Parameters<SnapshotServiceOptions['fetchSnapshot']>[1],
  ): Promise<void> {
    const holder = this.live.find(({ name }) => name === address)
    if (holder === undefined) throw new Error(`${address} is away`)
    for (let offset = 0, total = 1; offset < total; ) {
      const piece = await holder.service.readPiece({ ...wanted, offset })
      await appendFile(wanted.path, piece.data)
      offset += piece.data.length
      total = piece.totalBytes
    }
  }
}

export async function worldInMemory(): Promise<SnapshotHosts> {
  const world = new SnapshotHosts(new MemoryLog({ clock: () => 0, partitionCount: 4 }))
  await world.writer.reign()
  return world
}

/** The snapshots in its directory, oldest first. */
export const filesOf = (host: Host) => {
  const directory = join(host.directory, 'test', '0')
  return readdirSync(directory)
    .filter((name) => name.endsWith('.snapshot'))
    .sort((left, right) => Number(left.split(/[-.]/)[1]) - Number(right.split(/[-.]/)[1]))
    .map((name) => join(directory, name))
}

export const corruptFilesOf = (host: Host) =>
  readdirSync(join(host.directory, 'test', '0')).filter((name) => name.endsWith('.corrupt'))

/** Damages a file as a failing disk does. */
export function flipOneBit(path: string): void {
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1]! ^= 0x10
  writeFileSync(path, bytes)
}
