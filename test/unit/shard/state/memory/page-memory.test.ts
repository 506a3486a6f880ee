// The memory that pages of bodies and cards are cut from.

import { describe, expect, it } from 'vitest'
import { PageSupply, wholePageBytes } from '../../../../../shard/state/memory/page-memory.ts'

describe('pages of memory', () => {
  it.each([1_024, 4_096, wholePageBytes])(
    'of %i bytes are zeros, and the same by the byte and by the word',
    (size) => {
      const { bytes, words } = new PageSupply().take(size)
      expect([bytes.length, words.byteLength]).toEqual([size, size])
      expect(bytes.every((byte) => byte === 0)).toBe(true)
      words[size / 4 - 1] = 0x0403_0201
      expect([...bytes.subarray(size - 4)]).toEqual([1, 2, 3, 4])
    },
  )

  it('share no byte, be they of one stretch or of two', () => {
    const supply = new PageSupply()
    const pages = Array.from({ length: 100 }, () => supply.take(wholePageBytes))
    for (const [place, { words }] of pages.entries()) words.set([place + 1, place + 1], 0)
    for (const [place, { words }] of pages.entries()) words[words.length - 1] = place + 1
    const found = pages.map(({ words }) => [words[0], words[1], words.at(-1)])
    expect(found).toEqual(pages.map((_, place) => [place + 1, place + 1, place + 1]))
    expect(new Set(pages.map(({ bytes }) => bytes.buffer)).size).toBeGreaterThan(1)
  })

  it('serve again when they were given back', () => {
    const supply = new PageSupply()
    const pages = Array.from({ length: 3 }, () => supply.take(wholePageBytes))
    supply.giveBack(pages[1]!)
    expect(supply.take(wholePageBytes).bytes).toBe(pages[1]!.bytes)
    expect(pages.map(({ bytes }) => bytes)).not.toContain(supply.take(wholePageBytes).bytes)
  })
})
