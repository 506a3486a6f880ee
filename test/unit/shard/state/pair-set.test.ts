import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PairSet } from '../../../../shard/state/pair-set.ts'
import { idOf, seeded, someId } from './seeded.ts'

const operation = fc.record({
  owner: fc.oneof(fc.nat(3), fc.constantFrom(65_536, 2 ** 31, 2 ** 32 - 1)),
  id: someId,
  kind: fc.constantFrom('add', 'add', 'delete'),
})

function pairsOf(set: PairSet): string[] {
  const pairs: string[] = []
  set.forEach((owner, id) => {
    pairs.push(`${owner}/${id}`)
  })
  return pairs.sort()
}

describe('a pair set', () => {
  test('answers like a Set of pairs, whatever is added and deleted', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        const set = new PairSet()
        const model = new Set<string>()
        for (const { owner, id, kind } of operations) {
          const pair = `${owner}/${id}`
          expect(set.has(owner, id)).toBe(model.has(pair))
          if (kind === 'delete') expect(set.delete(owner, id)).toBe(model.delete(pair))
          else {
            expect(set.add(owner, id)).toBe(!model.has(pair))
            model.add(pair)
          }
          expect(set.size).toBe(model.size)
        }
        expect(pairsOf(set)).toEqual([...model].sort())
      }),
    )
  })

  test('still does after 100,000 favorites, given and taken back', () => {
    const draw = seeded(2)
    const set = new PairSet()
    const model = new Map<number, Set<number>>()
    let size = 0
    for (let step = 0; step < 100_000; step++) {
      const owner = draw(300)
      const id = idOf({ ms: 2e10 + draw(150), partition: draw(2) })
      const mine = model.get(owner) ?? new Set()
      model.set(owner, mine)
      const isNew = !mine.has(id)
      if (set.has(owner, id) === isNew) expect.fail(`has ${owner}/${id} at ${step}`)
      if (draw(10) < ((step >>> 14) % 2 === 0 ? 7 : 3)) {
        if (set.add(owner, id) !== isNew) expect.fail(`add ${owner}/${id} at ${step}`)
        if (isNew) size++
        mine.add(id)
      } else {
        if (set.delete(owner, id) !== mine.delete(id)) expect.fail(`delete at ${step}`)
        if (!isNew) size--
      }
    }
    expect(set.size).toBe(size)
    let found = 0
    for (const [owner, ids] of model) for (const id of ids) if (set.has(owner, id)) found++
    expect(found).toBe(size)
  })

  test('holds nothing that is not an id', () => {
    const set = new PairSet()
    for (const wrong of [0, -1, Number.NaN]) {
      expect(set.has(0, wrong)).toBe(false)
      expect(set.delete(0, wrong)).toBe(false)
      expect(() => set.add(0, wrong)).toThrow(RangeError)
    }
    expect(set.size).toBe(0)
  })

  test('starts with less than 4 KB and needs at most 40 bytes for a pair', () => {
    const set = new PairSet()
    expect(set.bytes).toBeLessThan(4_096)
    for (let owner = 0; owner < 1_000; owner++)
      for (let ms = 1; ms <= 30; ms++) set.add(owner, idOf({ ms }))
    expect(set.bytes).toBeLessThan(40 * 30_000)
  })
})
