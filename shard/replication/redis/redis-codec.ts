// How entries look as stream entries of Redis, and keys as names.
//
//   an entry     id EPOCH-SEQUENCE   d PAYLOAD
//   a barrier    id EPOCH-1          b POSITION-BEFORE  n NODE
//   written again after Redis lost it (redis-restore.ts), with the positions it had before:
//                id EPOCH-SEQUENCE   r "POSITION POSITION"  d PAYLOAD  or  b POSITION-BEFORE
//
// All keys of a partition share one hash tag, so that a script may touch them together on a Redis
// Cluster as well. The name of the Rookery cluster stands before it: two of them on one Redis do not
// meet.

import type { Partition } from '../../../protocol/ids.ts'
import { LogCorrupt, type LogEntry } from '../log.ts'
import { formatPosition, type LogPosition, logStart } from '../position.ts'

export type StreamEntry = LogEntry & {
  /** Where this entry was before Redis lost it and it was written again, oldest first. */
  readonly origins: readonly LogPosition[]
}

export type PartitionKeys = {
  readonly log: string
  readonly lease: string
  readonly epoch: string
  readonly trimmed: string
  readonly snapshots: string
  /** Written for nothing but the round trip. */
  readonly probe: string
}

export function keysOf(cluster: string, partition: Partition): PartitionKeys {
  const prefix = `${cluster}:{p${partition}}`
  return {
    log: `${prefix}:log`,
    lease: `${prefix}:lease`,
    epoch: `${prefix}:epoch`,
    trimmed: `${prefix}:trimmed`,
    snapshots: `${prefix}:snapshots`,
    probe: `${prefix}:probe`,
  }
}

/** @param reply the answer to XRANGE, or the part of one stream in the answer to XREAD. */
export type RawEntry = readonly [id: Buffer, fields: readonly Buffer[]]

const noOrigins: readonly LogPosition[] = []
const noBytes = new Uint8Array(0)

/** @throws LogCorrupt where this is not an entry of ours. */
export function decodeEntry([id, fields]: RawEntry, key: string): StreamEntry {
  const position = parsePosition(id)
  let origins = noOrigins
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index]?.toString('latin1')
    const value = fields[index + 1] as Buffer
    if (name === 'd') {
      const previous = { epoch: position.epoch, sequence: position.sequence - 1 }
      return { position, previous, payload: value, isBarrier: false, origins }
    }
    if (name === 'b') {
      // A barrier that was written again is only one of the entries behind the new barrier.
      const isFirst = position.sequence === 1
      const previous = isFirst
        ? parsePosition(value)
        : { epoch: position.epoch, sequence: position.sequence - 1 }
      return { position, previous, payload: noBytes, isBarrier: true, origins }
    }
    if (name === 'r') origins = value.toString('latin1').split(' ').map(parseText)
  }
  throw new LogCorrupt(`${key}: the entry ${formatPosition(position)} is none of this log.`)
}

/** @throws LogCorrupt where the bytes are not EPOCH-SEQUENCE. */
export function parsePosition(bytes: Uint8Array): LogPosition {
  let epoch = 0
  let sequence = 0
  let isInSequence = false
  for (const byte of bytes) {
    const digit = byte - 48
    if (byte === 45 && !isInSequence) isInSequence = true
    else if (digit < 0 || digit > 9) throw notAPosition(bytes)
    else if (isInSequence) sequence = sequence * 10 + digit
    else epoch = epoch * 10 + digit
  }
  if (!isInSequence) throw notAPosition(bytes)
  return { epoch, sequence }
}

export function parseOptionalPosition(reply: unknown): LogPosition {
  return reply === null ? logStart : parsePosition(reply as Buffer)
}

function parseText(text: string): LogPosition {
  return parsePosition(Buffer.from(text, 'latin1'))
}

function notAPosition(bytes: Uint8Array): LogCorrupt {
  return new LogCorrupt(`"${Buffer.from(bytes).toString('latin1')}" is no position of a log.`)
}
