import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  decodePositionRow,
  decodeRecord,
  encodePositionRow,
  encodeRecord,
  endOfPartition,
  epochMax,
  headKey,
  positionOfKey,
  recordKey,
  sequenceMax,
} from '../../../../../shard/replication/embedded/embedded-codec.ts'
import { LogCorrupt } from '../../../../../shard/replication/log.ts'
import { comparePositions } from '../../../../../shard/replication/position.ts'

const positions = fc.record({
  epoch: fc.integer({ min: 0, max: epochMax }),
  sequence: fc.integer({ min: 0, max: sequenceMax }),
})
const partitions = fc.integer({ min: 0, max: 255 })
const records = fc.record({
  partition: partitions,
  first: fc.record({
    epoch: fc.integer({ min: 1, max: epochMax }),
    sequence: fc.integer({ min: 1, max: sequenceMax - 100 }),
  }),
  previous: positions,
  payloads: fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 20 }),
  isBarrier: fc.boolean(),
})

test('keys sort like partition and position', () => {
  fc.assert(
    fc.property(partitions, positions, positions, (partition, left, right) => {
      const order = Buffer.compare(recordKey(partition, left), recordKey(partition, right))
      expect(order).toBe(Math.sign(comparePositions(left, right)))
      expect(Buffer.compare(recordKey(partition, left), endOfPartition(partition))).toBe(-1)
      expect(positionOfKey(recordKey(partition, left))).toEqual(left)
    }),
  )
})

test('a record comes back as it was written', () => {
  fc.assert(
    fc.property(records, (record) => {
      const key = recordKey(record.partition, record.first)
      const entries = decodeRecord(key, encodeRecord(key, record), 'log')
      expect(entries.map(({ payload }) => [...payload])).toEqual(
        record.payloads.map((payload) => [...payload]),
      )
      expect(entries[0]?.previous).toEqual(record.previous)
      expect(entries.map(({ position }) => position)).toEqual(
        record.payloads.map((_, index) => ({
          epoch: record.first.epoch,
          sequence: record.first.sequence + index,
        })),
      )
      expect(entries.every(({ isBarrier }) => isBarrier === record.isBarrier)).toBe(true)
    }),
  )
})

test('a record with any one bit changed, cut short, or under another key is refused', () => {
  fc.assert(
    fc.property(records, fc.nat(), fc.nat({ max: 7 }), (record, at, bit) => {
      const key = recordKey(record.partition, record.first)
      const value = encodeRecord(key, record)
      const flipped = Buffer.from(value)
      flipped.writeUInt8(flipped.readUInt8(at % value.length) ^ (1 << bit), at % value.length)
      expect(() => decodeRecord(key, flipped, 'log')).toThrow(LogCorrupt)
      const short = value.subarray(0, at % value.length)
      expect(() => decodeRecord(key, short, 'log')).toThrow(LogCorrupt)
      const elsewhere = recordKey(record.partition + 1, record.first)
      expect(() => decodeRecord(elsewhere, value, 'log')).toThrow(LogCorrupt)
    }),
  )
})

test('the complaint names path, partition and position', () => {
  const key = recordKey(3, { epoch: 7, sequence: 12 })
  expect(() => decodeRecord(key, Buffer.alloc(40), '/data/log')).toThrow(
    '/data/log: the record of partition 3 at 7-12 does not match its checksum.',
  )
})

test('a row with a position is checked in the same way', () => {
  fc.assert(
    fc.property(partitions, positions, fc.nat({ max: 13 }), (partition, position, at) => {
      const key = headKey(partition)
      const value = encodePositionRow(key, position)
      expect(decodePositionRow(key, value, 'log')).toEqual(position)
      value.writeUInt8(value.readUInt8(at) ^ 1, at)
      expect(() => decodePositionRow(key, value, 'log')).toThrow(LogCorrupt)
    }),
  )
})
