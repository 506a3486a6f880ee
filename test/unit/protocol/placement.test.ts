import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partitionsOf, place } from '../../../protocol/placement.ts'

const partitionCount = 64
const shards = (count: number) => Array.from({ length: count }, (_, number) => `shard-${number}`)

describe('the placement', () => {
  test('gives every partition to one shard, the same in whatever order the shards are named', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,12}$/), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(names, (given) => {
        const placement = place(given, partitionCount)
        expect(place([...given].reverse(), partitionCount)).toEqual(placement)
        const all = given.flatMap((name) => partitionsOf(placement, name))
        expect(all.sort((left, right) => left - right)).toEqual(
          Array.from({ length: partitionCount }, (_, partition) => partition),
        )
      }),
      { numRuns: 30 },
    )
  })

  test('leaves no shard without work, and none with most of it', () => {
    for (const count of [2, 3, 4, 5]) {
      const placement = place(shards(count), 256)
      const sizes = shards(count).map((name) => partitionsOf(placement, name).length)
      expect(Math.min(...sizes)).toBeGreaterThan(256 / count / 2)
      expect(Math.max(...sizes)).toBeLessThan((256 / count) * 2)
    }
  })

  test('moves only what the new shard takes, and only what the gone one had', () => {
    for (const count of [1, 2, 3, 4]) {
      const before = place(shards(count), 256)
      const after = place(shards(count + 1), 256)
      const moved = before.flatMap((name, partition) =>
        after[partition] === name ? [] : [partition],
      )
      expect(moved).toEqual(partitionsOf(after, `shard-${count}`))
      expect(moved.length).toBeLessThan((256 / (count + 1)) * 2)
    }
  })

  test('of no shards is an error; a shard that is not there has nothing', () => {
    expect(() => place([], partitionCount)).toThrow(RangeError)
    expect(partitionsOf(place(shards(2), partitionCount), 'shard-9')).toEqual([])
  })
})
