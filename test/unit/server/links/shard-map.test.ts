import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ShardMap } from '../../../../server/links/shard-map.ts'

const nothing = { serving: [], hosted: [] } as const

describe('the map of a cluster', () => {
  test('goes by the newest epoch, in whatever order the shards speak', () => {
    const epochs = fc.uniqueArray(fc.nat(100), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(epochs, (said) => {
        const map = new ShardMap<number>(2)
        for (const epoch of said) map.tell(epoch, { serving: [[1, epoch]], hosted: [0] })
        expect(map.serving(1)).toBe(Math.max(...said))
        expect(map.hosts(1)).toEqual(said)
        expect(map.unserved()).toEqual([0])
      }),
    )
  })

  test('forgets what a shard said when it says something else, or goes', () => {
    const map = new ShardMap<string>(2)
    map.tell('a', { serving: [[0, 1]], hosted: [] })
    map.tell('a', { serving: [[1, 1]], hosted: [] })
    expect([map.serving(0), map.serving(1)]).toEqual([undefined, 'a'])
    expect([map.wasServed(0), map.wasServed(1)]).toEqual([true, true])
    map.forget('a')
    expect([map.serving(1), map.hosts(1)]).toEqual([undefined, []])
    expect(map.isHost('a', 1)).toBe(false)
  })

  test('does not go back to an epoch that was overtaken, also when the successor goes', () => {
    const map = new ShardMap<string>(1)
    map.tell('old', { serving: [[0, 4]], hosted: [0] })
    map.tell('new', { serving: [[0, 5]], hosted: [0] })
    map.tell('old', { serving: [[0, 4]], hosted: [0] })
    map.forget('new')
    expect([map.serving(0), map.hosts(0)]).toEqual([undefined, ['old']])
    map.tell('old', { serving: [[0, 4]], hosted: [0] })
    expect(map.serving(0)).toBeUndefined()
    map.tell('old', { serving: [[0, 6]], hosted: [0] })
    expect(map.serving(0)).toBe('old')
  })

  test('believes a shard that was gone and came back, whatever its epoch', () => {
    const map = new ShardMap<string>(1)
    map.tell('a', { serving: [[0, 4]], hosted: [0] })
    map.tell('b', { serving: [[0, 5]], hosted: [0] })
    map.forget('a')
    map.forget('b')
    map.tell('a', { serving: [[0, 1]], hosted: [0] })
    expect(map.serving(0)).toBe('a')
  })

  test('says which partitions a shard hosts no longer', () => {
    const map = new ShardMap<string>(4)
    expect(map.tell('a', { serving: [[0, 1]], hosted: [1, 2] })).toEqual(new Set())
    expect(map.tell('a', { serving: [[1, 1]], hosted: [2] })).toEqual(new Set([0]))
    expect(map.tell('a', nothing)).toEqual(new Set([1, 2]))
  })

  test('has no room for partitions that the cluster does not have', () => {
    const map = new ShardMap<string>(2)
    map.tell('a', { serving: [[7, 1]], hosted: [9] })
    expect([map.serving(7), map.hosts(9), map.unserved()]).toEqual([undefined, [], [0, 1]])
  })
})
