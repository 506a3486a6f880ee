import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { absent, highOf, IdTable, mix } from '../../../../../shard/state/memory/id-table.ts'
import { idOf, seeded, someId } from '../seeded.ts'

const operation = fc.record({
  id: someId,
  value: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  kind: fc.constantFrom('set', 'set', 'delete'),
})

function entriesOf(table: IdTable): [number, number][] {
  const entries: [number, number][] = []
  table.forEach((id, value) => {
    entries.push([id, value])
  })
  return entries.sort((a, b) => a[0] - b[0])
}

describe('an id table', () => {
  test('answers like a Map, whatever is entered, replaced and deleted', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        const table = new IdTable()
        const model = new Map<number, number>()
        for (const { id, value, kind } of operations) {
          if (kind === 'delete') expect(table.delete(id)).toBe(model.delete(id))
          else {
            table.set(id, value)
            model.set(id, value)
          }
          expect(table.size).toBe(model.size)
        }
        for (const { id } of operations) expect(table.get(id)).toBe(model.get(id) ?? absent)
        expect(entriesOf(table)).toEqual([...model].sort((a, b) => a[0] - b[0]))
      }),
    )
  })

  test('still does after 100,000 operations on ids of one busy minute', () => {
    const draw = seeded(1)
    const table = new IdTable()
    const model = new Map<number, number>()
    for (let step = 0; step < 100_000; step++) {
      const id = idOf({ ms: 2e10 + draw(60_000), partition: draw(2), sequence: draw(2) })
      // Grows for a while, shrinks for a while: every length of a run of taken slots comes up.
      const isEntry = draw(10) < ((step >>> 14) % 2 === 0 ? 7 : 3)
      if (isEntry) {
        table.set(id, step)
        model.set(id, step)
      } else {
        const known = step % 2 === 0 ? id : (model.keys().next().value ?? id)
        if (table.delete(known) !== model.delete(known)) expect.fail(`delete ${known} at ${step}`)
      }
      if (table.get(id) !== (model.get(id) ?? absent)) expect.fail(`get ${id} at ${step}`)
    }
    expect(entriesOf(table)).toEqual([...model].sort((a, b) => a[0] - b[0]))
  })

  test('finds nothing under what is not an id, and takes no such thing in', () => {
    const table = new IdTable()
    table.set(5, 0)
    for (const wrong of [0, -1, Number.NaN, absent]) {
      expect(table.get(wrong)).toBe(absent)
      expect(table.delete(wrong)).toBe(false)
      expect(() => table.set(wrong, 1)).toThrow(RangeError)
    }
    expect(table.size).toBe(1)
  })

  test('starts with less than 4 KB and needs at most 48 bytes for an entry', () => {
    const table = new IdTable()
    expect(table.bytes).toBeLessThan(4_096)
    for (let ms = 1; ms <= 50_000; ms++) table.set(idOf({ ms }), ms)
    expect(table.bytes).toBeLessThan(48 * 50_000)
  })

  // Each shape leaves other bits of the id constant; a weak hash would answer one of them with long
  // searches. Random hashes need 1.5 looks at this load (linear probing, half full).
  test.each<[string, (n: number) => number]>([
    ['one a millisecond, of one partition', (n) => idOf({ ms: 2e10 + n, partition: 7 })],
    ['one a second', (n) => idOf({ ms: 2e10 + n * 1_000, partition: 7 })],
    ['one a minute and 5.536 seconds', (n) => idOf({ ms: n * 65_536, partition: 255 })],
    ['16 a millisecond, of one partition', (n) => idOf({ ms: 2e10 + (n >>> 4), sequence: n & 15 })],
    ['a millisecond in which everybody signs up', (n) => 2e10 * 4_096 + n],
    ['the numbers from 1 on', (n) => n + 1],
  ])('spreads ids: %s', (_, idAt) => {
    const bits = 15
    const taken = new Uint8Array(2 ** bits)
    const entries = taken.length / 2
    let looks = 0
    for (let n = 0; n < entries; n++) {
      const id = idAt(n)
      let slot = mix(id | 0, highOf(id)) >>> (32 - bits)
      for (looks++; taken[slot] === 1; looks++) slot = (slot + 1) % taken.length
      taken[slot] = 1
    }
    expect(looks / entries).toBeLessThan(1.65)
  })

  // 43,690 entries fill 65,536 slots; of the next 1,000 each moves some, and those after it find all moved.
  test.each([
    ['at rest', 40_000],
    ['as it has begun to grow', 43_700],
    ['as it grows', 44_200],
  ])(
    'is visited in an order that may fill another table, not that of the hashes: %s',
    (_, count) => {
      const table = new IdTable()
      for (let ms = 1; ms <= count; ms++) table.set(idOf({ ms }), ms)
      const sixteenths = new Uint32Array(16)
      const seen = new Set<number>()
      table.forEach((id, value) => {
        if (seen.size < 4_000) sixteenths[mix(id | 0, highOf(id)) >>> 28]!++
        seen.add(value)
      })
      expect(seen.size).toBe(count)
      // The first tenth of the visits comes evenly from all parts of the table: 250 from each.
      for (const visits of sixteenths) expect(Math.abs(visits - 250)).toBeLessThan(80)
    },
  )
})
