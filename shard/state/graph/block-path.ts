// Blocks of the follow graph, and the way from a node to one of them. NeighborTree changes them,
// Adjacency reads them.
//
// A node's neighbors lie in one leaf block if they fit; otherwise in a B+ tree of leaves:
//
//     table entry --> inner | 0: leaf | 5100: leaf | 90000: leaf |      key: child, ascending
//                               v            v             v
//                          neighbors     neighbors     neighbors of 90000 and above
//
// A block is a header of six bytes, then codes (leaf), or two bytes of nothing and pairs of words (inner):
//
//     node (32 bits) | level (5), size (11: half bytes of a leaf, children of an inner block) | ...
//
// Most lists are short, so a byte of each header shows. What size the block has is told by its page (slab.ts). The
// header names the node, so that the slab may move a block: its place in the tree is found again by the first neighbor
// or key in it. A key is a lower bound that may be too low or, for the first child, too high: a search goes to the last
// child whose key is not above the target, else the first.

import { INDEX_LIMIT } from '../memory/paged-table.ts'
import { byteOf, type Slab, UNIT_BYTES } from '../memory/slab.ts'
import { type Cursor, gapAt } from './neighbor-code.ts'

/** Units of a page of the slab; two of them hold no blocks (slab.ts). */
export const PAGE_UNITS = 2048
/** Of the largest, as many fit into a page. A search reads half a leaf on average. */
const LARGEST_IN_PAGE = 16
/** Units up to which there is a class for each number. */
const EACH_UNIT_MAX = 32

/** Units of a block, by size class. */
export const BLOCK_UNITS = Uint32Array.from(blockUnits())
const BLOCK_BYTES_MAX = BLOCK_UNITS.at(-1)! * UNIT_BYTES
/** Bytes in front of the codes of a leaf. */
export const LEAF_HEADER_BYTES = 6
/** Bytes in front of the children of an inner block, which are words. */
export const INNER_HEADER_BYTES = 8
/** Of the header's size: the longest leaf has to fit. */
export const SIZE_BITS = 11
const SIZE_MASK = (1 << SIZE_BITS) - 1
/** What of the second word belongs to the header. */
const HEADER_MASK = 0xffff
const LEVEL_MASK = HEADER_MASK & ~SIZE_MASK
/** Children of the largest inner block. */
export const CHILDREN_MAX = (BLOCK_BYTES_MAX - INNER_HEADER_BYTES) / 8
/** Half bytes of neighbors in the largest leaf. */
export const LEAF_LENGTH_MAX = (BLOCK_BYTES_MAX - LEAF_HEADER_BYTES) * 2
/** Blocks from root to leaf: 16 levels of two children at least hold more than 2^29 neighbors. */
const DEPTH_MAX = 32

const CLASS_OF_BYTES = Uint8Array.from({ length: BLOCK_BYTES_MAX + 1 }, (_, bytes) =>
  BLOCK_UNITS.findIndex((units) => units * UNIT_BYTES >= bytes),
)

/** The smallest class whose blocks have room for so many bytes, header included. */
export function classFor(bytes: number): number {
  return CLASS_OF_BYTES[bytes]!
}

export function sizeOf(slab: Slab, reference: number): number {
  return slab.words[reference * 2 + 1]! & SIZE_MASK
}

export function levelOf(slab: Slab, reference: number): number {
  return (slab.words[reference * 2 + 1]! & LEVEL_MASK) >>> SIZE_BITS
}

export function setSize(slab: Slab, reference: number, size: number): void {
  slab.words[reference * 2 + 1] = (slab.words[reference * 2 + 1]! & ~SIZE_MASK) | size
}

/** Leaves what lies behind the header as it is. */
export function writeHeader(
  slab: Slab,
  reference: number,
  { node, level, size }: { node: number; level: number; size: number },
): void {
  slab.words[reference * 2] = node
  const behind = slab.words[reference * 2 + 1]! & ~HEADER_MASK
  slab.words[reference * 2 + 1] = behind | (level << SIZE_BITS) | size
}

/** Position in `slab.words` of the key of a child; the child itself is in the word after it. */
export function keyWord(reference: number, child: number): number {
  return reference * 2 + 2 + child * 2
}

/** Any number that the search for this block from its root leads to. */
export function searchKeyOf(slab: Slab, reference: number): number {
  if (levelOf(slab, reference) > 0) return slab.words[keyWord(reference, 0)]!
  return gapAt(slab.windowOf(reference), codesOf(reference))
}

/** Where the codes of a leaf begin in the bytes that `Slab.windowOf` gives, in half bytes. */
export function codesOf(reference: number): number {
  return (byteOf(reference) + LEAF_HEADER_BYTES) * 2
}

/** The bytes that so many half bytes take. */
export function bytesOf(length: number): number {
  return (length + 1) >>> 1
}

/** The blocks from a root to a leaf. One is kept and used again: a search allocates nothing. */
export class BlockPath {
  readonly references = new Float64Array(DEPTH_MAX)
  /** The child that was taken in each inner block of the path. */
  readonly children = new Int32Array(DEPTH_MAX)
  /** The place of the leaf in `references`; -1 where a change under way led to no leaf. */
  depth = -1
  /** The lowest key of what lies behind the leaf, INDEX_LIMIT if nothing does. */
  nextKey = INDEX_LIMIT

  /** Goes from `root` to the leaf where `target` belongs, or to the block `until` on that way. */
  descend(slab: Slab, root: number, target: number, until = 0): void {
    const { words } = slab
    let reference = root
    this.nextKey = INDEX_LIMIT
    for (let depth = 0; depth < DEPTH_MAX && reference * 2 + 1 < words.length; depth++) {
      this.references[depth] = reference
      this.depth = depth
      const header = words[reference * 2 + 1]!
      if ((header & LEVEL_MASK) === 0 || reference === until) return
      const count = header & SIZE_MASK
      const child = lastChildNotAbove(words, reference, count, target)
      if (child + 1 < count) this.nextKey = words[keyWord(reference, child + 1)]!
      this.children[depth] = child
      reference = words[keyWord(reference, child) + 1]!
    }
    this.depth = -1
  }

  /** The leaf, after `descend`. */
  get leaf(): number {
    return this.references[this.depth]!
  }

  /** Finds the first neighbor >= `target` in the leaf. Returns the end of the leaf's codes. */
  seek(slab: Slab, target: number, cursor: Cursor): number {
    const { leaf } = this
    const from = codesOf(leaf)
    const end = from + sizeOf(slab, leaf)
    cursor.seek(slab.windowOf(leaf), { from, end }, target)
    return end
  }
}

function lastChildNotAbove(
  words: Uint32Array,
  reference: number,
  count: number,
  target: number,
): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (words[keyWord(reference, middle)]! <= target) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * Small ones unit by unit. Larger ones are as large as so and so many of them can be in a page: a smaller block of which no
 * more fit would save nothing, and each class has a page that is half full.
 */
function blockUnits(): number[] {
  const units: number[] = []
  for (let small = 2; small <= EACH_UNIT_MAX; small++) units.push(small)
  const room = PAGE_UNITS - 2
  for (let count = Math.floor(room / EACH_UNIT_MAX); count >= LARGEST_IN_PAGE; count--) {
    const large = Math.floor(room / count)
    if (large >= units.at(-1)! + 2) units.push(large)
  }
  return units
}
