// The frames between two shards, on a connection of their own (cluster-handshake.ts says how it begins).
//
//   handOver        u8 partition | u32 epoch
//   handOverEnded   the same, when the partition is served, or it is clear that it will not be
//   snapshotRead    u32 request | u8 partition | u32 epoch, f64 sequence | f64 offset
//   snapshotPiece   u32 request | u8 0 | f64 bytes of the whole file | the piece
//                   u32 request | u8 1 | why there is none, as text

import { ClusterProtocolError } from './cluster-stream.ts'
import type { Partition } from './ids.ts'

/** A piece of a snapshot: small enough that a handed-over partition never waits long behind one. */
export const snapshotPieceBytesMax = 256 * 1024
/** Letters of the reason why a piece cannot be had. */
const reasonLengthMax = 500

/** Thrown when another shard cannot be reached, or does not do its part: it is worth asking again. */
export class PeerUnavailable extends Error {
  override readonly name = 'PeerUnavailable'
}

/** Thrown when another shard answers that it has not what it was asked for. */
export class PeerHasNot extends Error {
  override readonly name = 'PeerHasNot'
}

export type HandOverFrame = { readonly partition: Partition; readonly epoch: number }

/** Which snapshot: the last entry that it holds. */
export type SnapshotName = {
  readonly partition: Partition
  readonly position: { readonly epoch: number; readonly sequence: number }
}

export type SnapshotReadFrame = SnapshotName & {
  readonly requestId: number
  /** Bytes before the piece. */
  readonly offset: number
}

export type SnapshotPiece = {
  /** Of the whole file. */
  readonly totalBytes: number
  /** At most `snapshotPieceBytesMax`; fewer only at the end of the file. */
  readonly data: Uint8Array
}

export type SnapshotPieceFrame =
  | { readonly requestId: number; readonly piece: SnapshotPiece }
  | { readonly requestId: number; readonly reason: string }

const handOverBytes = 1 + 4
const snapshotReadBytes = 4 + 1 + 4 + 8 + 8
const pieceHeaderBytes = 4 + 1
const outcomes = { piece: 0, none: 1 } as const

export function encodeHandOver({ partition, epoch }: HandOverFrame): Buffer {
  const body = Buffer.alloc(handOverBytes)
  body.writeUInt8(partition, 0)
  body.writeUInt32LE(epoch, 1)
  return body
}

/** Throws ClusterProtocolError for a body that no shard of ours writes. */
export function readHandOver(body: Buffer): HandOverFrame {
  if (body.length !== handOverBytes) throw new ClusterProtocolError('a hand-over cut short')
  return { partition: body.readUInt8(0), epoch: body.readUInt32LE(1) }
}

export function encodeSnapshotRead(frame: SnapshotReadFrame): Buffer {
  const body = Buffer.alloc(snapshotReadBytes)
  let at = body.writeUInt32LE(frame.requestId, 0)
  at = body.writeUInt8(frame.partition, at)
  at = body.writeUInt32LE(frame.position.epoch, at)
  at = body.writeDoubleLE(frame.position.sequence, at)
  body.writeDoubleLE(frame.offset, at)
  return body
}

/** Throws ClusterProtocolError for a body that no shard of ours writes. */
export function readSnapshotRead(body: Buffer): SnapshotReadFrame {
  if (body.length !== snapshotReadBytes) throw new ClusterProtocolError('a read cut short')
  const frame = {
    requestId: body.readUInt32LE(0),
    partition: body.readUInt8(4),
    position: { epoch: body.readUInt32LE(5), sequence: body.readDoubleLE(9) },
    offset: body.readDoubleLE(17),
  }
  if (!isCount(frame.position.sequence) || !isCount(frame.offset)) {
    throw new ClusterProtocolError('a read of a place that cannot be')
  }
  return frame
}

export function encodeSnapshotPiece(frame: SnapshotPieceFrame): Buffer {
  if ('reason' in frame) {
    const reason = Buffer.from(frame.reason.slice(0, reasonLengthMax))
    return Buffer.concat([pieceHeader(frame.requestId, outcomes.none), reason])
  }
  const { totalBytes, data } = frame.piece
  const total = Buffer.alloc(8)
  total.writeDoubleLE(totalBytes)
  return Buffer.concat([pieceHeader(frame.requestId, outcomes.piece), total, data])
}

/** The piece is a view of the body. Throws ClusterProtocolError for what no shard of ours writes. */
export function readSnapshotPiece(body: Buffer): SnapshotPieceFrame {
  if (body.length < pieceHeaderBytes) throw new ClusterProtocolError('a piece cut short')
  const requestId = body.readUInt32LE(0)
  const rest = body.subarray(pieceHeaderBytes)
  if (body[4] === outcomes.none) return { requestId, reason: rest.toString() }
  if (rest.length < 8 || !isCount(rest.readDoubleLE(0))) {
    throw new ClusterProtocolError('a piece cut short')
  }
  return { requestId, piece: { totalBytes: rest.readDoubleLE(0), data: rest.subarray(8) } }
}

function pieceHeader(requestId: number, outcome: number): Buffer {
  const header = Buffer.alloc(pieceHeaderBytes)
  header.writeUInt32LE(requestId, 0)
  header.writeUInt8(outcome, 4)
  return header
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
