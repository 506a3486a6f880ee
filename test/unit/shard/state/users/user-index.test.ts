import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partitionOfId } from '../../../../../protocol/ids.ts'
import { absent } from '../../../../../shard/state/memory/id-table.ts'
import { UserIndex } from '../../../../../shard/state/users/user-index.ts'
import { idOf, seeded, someId } from '../seeded.ts'

function indexesOf(users: UserIndex, partition: number): number[] {
  const indexes: number[] = []
  users.forEachOf(partition, (index) => {
    indexes.push(index)
  })
  return indexes
}

/** Everything that a dictionary promises about the users that were put in. */
function expectConsistent(users: UserIndex, model: Map<number, number>): void {
  expect(users.count).toBe(model.size)
  expect(new Set(model.values()).size).toBe(model.size)
  const byPartition = new Map<number, number[]>()
  let indexEnd = 0
  for (const [id, index] of model) {
    if (users.find(id) !== index) expect.fail(`find ${id}`)
    if (users.idOf(index) !== id) expect.fail(`id of ${index}`)
    const partition = partitionOfId(id)
    if (users.partitionOf(index) !== partition) expect.fail(`partition of ${index}`)
    byPartition.set(partition, [...(byPartition.get(partition) ?? []), index])
    indexEnd = Math.max(indexEnd, index + 1)
  }
  expect(users.indexEnd).toBe(indexEnd)
  for (const [partition, indexes] of byPartition)
    expect(indexesOf(users, partition)).toEqual(indexes.sort((a, b) => a - b))
}

describe('the dictionary of users', () => {
  test('many at once are those that one by one are, known or not, each once', () => {
    const users = new UserIndex()
    const ids = [3, 1, 2, 1, 3].map((ms) => idOf({ ms }))
    const known = users.intern(ids[1]!)
    const indexes = new Int32Array(ids.length)
    users.internMany(new Float64Array(ids), ids.length, indexes)
    expect([...indexes]).toEqual(ids.map((id) => users.intern(id)))
    expect(indexes[1]).toBe(known)
    expect(users.count).toBe(3)
  })

  test('gives every user one index, found again both ways, in blocks of one partition each', () => {
    const sizes = fc.constantFrom(1, 2, 8, 256)
    fc.assert(
      fc.property(fc.array(someId, { maxLength: 80 }), sizes, (ids, blockUsers) => {
        const users = new UserIndex({ blockUsers })
        const model = new Map<number, number>()
        for (const id of ids) {
          expect(users.find(id)).toBe(model.get(id) ?? absent)
          const index = users.intern(id)
          expect(index).toBe(model.get(id) ?? index)
          model.set(id, index)
        }
        expectConsistent(users, model)
        for (const [one, oneIndex] of model)
          for (const [other, otherIndex] of model)
            if (Math.floor(oneIndex / blockUsers) === Math.floor(otherIndex / blockUsers))
              expect(partitionOfId(one)).toBe(partitionOfId(other))
      }),
    )
  })

  test('still does after 100,000 sign-ups and searches in four partitions', () => {
    const draw = seeded(3)
    const users = new UserIndex({ blockUsers: 16 })
    const model = new Map<number, number>()
    for (let step = 0; step < 100_000; step++) {
      const id = idOf({ ms: 2e10 + draw(2_000), partition: draw(4) })
      if (draw(3) > 0) {
        if (users.find(id) !== (model.get(id) ?? absent)) expect.fail(`find ${id} at ${step}`)
      } else model.set(id, users.intern(id))
    }
    expectConsistent(users, model)
  })

  test('fills whole blocks: 1,000 users of one partition leave no gap', () => {
    const users = new UserIndex()
    for (let ms = 1; ms <= 1_000; ms++) users.intern(idOf({ ms, partition: 9 }))
    expect(users.indexEnd).toBe(1_000)
    expect(indexesOf(users, 9)).toEqual([...Array(1_000).keys()])
    expect(indexesOf(users, 8)).toEqual([])
  })

  test('knows no user behind an index that is not given out', () => {
    const users = new UserIndex()
    users.intern(idOf({ ms: 1, partition: 200 }))
    expect(users.idOf(0)).toBe(idOf({ ms: 1, partition: 200 }))
    for (const index of [1, 255, 256, 70_000, absent]) expect(users.idOf(index)).toBe(absent)
    expect(users.partitionOf(255)).toBe(200)
    expect(users.partitionOf(256)).toBe(absent)
  })

  test('starts with less than 4 KB, and takes only powers of two as block size', () => {
    expect(new UserIndex().bytes).toBeLessThan(4_096)
    for (const blockUsers of [0, -1, 3, 1.5, 131_072])
      expect(() => new UserIndex({ blockUsers })).toThrow(RangeError)
  })
})
