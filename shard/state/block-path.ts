// Blocks of the follow graph, and the way from a node to one of them. NeighborTree changes them,
// Adjacency reads them.
//
// A node's neighbors lie in one leaf block if they fit; otherwise in a B+ tree of leaves:
//
//     table entry --> inner | 0: leaf | 5100: leaf | 90000: leaf |      key: child, ascending
//                               v            v             v
//                          neighbors     neighbors     neighbors of 90000 and above
//
// A block is a header of two words, then codes (leaf) or pairs of words (inner):
//
//     node | size class (8 bits) | level (8) | size (16: half bytes of a leaf, children of an inner block)
//
// The header names the node, so that the slab may move a block: its place in the tree is found again
// by the first neighbor or key in it. A key is a lower bound that may be too low or, for the first
// child, too high: a search goes to the last child whose key is not above the target, else the first.

import { type Cursor, gapAt } from './neighbor-code.ts'
import { INDEX_LIMIT } from './paged-table.ts'
import { byteOf, type Slab, UNIT_BYTES } from './slab.ts'

/** Bytes of the largest block. A search reads half a leaf on average. */
export const BLOCK_BYTES_MAX = 1024
/** Bytes in front of the content. */
export const HEADER_BYTES = 8
/** Children of the largest inner block. */
export const CHILDREN_MAX = (BLOCK_BYTES_MAX - HEADER_BYTES) / 8
/** Half bytes of neighbors in the largest leaf. */
export const LEAF_LENGTH_MAX = (BLOCK_BYTES_MAX - HEADER_BYTES) * 2
/** Blocks from root to leaf: 16 levels of two children at least hold more than 2^29 neighbors. */
const DEPTH_MAX = 32

/** Units of a block, by size class: steps of 8 bytes to 256, then of 16. */
export const BLOCK_UNITS = Uint32Array.from(blockUnits())
const CLASS_OF_BYTES = Uint8Array.from({ length: BLOCK_BYTES_MAX + 1 }, (_, bytes) =>
  BLOCK_UNITS.findIndex((units) => units * UNIT_BYTES >= bytes),
)

/** The smallest class whose blocks have room for so many bytes, header included. */
export function classFor(bytes: number): number {
  return CLASS_OF_BYTES[bytes]!
}

export function sizeOf(slab: Slab, reference: number): number {
  return slab.words[reference * 2 + 1]! & 0xffff
}

export function levelOf(slab: Slab, reference: number): number {
  return (slab.words[reference * 2 + 1]! >>> 16) & 0xff
}

export function sizeClassOf(slab: Slab, reference: number): number {
  return slab.words[reference * 2 + 1]! >>> 24
}

export function setSize(slab: Slab, reference: number, size: number): void {
  slab.words[reference * 2 + 1] = (slab.words[reference * 2 + 1]! & 0xffff_0000) | size
}

export function writeHeader(
  slab: Slab,
  reference: number,
  header: { node: number; sizeClass: number; level: number; size: number },
): void {
  slab.words[reference * 2] = header.node
  slab.words[reference * 2 + 1] = (header.sizeClass << 24) | (header.level << 16) | header.size
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
  return (byteOf(reference) + HEADER_BYTES) * 2
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
      if ((header & 0xff_0000) === 0 || reference === until) return
      const count = header & 0xffff
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

function blockUnits(): number[] {
  const units: number[] = []
  for (let bytes = 16; bytes <= BLOCK_BYTES_MAX; bytes += bytes < 256 ? 8 : 16) {
    units.push(bytes / UNIT_BYTES)
  }
  return units
}
