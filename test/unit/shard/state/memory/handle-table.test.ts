import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HandleTable } from '../../../../../shard/state/memory/handle-table.ts'
import { absent } from '../../../../../shard/state/memory/id-table.ts'
import { seeded } from '../seeded.ts'

const handle = fc.oneof(
  fc.stringMatching(/^[abAB_0]{1,2}$/),
  fc.stringMatching(/^[A-Za-z0-9_]{1,15}$/),
)
const operation = fc.record({
  index: fc.oneof(fc.nat(20), fc.constantFrom(4_095, 4_096, 20_000)),
  handle,
  kind: fc.constantFrom('set', 'set', 'delete'),
})

describe('the table of handles', () => {
  test('finds every user by a handle of any case, and gives it back as it was typed', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        const handles = new HandleTable()
        const indexes = new Map<string, number>()
        const typed = new Map<number, string>()
        for (const { index, handle, kind } of operations) {
          const owner = indexes.get(handle.toLowerCase())
          expect(handles.find(handle)).toBe(owner ?? absent)
          if (kind === 'set' && owner !== undefined && owner !== index) {
            expect(() => handles.set(index, handle)).toThrow('already')
            continue
          }
          const former = typed.get(index)
          if (former !== undefined) indexes.delete(former.toLowerCase())
          if (kind === 'delete') expect(handles.delete(index)).toBe(typed.delete(index))
          else {
            handles.set(index, handle)
            typed.set(index, handle)
            indexes.set(handle.toLowerCase(), index)
          }
          expect(handles.size).toBe(typed.size)
        }
        for (const { index } of operations)
          expect(handles.handleOf(index)).toBe(typed.get(index) ?? '')
        for (const [handle, index] of indexes) {
          expect(handles.find(handle)).toBe(index)
          expect(handles.find(handle.toUpperCase())).toBe(index)
        }
      }),
    )
  })

  test('still does after 100,000 sign-ups, deletions and searches', () => {
    const draw = seeded(7)
    const handles = new HandleTable()
    const indexes = new Map<string, number>()
    for (let step = 0; step < 100_000; step++) {
      const index = draw(12_000)
      const handle = `Reader_${index}`
      const known = indexes.get(handle) ?? absent
      if (handles.find(handle.toLowerCase()) !== known) expect.fail(`find ${handle} at ${step}`)
      if (draw(10) < ((step >>> 14) % 2 === 0 ? 7 : 3)) {
        handles.set(index, handle)
        indexes.set(handle, index)
      } else if (handles.delete(index) !== indexes.delete(handle)) expect.fail(`delete at ${step}`)
    }
    expect(handles.size).toBe(indexes.size)
    for (const [handle, index] of indexes) {
      if (handles.find(handle) !== index) expect.fail(`find ${handle}`)
      if (handles.handleOf(index) !== handle) expect.fail(`handle of ${index}`)
    }
  })

  test('finds nothing under what is not a handle, though it differs in one bit only', () => {
    const handles = new HandleTable()
    handles.set(0, '_')
    handles.set(1, '0')
    handles.set(2, 'abcdefghijklmno')
    // Bit 5 is all that tells upper from lower case; in these it tells other characters apart.
    for (const text of ['', '\u007f', '\u0010', '@', ' ', 'ä', '\u0130', '0\u0000', '_ '])
      expect(handles.find(text)).toBe(absent)
    expect(handles.find('abcdefghijklmnop')).toBe(absent)
    expect(handles.find('ABCDEFGHIJKLMNO')).toBe(2)
    for (const text of ['', 'no spaces', 'ä', 'sixteen_letters_', '\u007f'])
      expect(() => handles.set(3, text)).toThrow(RangeError)
    expect(handles.size).toBe(3)
  })

  test('keeps a handle for its owner, who may type it anew', () => {
    const handles = new HandleTable()
    handles.set(4, 'Ada')
    expect(() => handles.set(5, 'aDA')).toThrow('already')
    handles.set(4, 'ADA')
    expect(handles.handleOf(4)).toBe('ADA')
    handles.set(4, 'Grace')
    expect(handles.find('ada')).toBe(absent)
    handles.set(5, 'ada')
    expect(handles.find('Ada')).toBe(5)
    expect(handles.size).toBe(2)
  })

  test('starts with less than 4 KB and needs at most 32 bytes for a user', () => {
    const handles = new HandleTable()
    expect(handles.bytes).toBeLessThan(4_096)
    handles.set(0, 'first')
    expect(handles.bytes).toBeLessThan(4_096)
    for (let index = 1; index < 40_000; index++) handles.set(index, `reader${index}`)
    expect(handles.bytes).toBeLessThan(32 * 40_000)
  })
})
