// NeighborTree: adds to and removes from the neighbor list of one node. Owned by Adjacency; the
// shape of blocks and tree is drawn in block-path.ts.
//
// A block always has the smallest size class that fits, so a leaf of 70 % of the largest size costs
// 70 %. A leaf splits in the middle when it is full, and joins its neighbor when it is less than a
// quarter full and both fit into three quarters. Inner blocks split alike and vanish when empty; a
// root with a single child gives way to it.
//
// No block moves while a change is under way: blocks to be freed are collected, and freed at the end
// (`BlockStore.freeCollected`), which moves others into their places.

import { INDEX_LIMIT, type PagedTable } from '../memory/paged-table.ts'
import type { Slab } from '../memory/slab.ts'
import {
  type BlockPath,
  bytesOf,
  CHILDREN_MAX,
  classFor,
  codesOf,
  INNER_HEADER_BYTES,
  keyWord,
  LEAF_HEADER_BYTES,
  LEAF_LENGTH_MAX,
  levelOf,
  searchKeyOf,
  setSize,
  sizeOf,
} from './block-path.ts'
import { BlockStore } from './block-store.ts'
import { NeighborBuilder } from './neighbor-builder.ts'
import {
  CODE_LENGTH_MAX,
  Cursor,
  copyCodes,
  gapAt,
  lengthAt,
  lengthOf,
  writeGap,
} from './neighbor-code.ts'

const MERGE_BELOW = LEAF_LENGTH_MAX / 4
const MERGED_MAX = (LEAF_LENGTH_MAX * 3) / 4

export class NeighborTree {
  readonly builder: NeighborBuilder
  readonly #slab: Slab
  readonly #table: PagedTable
  readonly #path: BlockPath
  readonly #blocks: BlockStore
  readonly #cursor = new Cursor()

  constructor(slab: Slab, table: PagedTable) {
    this.#slab = slab
    this.#table = table
    this.#blocks = new BlockStore(slab, table)
    this.#path = this.#blocks.path
    this.builder = new NeighborBuilder(slab, this.#blocks)
  }

  /** A leaf with two neighbors, the smaller first. Returns its reference. */
  createPair(node: number, smaller: number, larger: number): number {
    const size = lengthOf(smaller) + lengthOf(larger - smaller - 1)
    const reference = this.#blocks.allocate(node, { level: 0, size, bytes: bytesOf(size) })
    const window = this.#slab.windowOf(reference)
    const at = writeGap(window, codesOf(reference), smaller)
    writeGap(window, at, larger - smaller - 1)
    return reference
  }

  /** Adds to the list whose root is in the table at `entry`. False if the neighbor is there. */
  add(entry: number, neighbor: number): boolean {
    const slab = this.#slab
    const cursor = this.#cursor
    this.#path.descend(slab, this.#table.words[entry]!, neighbor)
    const end = this.#path.seek(slab, neighbor, cursor)
    if (cursor.value === neighbor) return false
    const { leaf, depth } = this.#path
    const gap = neighbor - cursor.previous - 1
    const hasNext = cursor.value >= 0
    const nextGap = cursor.value - neighbor - 1
    const inserted = lengthOf(gap) + (hasNext ? lengthOf(nextGap) : 0)
    const size = sizeOf(slab, leaf) + inserted - cursor.length
    if (size > LEAF_LENGTH_MAX) {
      this.#splitLeaf(entry)
      return this.add(entry, neighbor)
    }
    const offset = cursor.at - codesOf(leaf)
    const rest = end - cursor.at
    const sizeClass = classFor(LEAF_HEADER_BYTES + bytesOf(size))
    if (sizeClass > slab.sizeClassOf(leaf)) this.#blocks.resize(entry, depth, sizeClass)
    const reference = this.#path.leaf
    const window = slab.windowOf(reference)
    const at = codesOf(reference) + offset
    copyCodes(window, { from: at + cursor.length, end: at + rest }, window, at + inserted)
    const after = writeGap(window, at, gap)
    if (hasNext) writeGap(window, after, nextGap)
    setSize(slab, reference, size)
    this.#blocks.freeCollected()
    return true
  }

  /** Removes from a list of at least two. False if the neighbor is not there. */
  remove(entry: number, neighbor: number): boolean {
    const slab = this.#slab
    const cursor = this.#cursor
    this.#path.descend(slab, this.#table.words[entry]!, neighbor)
    const end = this.#path.seek(slab, neighbor, cursor)
    if (cursor.value !== neighbor) return false
    const { leaf, depth } = this.#path
    const window = slab.windowOf(leaf)
    const nextAt = cursor.at + cursor.length
    let size = sizeOf(slab, leaf) - cursor.length
    if (nextAt < end) {
      const joined = neighbor - cursor.previous + gapAt(window, nextAt)
      const restAt = nextAt + lengthAt(window, nextAt)
      const afterJoined = cursor.at + lengthOf(joined)
      copyCodes(window, { from: restAt, end }, window, afterJoined)
      writeGap(window, cursor.at, joined)
      size = sizeOf(slab, leaf) - (restAt - afterJoined)
    }
    setSize(slab, leaf, size)
    if (size === 0) {
      this.#blocks.collect(leaf)
      this.#dropChild(entry, depth - 1, this.#path.children[depth - 1]!)
    } else if (depth === 0 || size >= MERGE_BELOW || !this.#merge(entry)) {
      this.#blocks.shrink(entry, depth, LEAF_HEADER_BYTES + bytesOf(size))
    }
    this.#lowerRoot(entry)
    this.#blocks.freeCollected()
    return true
  }

  /**
   * Puts the list that `builder` has merged in the place of the one whose root is in the table at
   * `entry`; `root` is that of the former list, 0 where it had no block.
   */
  replace(entry: number, root: number, node: number): void {
    this.#table.words[entry] = this.builder.build(node)
    if (root === 0) return
    this.builder.collect(root)
    this.#blocks.freeCollected()
  }

  /** Frees the only block of a list with one neighbor left, and returns that neighbor. */
  dissolve(entry: number): number {
    const reference = this.#table.words[entry]!
    const neighbor = searchKeyOf(this.#slab, reference)
    this.#table.words[entry] = 0
    this.#blocks.collect(reference)
    this.#blocks.freeCollected()
    return neighbor
  }

  /** Divides the leaf of the path into two of about the same length. */
  #splitLeaf(entry: number): void {
    const slab = this.#slab
    const { leaf, depth } = this.#path
    const node = slab.words[leaf * 2]!
    const from = codesOf(leaf)
    const end = from + sizeOf(slab, leaf)
    const before = slab.windowOf(leaf)
    let at = from
    let value = -1
    while (at < (from + end) / 2) {
      value += 1 + gapAt(before, at)
      at += lengthAt(before, at)
    }
    const key = value + 1 + gapAt(before, at)
    const restAt = at + lengthAt(before, at)
    const size = lengthOf(key) + end - restAt
    const right = this.#blocks.allocate(node, { level: 0, size, bytes: bytesOf(size) })
    const window = slab.windowOf(right)
    const target = codesOf(right)
    copyCodes(slab.windowOf(leaf), { from: restAt, end }, window, target + lengthOf(key))
    writeGap(window, target, key)
    setSize(slab, leaf, at - from)
    this.#blocks.shrink(entry, depth, LEAF_HEADER_BYTES + bytesOf(at - from))
    this.#addChild(entry, depth, key, right)
  }

  /** Puts a block behind the one at `depth` of the path, into the same parent. */
  #addChild(entry: number, depth: number, key: number, child: number): void {
    const slab = this.#slab
    if (depth === 0) {
      const left = this.#path.references[0]!
      const node = slab.words[left * 2]!
      const level = levelOf(slab, left) + 1
      const root = this.#blocks.allocate(node, { level, size: 2, bytes: 16 })
      slab.words.set([0, left, key, child], keyWord(root, 0))
      this.#table.words[entry] = root
      return
    }
    const parentDepth = depth - 1
    const position = this.#path.children[parentDepth]! + 1
    const count = sizeOf(slab, this.#path.references[parentDepth]!)
    if (count < CHILDREN_MAX) {
      const sizeClass = classFor(INNER_HEADER_BYTES + (count + 1) * 8)
      if (sizeClass > slab.sizeClassOf(this.#path.references[parentDepth]!)) {
        this.#blocks.resize(entry, parentDepth, sizeClass)
      }
      this.#insertPair(this.#path.references[parentDepth]!, position, key, child)
      return
    }
    const right = this.#splitInner(entry, parentDepth)
    const left = this.#path.references[parentDepth]!
    const kept = sizeOf(slab, left)
    if (position <= kept) this.#insertPair(left, position, key, child)
    else this.#insertPair(right, position - kept, key, child)
  }

  /** Divides a full inner block into two with room for one more child each. Returns the new one. */
  #splitInner(entry: number, depth: number): number {
    const slab = this.#slab
    const left = this.#path.references[depth]!
    const kept = CHILDREN_MAX >>> 1
    const size = CHILDREN_MAX - kept
    const node = slab.words[left * 2]!
    const level = levelOf(slab, left)
    const right = this.#blocks.allocate(node, { level, size, bytes: (size + 1) * 8 })
    slab.words.copyWithin(keyWord(right, 0), keyWord(left, kept), keyWord(left, CHILDREN_MAX))
    setSize(slab, left, kept)
    this.#addChild(entry, depth, slab.words[keyWord(right, 0)]!, right)
    return right
  }

  #insertPair(parent: number, position: number, key: number, child: number): void {
    const { words } = this.#slab
    const count = sizeOf(this.#slab, parent)
    const at = keyWord(parent, position)
    words.copyWithin(at + 2, at, keyWord(parent, count))
    words[at] = key
    words[at + 1] = child
    setSize(this.#slab, parent, count + 1)
  }

  /** Takes a child out of the inner block at `depth`; the block goes with its last child. */
  #dropChild(entry: number, depth: number, child: number): void {
    const slab = this.#slab
    const parent = this.#path.references[depth]!
    const count = sizeOf(slab, parent) - 1
    if (count === 0) {
      this.#blocks.collect(parent)
      this.#dropChild(entry, depth - 1, this.#path.children[depth - 1]!)
      return
    }
    const at = keyWord(parent, child)
    slab.words.copyWithin(at, at + 2, keyWord(parent, count + 1))
    setSize(slab, parent, count)
    this.#blocks.shrink(entry, depth, INNER_HEADER_BYTES + count * 8)
  }

  /** Joins the leaf of the path with one beside it. False if there is none, or both are too long. */
  #merge(entry: number): boolean {
    const slab = this.#slab
    const { depth, references, children } = this.#path
    const parent = references[depth - 1]!
    const child = Math.max(0, children[depth - 1]! - 1)
    if (sizeOf(slab, parent) < 2) return false
    const left = slab.words[keyWord(parent, child) + 1]!
    const right = slab.words[keyWord(parent, child + 1) + 1]!
    const leftSize = sizeOf(slab, left)
    const rightSize = sizeOf(slab, right)
    if (leftSize + rightSize > MERGED_MAX) return false
    const node = slab.words[left * 2]!
    const bytes = bytesOf(leftSize + rightSize + CODE_LENGTH_MAX)
    const merged = this.#blocks.allocate(node, { level: 0, size: 0, bytes })
    const window = slab.windowOf(merged)
    const target = codesOf(merged)
    const joinAt = target + leftSize
    const leftAt = codesOf(left)
    copyCodes(slab.windowOf(left), { from: leftAt, end: leftAt + leftSize }, window, target)
    this.#cursor.seek(window, { from: target, end: joinAt }, INDEX_LIMIT)
    const source = slab.windowOf(right)
    const rightAt = codesOf(right)
    const gap = gapAt(source, rightAt) - this.#cursor.previous - 1
    const rest = { from: rightAt + lengthAt(source, rightAt), end: rightAt + rightSize }
    copyCodes(source, rest, window, joinAt + lengthOf(gap))
    writeGap(window, joinAt, gap)
    setSize(slab, merged, leftSize + lengthOf(gap) + rest.end - rest.from)
    slab.words[keyWord(parent, child) + 1] = merged
    this.#blocks.collect(left, right)
    this.#dropChild(entry, depth - 1, child + 1)
    return true
  }

  /** While the root has a single child, the child becomes the root. */
  #lowerRoot(entry: number): void {
    const slab = this.#slab
    let root = this.#table.words[entry]!
    while (levelOf(slab, root) > 0 && sizeOf(slab, root) === 1) {
      this.#blocks.collect(root)
      root = slab.words[keyWord(root, 0) + 1]!
      this.#table.words[entry] = root
    }
  }
}
