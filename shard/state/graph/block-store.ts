// BlockStore: gives NeighborTree its blocks, changes their size class and takes them back. The shape of
// blocks and tree is drawn in block-path.ts.
//
// Freeing a block moves another into its place (see slab.ts). While a change is under way that would
// pull blocks from under it, so blocks are collected and freed when it is done.

import type { PagedTable } from '../memory/paged-table.ts'
import type { Slab } from '../memory/slab.ts'
import {
  BLOCK_UNITS,
  BlockPath,
  classFor,
  INNER_HEADER_BYTES,
  keyWord,
  LEAF_HEADER_BYTES,
  levelOf,
  searchKeyOf,
  sizeOf,
  writeHeader,
} from './block-path.ts'

export class BlockStore {
  /** The way to the block that is being changed. Between changes it is free for any use. */
  readonly path = new BlockPath()
  readonly #slab: Slab
  readonly #table: PagedTable
  readonly #collected: number[] = []

  constructor(slab: Slab, table: PagedTable) {
    this.#slab = slab
    this.#table = table
  }

  /** Has a block freed at the end of the change. */
  collect(...references: number[]): void {
    this.#collected.push(...references)
  }

  /**
   * Moves a block of the path to the smallest class with room for `bytes`, header included. At once, though an
   * add may move it back: what is kept for that costs a list of 35 more than 3 % of its memory, and the
   * move of so few bytes nothing that can be measured.
   */
  shrink(entry: number, depth: number, bytes: number): void {
    const sizeClass = this.#slab.sizeClassOf(this.path.references[depth]!)
    const wanted = Math.min(sizeClass, classFor(bytes))
    if (wanted < sizeClass) this.resize(entry, depth, wanted)
  }

  /** Copies a block of the path into one of another class, and has it pointed at. */
  resize(entry: number, depth: number, sizeClass: number): void {
    const slab = this.#slab
    const { references, children } = this.path
    const before = references[depth]!
    const after = slab.allocate(sizeClass)
    const units = Math.min(BLOCK_UNITS[sizeClass]!, BLOCK_UNITS[slab.sizeClassOf(before)]!)
    slab.copy({ from: before, to: after, units })
    const size = sizeOf(slab, before)
    const node = slab.words[before * 2]!
    writeHeader(slab, after, { node, level: levelOf(slab, before), size })
    references[depth] = after
    if (depth === 0) this.#table.words[entry] = after
    else slab.words[keyWord(references[depth - 1]!, children[depth - 1]!) + 1] = after
    this.#collected.push(before)
  }

  /** A block with its header written; `bytes` are what it must have room for behind that. */
  allocate(node: number, block: { level: number; size: number; bytes: number }): number {
    const headerBytes = block.level === 0 ? LEAF_HEADER_BYTES : INNER_HEADER_BYTES
    const reference = this.#slab.allocate(classFor(headerBytes + block.bytes))
    writeHeader(this.#slab, reference, { node, level: block.level, size: block.size })
    return reference
  }

  /** Frees what was collected, and corrects who points at the blocks that are moved thereby. */
  freeCollected(): void {
    const slab = this.#slab
    const collected = this.#collected
    for (let reference = collected.pop(); reference !== undefined; reference = collected.pop()) {
      const moved = slab.free(slab.sizeClassOf(reference), reference)
      if (moved === 0) continue
      const stillCollected = collected.indexOf(moved)
      if (stillCollected >= 0) collected[stillCollected] = reference
      else this.#pointAtMoved(moved, reference)
    }
  }

  #pointAtMoved(moved: number, reference: number): void {
    const slab = this.#slab
    const entry = this.#table.entryOf(slab.words[reference * 2]!)
    const root = this.#table.words[entry]!
    if (root === moved) {
      this.#table.words[entry] = reference
      return
    }
    // The walk reads the copy's key and stops above `moved`, whose old place is no longer valid.
    this.path.descend(slab, root, searchKeyOf(slab, reference), moved)
    const parent = this.path.depth - 1
    const at = keyWord(this.path.references[parent]!, this.path.children[parent]!) + 1
    slab.words[at] = reference
  }
}
