// The bytes of a snapshot file, apart from the records in its chunks. Used by snapshot-file.ts.
//
//   magic, version | chunk | chunk | ... | last chunk
//
//   chunk        length | section | group | CRC-32 of head and payload | payload, 256 KiB at most
//                4 bytes  2         2       4
//   first chunk  section 0: whose snapshot it is, of when, and the digest of its facts
//   last chunk   section 65,535: SHA-256 of all bytes before this chunk

import { crc32 } from 'node:zlib'
import type { Partition } from '../../protocol/ids.ts'
import type { LogPosition } from '../replication/position.ts'
import { ChunkReader, type ChunkWriter, chunkBytesMax } from './chunk.ts'

export type SnapshotHeader = {
  readonly cluster: string
  readonly partition: Partition
  /** The last entry of the log whose facts are in the snapshot. */
  readonly position: LogPosition
  /** Digest of the whole partition (`digestOf` with one slice) at the position. */
  readonly digest: string
  /** The largest id in the log up to the position; 0 where there is none. */
  readonly lastIssuedId: number
}

export type Chunk = { readonly section: number; readonly group: number; readonly payload: Buffer }

/** Section numbers that are not those of facts. */
export const headerSection = 0
export const endSection = 0xffff
export const chunkHeadBytes = 12

/** Raised with every change that an older program would read wrongly. */
const version = 1
const magic = Buffer.from('rookery snapshot')

/** What a file begins with: the magic, and the version in two bytes. */
export const fileHead = Buffer.concat([magic, Buffer.from([version, 0])])

export function chunkHead(chunk: Chunk): Buffer {
  const head = Buffer.alloc(chunkHeadBytes)
  head.writeUInt32LE(chunk.payload.length, 0)
  head.writeUInt16LE(chunk.section, 4)
  head.writeUInt16LE(chunk.group, 6)
  head.writeUInt32LE(crcOf(head, chunk.payload), 8)
  return head
}

/** @returns what a chunk's head says; the CRC is compared with `crcOf` once the payload is there */
export function readChunkHead(head: Buffer): {
  length: number
  section: number
  group: number
  crc: number
} {
  return {
    length: head.readUInt32LE(0),
    section: head.readUInt16LE(4),
    group: head.readUInt16LE(6),
    crc: head.readUInt32LE(8),
  }
}

export function crcOf(head: Buffer, payload: Buffer): number {
  return crc32(payload, crc32(head.subarray(0, 8)))
}

export function writeHeader(writer: ChunkWriter, header: SnapshotHeader): void {
  writer.begin(headerSection)
  writer.record(chunkBytesMax)
  writer.text(header.cluster)
  writer.integer(header.partition)
  writer.integer(header.position.epoch)
  writer.integer(header.position.sequence)
  writer.text(header.digest)
  writer.integer(header.lastIssuedId)
}

export function readHeader(payload: Buffer): SnapshotHeader {
  const reader = new ChunkReader()
  reader.open(payload)
  return {
    cluster: reader.text(),
    partition: reader.integer(),
    position: { epoch: reader.integer(), sequence: reader.integer() },
    digest: reader.text(),
    lastIssuedId: reader.integer(),
  }
}
