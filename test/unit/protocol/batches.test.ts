import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BatchError,
  countFollows,
  FollowBatchReader,
  FollowBatchWriter,
  packIds,
  unpackIds,
} from '../../../protocol/batches.ts'
import { idMax } from '../../../protocol/ids.ts'
import { importFollowsBytesMax, importFollowsMax } from '../../../protocol/limits.ts'

type Group = readonly [follower: number, followees: readonly number[]]

const id = fc.integer({ min: 1, max: idMax })
const ascending = (ids: readonly number[]): number[] => ids.toSorted((left, right) => left - right)
const followees = fc.uniqueArray(id, { minLength: 1, maxLength: 20 }).map(ascending)
const groups: fc.Arbitrary<Group[]> = fc
  .uniqueArray(fc.tuple(id, followees), { selector: ([follower]) => follower, maxLength: 20 })
  .map((all) => all.toSorted(([left], [right]) => left - right))

function written(all: readonly Group[]): Buffer {
  const writer = new FollowBatchWriter()
  for (const [follower, whom] of all) {
    writer.begin(follower, whom.length)
    for (const followee of whom) writer.add(followee)
  }
  return writer.copy()
}

function read(bytes: Uint8Array): Group[] {
  const reader = new FollowBatchReader().open(bytes)
  const all: Group[] = []
  while (reader.next()) {
    all.push([reader.followerId, [...reader.followees.subarray(0, reader.count)]])
  }
  return all
}

describe('a batch of follows', () => {
  test('is read as it was written, and no byte is left over', () => {
    fc.assert(
      fc.property(groups, (all) => {
        expect(read(written(all))).toEqual(all)
        const count = all.reduce((sum, [, whom]) => sum + whom.length, 0)
        expect(countFollows(new FollowBatchReader(), written(all))).toBe(count)
      }),
    )
  })

  test('whatever the bytes are, it is read to its end or refused, and never beyond its limit', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          for (const [follower, whom] of read(bytes)) {
            expect(Number.isSafeInteger(follower)).toBe(true)
            expect(whom).toEqual(ascending([...new Set(whom)]))
          }
        } catch (error) {
          expect(error).toBeInstanceOf(BatchError)
        }
      }),
    )
  })

  test('cut short anywhere between two followers it is shorter, anywhere else it is refused', () => {
    const all: Group[] = [
      [4_096, [1, 300, idMax]],
      [8_192, [70_000]],
    ]
    const bytes = written(all)
    const first = written(all.slice(0, 1)).length
    for (let length = 1; length < bytes.length; length++) {
      if (length === first) expect(read(bytes.subarray(0, length))).toEqual(all.slice(0, 1))
      else expect(() => read(bytes.subarray(0, length))).toThrow(BatchError)
    }
  })

  test('nobody and nothing stands in it twice, and it has an end', () => {
    expect(() => read(Buffer.from([5, 0]))).toThrow('nobody')
    expect(() => read(Buffer.from([0, 1, 7]))).toThrow('twice')
    expect(() => read(Buffer.from([5, 2, 7, 0]))).toThrow('twice')
    expect(() => read(Buffer.alloc(20, 0xff))).toThrow('too long')
    const many = Array.from({ length: importFollowsMax + 1 }, (_, place) => place + 1)
    expect(() => read(written([[1, many]]))).toThrow(`more than ${importFollowsMax} follows`)
  })

  test('the largest one fits its limit: every follow of another follower, far apart', () => {
    const step = Math.floor(idMax / importFollowsMax)
    const all = Array.from(
      { length: importFollowsMax },
      (_, place): Group => [(place + 1) * step, [idMax]],
    )
    expect(written(all).length).toBeLessThanOrEqual(importFollowsBytesMax)
  })

  test('a writer is used again, and knows nothing of the batch before', () => {
    const writer = new FollowBatchWriter()
    writer.begin(77, 1)
    writer.add(5)
    writer.reset()
    writer.begin(12, 1)
    writer.add(3)
    expect(read(writer.copy())).toEqual([[12, [3]]])
  })
})

test('ids come back from their bytes in their order', () => {
  fc.assert(
    fc.property(fc.array(id), (ids) => {
      expect([...unpackIds(packIds(ids))]).toEqual(ids)
    }),
  )
})
