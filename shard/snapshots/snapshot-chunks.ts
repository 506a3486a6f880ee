// The chunks of a snapshot file, one after the other: what they mean stands in snapshot-file.ts, how they are written
// in snapshot-format.ts. One chunk is in memory at a time.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { chunkBytesMax } from './chunk.ts'
import {
  type Chunk,
  chunkHeadBytes,
  crcOf,
  endSection,
  fileHead,
  headerSection,
  readChunkHead,
} from './snapshot-format.ts'

/** Thrown when a file is not, byte for byte, what was written. Says the path and the place. */
export class SnapshotCorrupt extends Error {
  override readonly name = 'SnapshotCorrupt'
}

type ChunkTest = (section: number, group: number) => boolean
type ChunkTests = { readonly isWanted: ChunkTest; readonly isChecked?: ChunkTest }
export type FoundChunk = Chunk & { readonly head: Buffer; readonly offset: number }

export const always: ChunkTest = () => true

/**
 * The wanted chunks of a file in order, those that are checked with their CRC found right. Head
 * and payload are good until the next one.
 */
export function* chunksOf(path: string, tests: ChunkTests): Generator<FoundChunk> {
  const { isWanted, isChecked = always } = tests
  const file = openSync(path, 'r')
  try {
    const size = fstatSync(file).size
    const bytes = Buffer.allocUnsafeSlow(chunkBytesMax)
    const head = Buffer.alloc(chunkHeadBytes)
    const read = (into: Buffer, offset: number): void => {
      for (let got = 0; got < into.length; ) {
        const count = readSync(file, into, got, into.length - got, offset + got)
        if (count === 0) throw corrupt(path, offset, 'the file ends here')
        got += count
      }
    }
    read(bytes.subarray(0, fileHead.length), 0)
    if (!bytes.subarray(0, fileHead.length).equals(fileHead)) {
      throw corrupt(path, 0, 'it does not begin as a snapshot of this version does')
    }
    let offset = fileHead.length
    for (let section = headerSection; section !== endSection; ) {
      read(head, offset)
      const { length, group, crc, ...found } = readChunkHead(head)
      section = found.section
      if (length > chunkBytesMax) throw corrupt(path, offset, `no chunk has ${length} bytes`)
      if (isWanted(section, group)) {
        const payload = bytes.subarray(0, length)
        read(payload, offset + chunkHeadBytes)
        if (isChecked(section, group) && crcOf(head, payload) !== crc) {
          throw corrupt(path, offset, 'its CRC-32 is another one')
        }
        yield { section, group, head, payload, offset }
      }
      offset += chunkHeadBytes + length
    }
    if (offset !== size) throw corrupt(path, offset, 'something follows the end')
  } finally {
    closeSync(file)
  }
}

export function corrupt(path: string, offset: number, problem: string): SnapshotCorrupt {
  return new SnapshotCorrupt(`${path} is damaged: the chunk at byte ${offset}: ${problem}`)
}
