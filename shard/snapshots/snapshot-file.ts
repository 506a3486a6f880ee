// Snapshot files: exactly the facts that come from one partition's log up to a position.
//
// Like a registered letter: the outside says what is in it, each sheet carries its own seal, and the
// last line vouches for the whole; it is opened only if everything fits. The bytes are drawn in
// snapshot-format.ts. A file appears under its name whole and durable, or not at all. Writing and
// reading keep one chunk in memory at a time.
//
// Equal facts at an equal position give equal bytes, whichever process writes them: so the copies of
// a snapshot can be compared, and fetched from whoever has one.

import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Partition } from '../../protocol/ids.ts'
import type { LogPosition } from '../replication/position.ts'
import type { ShardState } from '../state/shard-state.ts'
import { ChunkReader, ChunkWriter } from './chunk.ts'
import { digestOf } from './digest.ts'
import { sections } from './sections/index.ts'
import type { Section, Source, Target } from './sections/section.ts'
import { always, chunksOf, corrupt, type FoundChunk, SnapshotCorrupt } from './snapshot-chunks.ts'
import type { Chunk, SnapshotHeader } from './snapshot-format.ts'
import {
  chunkHead,
  endSection,
  fileHead,
  headerSection,
  readHeader,
  writeHeader,
} from './snapshot-format.ts'

export type { SnapshotHeader } from './snapshot-format.ts'

export type LoadOptions = {
  /**
   * `all` (unless told otherwise): public facts and counts, and hosted ones where the state hosts.
   * `hosted`: only the latter, for a state on the side (shard/hosting.ts); no count is right then.
   */
  readonly facts?: 'all' | 'hosted'
}

export type WrittenSnapshot = {
  readonly bytes: number
  /** Of the whole file, in hex. */
  readonly sha256: string
  readonly digest: string
}

const sectionsByCode = new Map<number, Section>(sections.map((section) => [section.code, section]))

/** The name of a file that is being written; one that a dead process left behind has its number in it. */
export function unfinishedPath(path: string): string {
  return `${path}.${process.pid}.unfinished`
}

/**
 * Writes the facts of one partition, of a state that hosts it; what else the state knows is left out.
 * A file of that name is replaced.
 * @throws Error of the file system; the name then stands for what it stood for before
 */
export function writeSnapshot(
  path: string,
  state: ShardState,
  of: { readonly cluster: string; readonly partition: Partition; readonly position: LogPosition },
): WrittenSnapshot {
  const { cluster, partition, position } = of
  const digest = digestOf(state, partition, { slice: 0, slices: 1 })
  const lastIssuedId = state.lastIssuedId(partition)
  const source: Source = { state, partition, users: usersById(state, partition) }
  const unfinished = unfinishedPath(path)
  const file = openSync(unfinished, 'w')
  try {
    const written = writeChunks(file, source, {
      cluster,
      partition,
      position,
      digest,
      lastIssuedId,
    })
    fsyncSync(file)
    renameSync(unfinished, path)
    syncDirectory(dirname(path))
    return { ...written, digest }
  } finally {
    closeSync(file)
    // Where it has its name by now, there is nothing of this one any more.
    rmSync(unfinished, { force: true })
  }
}

function writeChunks(
  file: number,
  source: Source,
  header: SnapshotHeader,
): { bytes: number; sha256: string } {
  const hash = createHash('sha256')
  let bytes = 0
  const put = (part: Buffer): void => {
    hash.update(part)
    for (let offset = 0; offset < part.length; ) offset += writeSync(file, part, offset)
    bytes += part.length
  }
  const putChunk = (chunk: Chunk): void => {
    put(chunkHead(chunk))
    put(chunk.payload)
  }
  put(fileHead)
  const writer = new ChunkWriter(putChunk)
  writeHeader(writer, header)
  for (const section of sections) section.write(source, writer)
  writer.end()
  putChunk({ section: endSection, group: 0, payload: hash.copy().digest() })
  return { bytes, sha256: hash.digest('hex') }
}

/** The users of the partition who have signed up; the others were only heard of in other logs. */
function usersById(state: ShardState, partition: Partition): Uint32Array {
  const { users } = state
  return users.index
    .listOf(partition)
    .filter((user) => users.hasCard(user))
    .sort((left, right) => users.idOf(left) - users.idOf(right))
}

/** Makes a rename last through a power cut. Windows cannot open a directory for that. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

/** A file that was found to be whole, and is of the partition that was asked for. */
export class Snapshot {
  readonly header: SnapshotHeader
  readonly #path: string
  readonly #headerPayload: Buffer

  constructor(path: string, headerPayload: Buffer) {
    this.#path = path
    this.#headerPayload = headerPayload
    this.header = readHeader(headerPayload)
  }

  /**
   * Adds the facts to a state in which nothing of this partition's log has been applied yet.
   * @throws SnapshotCorrupt where the file has changed since it was opened; the state is then of no use
   */
  loadInto(state: ShardState, options?: LoadOptions): void {
    for (const _step of this.load(state, options));
  }

  /** The same in steps, a chunk each. */
  *load(state: ShardState, { facts = 'all' }: LoadOptions = {}): Generator<void> {
    const { partition, lastIssuedId } = this.header
    const target: Target = {
      state,
      partition,
      users: [],
      isPublic: facts === 'all',
      isHosted: state.hosting.keepsOwn(partition),
    }
    if (lastIssuedId > 0) state.noteIssuedId(lastIssuedId)
    const reader = new ChunkReader()
    const isWanted = (code: number, group: number): boolean =>
      code === headerSection || (sectionsByCode.get(code)?.isWanted(target, group) ?? false)
    for (const { section, group, payload, offset } of chunksOf(this.#path, { isWanted })) {
      if (section === headerSection) {
        if (payload.equals(this.#headerPayload)) continue
        throw corrupt(this.#path, offset, 'it was replaced by another one while it was loaded')
      }
      reader.open(payload)
      sectionsByCode.get(section)!.read(target, reader, group)
      if (reader.offset !== payload.length) {
        throw corrupt(this.#path, offset, 'its last record goes over its end')
      }
      yield
    }
  }
}

export type Expected = { readonly cluster: string; readonly partition: Partition }

/**
 * Verifies a whole file; only then it can be loaded.
 * @throws SnapshotCorrupt where a byte is not what was written, or it is not of this cluster and partition
 * @throws Error of the file system
 */
export function openSnapshot(path: string, expected: Expected): Snapshot {
  const steps = snapshotOpening(path, expected)
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** The same in steps, a chunk each. */
export function* snapshotOpening(path: string, expected: Expected): Generator<void, Snapshot> {
  const hash = createHash('sha256').update(fileHead)
  let headerPayload: Buffer | undefined
  let isVouchedFor = false
  const visit = ({ offset, ...chunk }: FoundChunk): void => {
    if ((headerPayload === undefined) !== (chunk.section === headerSection)) {
      throw corrupt(path, offset, 'the first chunk, and no other, says whose snapshot it is')
    }
    if (chunk.section === headerSection) headerPayload = Buffer.from(chunk.payload)
    else if (chunk.section === endSection) {
      isVouchedFor = hash.copy().digest().equals(chunk.payload)
      if (!isVouchedFor) throw corrupt(path, offset, 'the SHA-256 of the file is another one')
    } else if (!sectionsByCode.has(chunk.section)) {
      throw corrupt(path, offset, `this version does not know facts of kind ${chunk.section}`)
    }
    hash.update(chunk.head).update(chunk.payload)
  }
  // The SHA-256 finds whatever the CRCs find; only the chunk that holds it is not in it.
  const isChecked = (section: number): boolean => section === endSection
  try {
    for (const chunk of chunksOf(path, { isWanted: always, isChecked })) {
      visit(chunk)
      yield
    }
  } catch (error) {
    // Where there is damage, the CRCs say in which chunk.
    if (error instanceof SnapshotCorrupt) {
      for (const _chunk of chunksOf(path, { isWanted: always }));
    }
    throw error
  }
  if (headerPayload === undefined || !isVouchedFor) throw corrupt(path, 0, 'the file is not whole')
  const snapshot = new Snapshot(path, headerPayload)
  const { cluster, partition } = snapshot.header
  if (cluster === expected.cluster && partition === expected.partition) return snapshot
  throw new SnapshotCorrupt(
    `${path} is of partition ${partition} of the cluster ${cluster}, ` +
      `not of partition ${expected.partition} of the cluster ${expected.cluster}`,
  )
}
