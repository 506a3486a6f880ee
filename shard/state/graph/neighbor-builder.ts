// NeighborBuilder: writes the blocks of a whole neighbor list at once, from an ascending array. Used by
// NeighborTree; the shape of blocks and tree is drawn in block-path.ts.
//
// A list that grows one by one is searched and moved for each neighbor; one that is known in advance
// is written once, leaf by leaf, and the inner blocks above them level by level (bulk loading of a
// B-tree: Knuth, The Art of Computer Programming, volume 3, 6.2.4).

import type { Slab } from '../memory/slab.ts'
import {
  bytesOf,
  CHILDREN_MAX,
  codesOf,
  keyWord,
  LEAF_LENGTH_MAX,
  levelOf,
  sizeOf,
} from './block-path.ts'
import type { BlockStore } from './block-store.ts'
import { lengthOf, writeGap } from './neighbor-code.ts'

/** Where there are several leaves, some room is left in each: the next neighbors would split full ones. */
const FILLED_LEAF_LENGTH = Math.floor(LEAF_LENGTH_MAX * 0.85)
const FILLED_CHILDREN = Math.floor(CHILDREN_MAX * 0.85)

/** Numbers from `from` to before `to`, ascending and distinct. */
type Run = { readonly values: Uint32Array; readonly from: number; readonly to: number }
type Level = { readonly keys: number[]; readonly references: number[] }

export class NeighborBuilder {
  readonly #slab: Slab
  readonly #blocks: BlockStore
  // Both are kept from list to list: a typed array for each list costs more than the list.
  #present = new Uint32Array(1_024)
  #merged = new Uint32Array(1_024)
  #count = 0
  /** Where the leaf that was measured last ends, and its half bytes. */
  #leafEnd = 0
  #leafLength = 0

  constructor(slab: Slab, blocks: BlockStore) {
    this.#slab = slab
    this.#blocks = blocks
  }

  /** Room for the neighbors that a node has, to be filled and given to `merge`. */
  present(count: number): Uint32Array {
    if (this.#present.length < count) this.#present = new Uint32Array(count * 2)
    return this.#present
  }

  /** Merges two runs into the list that `build` writes. @returns how many it is longer than the first */
  merge(present: Run, more: Run): number {
    const room = present.to - present.from + more.to - more.from
    if (this.#merged.length < room) this.#merged = new Uint32Array(room * 2)
    const merged = this.#merged
    let count = 0
    let left = present.from
    let right = more.from
    while (left < present.to && right < more.to) {
      const one = present.values[left]!
      const other = more.values[right]!
      merged[count++] = Math.min(one, other)
      if (one <= other) left++
      if (other <= one) right++
    }
    while (left < present.to) merged[count++] = present.values[left++]!
    while (right < more.to) merged[count++] = more.values[right++]!
    this.#count = count
    return count - (present.to - present.from)
  }

  /** Writes the merged list, of at least two. @returns the reference of its root */
  build(node: number): number {
    this.#measureLeaf(0, LEAF_LENGTH_MAX)
    if (this.#leafEnd === this.#count) return this.#writeLeaf(node, 0)
    let level: Level = { keys: [], references: [] }
    for (let start = 0; start < this.#count; start = this.#leafEnd) {
      this.#measureLeaf(start, FILLED_LEAF_LENGTH)
      level.keys.push(this.#merged[start]!)
      level.references.push(this.#writeLeaf(node, start))
    }
    for (let height = 1; level.references.length > 1; height++) {
      level = this.#writeParents(node, height, level)
    }
    return level.references[0]!
  }

  /** Has all blocks of a tree freed at the end of the change. */
  collect(root: number): void {
    const slab = this.#slab
    this.#blocks.collect(root)
    if (levelOf(slab, root) === 0) return
    for (let child = 0; child < sizeOf(slab, root); child++) {
      this.collect(slab.words[keyWord(root, child) + 1]!)
    }
  }

  /** Finds how far a leaf of at most `limit` half bytes reaches that begins at `start`. */
  #measureLeaf(start: number, limit: number): void {
    const merged = this.#merged
    const count = this.#count
    let sum = lengthOf(merged[start]!)
    let end = start + 1
    for (; end < count; end++) {
      const length = lengthOf(merged[end]! - merged[end - 1]! - 1)
      if (sum + length > limit) break
      sum += length
    }
    this.#leafEnd = end
    this.#leafLength = sum
  }

  /** Writes the leaf that was measured last. */
  #writeLeaf(node: number, start: number): number {
    const merged = this.#merged
    const size = this.#leafLength
    const leaf = this.#blocks.allocate(node, { level: 0, size, bytes: bytesOf(size) })
    const window = this.#slab.windowOf(leaf)
    let at = codesOf(leaf)
    let previous = -1
    for (let place = start; place < this.#leafEnd; place++) {
      const neighbor = merged[place]!
      at = writeGap(window, at, neighbor - previous - 1)
      previous = neighbor
    }
    return leaf
  }

  #writeParents(node: number, height: number, { keys, references }: Level): Level {
    const parents: Level = { keys: [], references: [] }
    const count = Math.ceil(references.length / FILLED_CHILDREN)
    const width = Math.ceil(references.length / count)
    for (let start = 0; start < references.length; start += width) {
      const size = Math.min(width, references.length - start)
      const parent = this.#blocks.allocate(node, { level: height, size, bytes: size * 8 })
      const { words } = this.#slab
      for (let child = 0; child < size; child++) {
        words[keyWord(parent, child)] = keys[start + child]!
        words[keyWord(parent, child) + 1] = references[start + child]!
      }
      parents.keys.push(keys[start]!)
      parents.references.push(parent)
    }
    return parents
  }
}
