// The blocks of the follow graph: their sizes, and what a header holds.

import { describe, expect, it } from 'vitest'
import {
  BLOCK_UNITS,
  CHILDREN_MAX,
  LEAF_LENGTH_MAX,
  PAGE_UNITS,
  SIZE_BITS,
} from '../../../../../shard/state/graph/block-path.ts'

/** Units of a page that hold blocks. */
const room = PAGE_UNITS - 2
const inPage = (units: number): number => Math.floor(room / units)

describe('the sizes of blocks', () => {
  it('ascend, and from 32 units on a larger one would not fit as often into a page', () => {
    const large = [...BLOCK_UNITS].filter((units) => units > 32)
    expect(large.length).toBeGreaterThan(0)
    for (const units of large) expect(inPage(units + 1)).toBeLessThan(inPage(units))
    expect([...BLOCK_UNITS]).toEqual([...BLOCK_UNITS].sort((one, other) => one - other))
  })

  it('are such that the largest can be told in a header', () => {
    expect(LEAF_LENGTH_MAX).toBeLessThan(2 ** SIZE_BITS)
    expect(CHILDREN_MAX).toBeLessThan(2 ** SIZE_BITS)
  })
})
