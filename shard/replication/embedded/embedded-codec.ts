// How entries, ends of logs and leases look as keys and values of the embedded log's tables.
//
// One append is one record: its key says partition and first position, so that keys sort like
// positions, and its value holds all payloads of the batch.
//
//   key     partition u16 | epoch u32 | sequence u48               12 bytes, big-endian
//   value   checksum u32 | kind u8 | previous epoch u32, sequence u48 | count u32
//           | count lengths, u32 each | the payloads, back to back
//
// The checksum is the CRC-32 of the key and of everything behind the checksum: so it covers the
// partition, both positions and every byte, and a record under a wrong key is found out too.

import { crc32 } from 'node:zlib'
import type { Partition } from '../../../protocol/ids.ts'
import { LogCorrupt, type LogEntry } from '../log.ts'
import type { LogPosition } from '../position.ts'
import { formatPosition } from '../position.ts'

export const sequenceMax = 2 ** 48 - 1
export const epochMax = 2 ** 32 - 1

const positionBytes = 10
const checksumBytes = 4
const kindAt = checksumBytes
const previousAt = kindAt + 1
const countAt = previousAt + positionBytes
const lengthsAt = countAt + 4
const kinds = { entries: 1, barrier: 2 } as const

/** What of a partition a row of the `positions` table tells. */
const rows = { head: 0, trimmed: 1, format: 2, probe: 3, snapshots: 4 } as const

export type BatchRecord = {
  readonly partition: Partition
  readonly first: LogPosition
  readonly previous: LogPosition
  readonly payloads: readonly Uint8Array[]
  readonly isBarrier: boolean
}

const keyBytes = 2 + positionBytes

export function recordKey(partition: Partition, position: LogPosition): Buffer {
  const key = Buffer.allocUnsafe(keyBytes)
  key.writeUInt16BE(partition, 0)
  writePosition(key, { at: 2, position })
  return key
}

/** The key behind every record of this partition. */
export function endOfPartition(partition: Partition): Buffer {
  return recordKey(partition + 1, { epoch: 0, sequence: 0 })
}

export function positionOfKey(key: Uint8Array): LogPosition {
  return readPosition(asBuffer(key), 2)
}

export const headKey = (partition: Partition): Buffer => rowKey(rows.head, partition)
export const trimmedKey = (partition: Partition): Buffer => rowKey(rows.trimmed, partition)
export const snapshotsKey = (partition: Partition): Buffer => rowKey(rows.snapshots, partition)
export const formatKey: Buffer = rowKey(rows.format, 0)
export const probeKey: Buffer = rowKey(rows.probe, 0)
export const leaseKey = (partition: Partition): Buffer => rowKey(rows.head, partition)

export function encodeRecord(key: Uint8Array, record: BatchRecord): Buffer {
  const { payloads } = record
  const payloadsAt = lengthsAt + payloads.length * 4
  const total = payloads.reduce((sum, payload) => sum + payload.length, payloadsAt)
  const value = Buffer.allocUnsafe(total)
  value.writeUInt8(record.isBarrier ? kinds.barrier : kinds.entries, kindAt)
  writePosition(value, { at: previousAt, position: record.previous })
  value.writeUInt32BE(payloads.length, countAt)
  let at = payloadsAt
  for (const [index, payload] of payloads.entries()) {
    value.writeUInt32BE(payload.length, lengthsAt + index * 4)
    value.set(payload, at)
    at += payload.length
  }
  value.writeUInt32BE(checksumOf(key, value), 0)
  return value
}

/**
 * The entries of a record. Their payloads are views of `bytes`.
 * @param where the path of the log, for the message.
 * @throws LogCorrupt where these cannot be the bytes that were written under this key.
 */
export function decodeRecord(key: Uint8Array, bytes: Uint8Array, where: string): LogEntry[] {
  const value = asBuffer(bytes)
  if (key.length !== keyBytes) {
    const shown = asBuffer(key).toString('hex')
    throw new LogCorrupt(`${where}: a record stands at the position ${shown}, which is none.`)
  }
  if (value.length < lengthsAt || value.readUInt32BE(0) !== checksumOf(key, value)) {
    const partition = asBuffer(key).readUInt16BE(0)
    throw new LogCorrupt(
      `${where}: the record of partition ${partition} at ${formatPosition(positionOfKey(key))} ` +
        'does not match its checksum.',
    )
  }
  const isBarrier = value.readUInt8(kindAt) === kinds.barrier
  const count = value.readUInt32BE(countAt)
  const { epoch, sequence } = positionOfKey(key)
  const entries: LogEntry[] = []
  let previous = readPosition(value, previousAt)
  let at = lengthsAt + count * 4
  for (let index = 0; index < count; index++) {
    const length = value.readUInt32BE(lengthsAt + index * 4)
    const position = { epoch, sequence: sequence + index }
    entries.push({ position, previous, payload: value.subarray(at, at + length), isBarrier })
    previous = position
    at += length
  }
  return entries
}

/** A row that holds one position, with a checksum over row, partition and position. */
export function encodePositionRow(key: Uint8Array, position: LogPosition): Buffer {
  const value = Buffer.allocUnsafe(checksumBytes + positionBytes)
  writePosition(value, { at: checksumBytes, position })
  value.writeUInt32BE(checksumOf(key, value), 0)
  return value
}

/** @throws LogCorrupt where these cannot be the bytes that were written under this key. */
export function decodePositionRow(key: Uint8Array, bytes: Uint8Array, where: string): LogPosition {
  const value = asBuffer(bytes)
  if (
    value.length !== checksumBytes + positionBytes ||
    value.readUInt32BE(0) !== checksumOf(key, value)
  ) {
    const partition = asBuffer(key).readUInt16BE(1)
    throw new LogCorrupt(
      `${where}: the row that says where the log of partition ${partition} ends or begins ` +
        'does not match its checksum.',
    )
  }
  return readPosition(value, checksumBytes)
}

function rowKey(row: number, partition: Partition): Buffer {
  const key = Buffer.allocUnsafe(3)
  key.writeUInt8(row, 0)
  key.writeUInt16BE(partition, 1)
  return key
}

function checksumOf(key: Uint8Array, value: Buffer): number {
  return crc32(value.subarray(checksumBytes), crc32(key))
}

function writePosition(
  target: Buffer,
  { at, position }: { at: number; position: LogPosition },
): void {
  target.writeUInt32BE(position.epoch, at)
  target.writeUIntBE(position.sequence, at + 4, 6)
}

function readPosition(source: Buffer, at: number): LogPosition {
  return { epoch: source.readUInt32BE(at), sequence: source.readUIntBE(at + 4, 6) }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
