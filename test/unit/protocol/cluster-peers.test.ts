import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeHandOver,
  encodeSnapshotPiece,
  encodeSnapshotRead,
  readHandOver,
  readSnapshotPiece,
  readSnapshotRead,
} from '../../../protocol/cluster-peers.ts'
import { ClusterProtocolError } from '../../../protocol/cluster-stream.ts'

const partition = fc.integer({ min: 0, max: 255 })
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const count = fc.maxSafeNat()

describe('the frames between shards', () => {
  test('come back as they were sent', () => {
    fc.assert(
      fc.property(partition, u32, count, u32, (place, epoch, offset, requestId) => {
        const handOver = { partition: place, epoch }
        expect(readHandOver(encodeHandOver(handOver))).toEqual(handOver)
        const position = { epoch, sequence: offset }
        const read = { requestId, partition: place, position, offset }
        expect(readSnapshotRead(encodeSnapshotRead(read))).toEqual(read)
      }),
    )
    fc.assert(
      fc.property(u32, count, fc.uint8Array(), fc.string(), (requestId, totalBytes, data, text) => {
        const piece = { totalBytes, data: Buffer.from(data) }
        const frame = { requestId, piece }
        expect(readSnapshotPiece(encodeSnapshotPiece(frame))).toEqual(frame)
        const reason = Buffer.from(text.slice(0, 500)).toString()
        expect(readSnapshotPiece(encodeSnapshotPiece({ requestId, reason: text }))).toEqual({
          requestId,
          reason,
        })
      }),
    )
  })

  test('break the protocol where no shard of ours could have written them', () => {
    const frames = [
      [readHandOver, encodeHandOver({ partition: 1, epoch: 2 })],
      [
        readSnapshotRead,
        encodeSnapshotRead({
          requestId: 1,
          partition: 1,
          position: { epoch: 1, sequence: 1 },
          offset: 0,
        }),
      ],
      [
        readSnapshotPiece,
        encodeSnapshotPiece({ requestId: 1, piece: { totalBytes: 0, data: new Uint8Array(0) } }),
      ],
    ] as const
    for (const [read, bytes] of frames) {
      for (let length = 0; length < bytes.length; length++) {
        expect(() => read(bytes.subarray(0, length))).toThrow(ClusterProtocolError)
      }
    }
    const negative = Buffer.from(frames[1][1])
    negative.writeDoubleLE(-1, negative.length - 8)
    expect(() => readSnapshotRead(negative)).toThrow(ClusterProtocolError)
  })
})
