import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partitionsOf, place, rank } from '../../../protocol/placement.ts'

const partitionCount = 64
const shards = (count: number) => Array.from({ length: count }, (_, number) => `shard-${number}`)

const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{1,12}$/), {
  minLength: 1,
  maxLength: 16,
})

describe('the placement', () => {
  test('gives every partition to one shard, the same in whatever order the shards are named', () => {
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

describe('the ring order', () => {
  const all = { partitionCount, depth: 16 }

  test('begins with the placement, and names each shard once', () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 20 }), (given, depth) => {
        const ranking = rank(given, { partitionCount, depth })
        expect(ranking.map(([first]) => first)).toEqual(place(given, partitionCount))
        for (const order of ranking) {
          expect(new Set(order).size).toBe(order.length)
          expect(order.length).toBe(Math.min(depth, given.length))
          expect(given).toEqual(expect.arrayContaining([...order]))
        }
      }),
      { numRuns: 30 },
    )
  })

  test('of fewer is the beginning of the order of all', () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 5 }), (given, depth) => {
        const beginnings = rank(given, all).map((order) => order.slice(0, depth))
        expect(rank(given, { partitionCount, depth })).toEqual(beginnings)
      }),
      { numRuns: 30 },
    )
  })

  test('of the others stays as it is when one shard goes', () => {
    fc.assert(
      fc.property(names, fc.nat(), (given, choice) => {
        fc.pre(given.length > 1)
        const gone = given[choice % given.length]
        const rest = given.filter((name) => name !== gone)
        const without = rank(given, all).map((order) => order.filter((name) => name !== gone))
        expect(rank(rest, all)).toEqual(without)
      }),
      { numRuns: 50 },
    )
  })

  test('gives a new shard about its part of every choice, and moves nothing else', () => {
    for (const count of [1, 2, 4, 6, 9, 13]) {
      const options = { partitionCount: 256, depth: 2 }
      const before = rank(shards(count), options)
      const after = rank(shards(count + 1), options)
      const expected = 256 / (count + 1)
      const moved = after.filter((order, partition) => order[0] !== before[partition]?.[0])
      expect(moved.every(([first]) => first === `shard-${count}`)).toBe(true)
      expect(moved.length).toBeGreaterThan(expected / 2)
      expect(moved.length).toBeLessThan(expected * 2)
    }
  })

  test('spreads the second choices as well, so that the work of a dead shard falls to several', () => {
    for (const count of [3, 4, 5, 7, 8]) {
      const ranking = rank(shards(count), { partitionCount: 256, depth: 2 })
      for (const shard of shards(count)) {
        const seconds = ranking.filter(([first]) => first === shard).map((order) => order[1])
        expect(new Set(seconds).size).toBeGreaterThanOrEqual(count - 2)
      }
      const sizes = shards(count).map(
        (shard) => ranking.filter((order) => order.includes(shard)).length,
      )
      expect(Math.min(...sizes)).toBeGreaterThan((2 * 256) / count / 2)
      expect(Math.max(...sizes)).toBeLessThan(((2 * 256) / count) * 2)
    }
  })

  test('is worked out once for the same shards, also when others are asked for in between', () => {
    const first = rank(shards(3), all)
    for (const count of [4, 5]) rank(shards(count), all)
    expect(rank(shards(3), all)).toBe(first)
  })

  test('of no shards is an error', () => {
    expect(() => rank([], all)).toThrow(RangeError)
  })
})
