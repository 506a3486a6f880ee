// Adjacency: for each node a sorted set of neighbors, mutable and compact. The shard owns one for
// "who follows" and one for "who is followed"; a fan-out worker may read it meanwhile.
//
// Like a file of index cards: a person with one acquaintance has the name on the tab itself, one with
// a few hundred has a card, a celebrity has a drawer of cards with tabs of its own. Cards are cut to
// the length of what is written on them.
//
//     neighbors      0        1               2 to about 330        more
//     table entry    0, 0     neighbor, 1     leaf block, degree    B+ tree of leaf blocks, degree
//
// The forms of the blocks are drawn in block-path.ts, the codes in them in neighbor-code.ts. A known
// relative is Aspen's C-trees (Dhulipala, Blelloch, Shun, "Low-latency graph streaming using
// compressed purely-functional trees", arXiv 1904.08380): there each change copies a path, so that
// readers keep a snapshot; here changes are in place, and a reader tries again.
//
// Promises: an add or a removal costs O(log degree) plus the bytes of one block; memory that falls
// free serves again, whatever its size was; nothing is allocated on the JavaScript heap per node.
//
// Threads: one thread at a time changes it. Any other may read: `has`, `copyTo` and `forEach` try a
// block again if a change came between, so each block is read as it was at one moment, and a neighbor
// that is there all the time is seen exactly once.

import { INDEX_LIMIT, PagedTable, type SharedPagedTable } from '../memory/paged-table.ts'
import { type SharedSlab, Slab } from '../memory/slab.ts'
import { BLOCK_UNITS, BlockPath, codesOf, PAGE_UNITS, sizeOf } from './block-path.ts'
import { Cursor, decodeInto } from './neighbor-code.ts'
import { NeighborTree } from './neighbor-tree.ts'

/** A graph to be looked at, and not changed. */
export type Neighbors = Pick<Adjacency, 'has' | 'degree' | 'forEach' | 'copyTo'>

/** What a worker needs to attach. It can be structured-cloned; the memory itself is not copied. */
export type SharedAdjacency = { table: SharedPagedTable; slab: SharedSlab }

/** Attempts to read one block between changes; beyond them the writer must have died in a change. */
const READ_ATTEMPTS_MAX = 100_000_000
/** `addMany` writes a list anew unless it has more than so many neighbors for each that is added. */
const ONE_BY_ONE_BELOW = 32
/** Neighbors that `forEach` decodes at a time. */
const CHUNK_NEIGHBORS = 1024

export class Adjacency {
  readonly #table: PagedTable
  readonly #slab: Slab
  readonly #tree: NeighborTree
  readonly #path = new BlockPath()
  readonly #cursor = new Cursor()

  /**
   * No edges yet. `bytesMax` is the address space for all lists (it is memory only where used);
   * `shared` is for `attach`.
   */
  constructor(options: { bytesMax?: number; shared?: SharedAdjacency } = {}) {
    const { bytesMax, shared } = options
    if (shared) {
      this.#table = PagedTable.attach(shared.table)
      this.#slab = Slab.attach(shared.slab)
    } else {
      this.#table = PagedTable.create()
      this.#slab = Slab.create({ blockUnits: BLOCK_UNITS, pageUnits: PAGE_UNITS, bytesMax })
    }
    this.#tree = new NeighborTree(this.#slab, this.#table)
  }

  /** What another thread needs for `attach`: a few references, to be sent once. */
  share(): SharedAdjacency {
    return { table: this.#table.share(), slab: this.#slab.share() }
  }

  /** The same graph, seen from the thread that received `shared`. */
  static attach(shared: SharedAdjacency): Adjacency {
    return new Adjacency({ shared })
  }

  get edgeCount(): number {
    return this.#slab.ownerNumber
  }

  /** Bytes of memory held, in whole pages. */
  get bytes(): number {
    return this.#table.bytes + this.#slab.bytes
  }

  /**
   * Adds an edge. False if it is there.
   * @throws RangeError if either is not an integer from 0 to below INDEX_LIMIT, or bytesMax is used up
   */
  add(node: number, neighbor: number): boolean {
    assertIndex(node)
    assertIndex(neighbor)
    this.#refresh()
    this.#slab.turnVersion()
    try {
      const isAdded = this.#addAt(this.#table.entryFor(node), node, neighbor)
      if (isAdded) this.#slab.ownerNumber++
      return isAdded
    } finally {
      this.#slab.turnVersion()
    }
  }

  /**
   * Adds many edges of one node: far cheaper than one by one where they are not few.
   * @param neighbors ascending and distinct from `from` to before `to`; those that are there already
   * are passed over
   * @returns how many were new
   * @throws RangeError as `add` does
   */
  addMany(
    node: number,
    neighbors: Uint32Array,
    { from = 0, to = neighbors.length }: { from?: number; to?: number } = {},
  ): number {
    const before = this.degree(node)
    let added = 0
    if ((to - from) * ONE_BY_ONE_BELOW < before || to - from === 1) {
      for (let at = from; at < to; at++) if (this.add(node, neighbors[at]!)) added++
      return added
    }
    if (from >= to) return 0
    assertIndex(node)
    assertIndex(neighbors[to - 1]!)
    const { builder } = this.#tree
    const present = builder.present(before)
    this.copyTo(node, { from: 0, to: INDEX_LIMIT }, present)
    added = builder.merge({ values: present, from: 0, to: before }, { values: neighbors, from, to })
    if (added === 0) return 0
    this.#slab.turnVersion()
    try {
      const entry = this.#table.entryFor(node)
      this.#tree.replace(entry, before < 2 ? 0 : this.#table.words[entry]!, node)
      this.#table.words[entry + 1] = before + added
      this.#slab.ownerNumber += added
    } finally {
      this.#slab.turnVersion()
    }
    return added
  }

  #addAt(entry: number, node: number, neighbor: number): boolean {
    const { words } = this.#table
    const degree = words[entry + 1]!
    if (degree === 0) {
      words[entry] = neighbor
    } else if (degree === 1) {
      const other = words[entry]!
      if (other === neighbor) return false
      const smaller = Math.min(other, neighbor)
      words[entry] = this.#tree.createPair(node, smaller, Math.max(other, neighbor))
    } else if (!this.#tree.add(entry, neighbor)) {
      return false
    }
    words[entry + 1] = degree + 1
    return true
  }

  /** Removes an edge. False if it is not there. */
  remove(node: number, neighbor: number): boolean {
    this.#refresh()
    const entry = this.#table.entryOf(node)
    const { words } = this.#table
    const degree = words[entry + 1]!
    if (degree === 0) return false
    this.#slab.turnVersion()
    try {
      if (!this.#removeAt(entry, degree, neighbor)) return false
      words[entry + 1] = degree - 1
      this.#slab.ownerNumber--
      return true
    } finally {
      this.#slab.turnVersion()
    }
  }

  #removeAt(entry: number, degree: number, neighbor: number): boolean {
    const { words } = this.#table
    if (degree === 1) {
      if (words[entry] !== neighbor) return false
      words[entry] = 0
      return true
    }
    if (!this.#tree.remove(entry, neighbor)) return false
    if (degree === 2) words[entry] = this.#tree.dissolve(entry)
    return true
  }

  has(node: number, neighbor: number): boolean {
    for (let attempt = 0; attempt < READ_ATTEMPTS_MAX; attempt++) {
      const { version } = this.#slab
      if (version % 2 !== 0) continue
      this.#refresh()
      const isThere = this.#find(this.#table.entryOf(node), neighbor)
      if (version !== this.#slab.version) continue
      if (isThere !== undefined) return isThere
      this.#slab.renew()
    }
    throw new Error(`the neighbors of ${node} are being changed without an end`)
  }

  /** @returns undefined where the views reach no leaf, or a change under way led to none */
  #find(entry: number, neighbor: number): boolean | undefined {
    const { words } = this.#table
    const degree = words[entry + 1]!
    if (degree < 2) return degree === 1 && words[entry] === neighbor
    this.#path.descend(this.#slab, words[entry]!, neighbor)
    if (this.#path.depth < 0) return undefined
    this.#path.seek(this.#slab, neighbor, this.#cursor)
    return this.#cursor.value === neighbor
  }

  /** Neighbors of the node; 0 for one never seen. */
  degree(node: number): number {
    this.#table.refresh()
    return this.#table.words[this.#table.entryOf(node) + 1]!
  }

  /** Visits the neighbors in ascending order. The visitor may read and change this graph. */
  forEach(node: number, visit: (neighbor: number) => void): void {
    const chunk = new Uint32Array(Math.min(this.degree(node), CHUNK_NEIGHBORS))
    let from = 0
    for (;;) {
      const count = this.copyTo(node, { from, to: INDEX_LIMIT }, chunk)
      for (let i = 0; i < count; i++) visit(chunk[i]!)
      if (count < chunk.length || count === 0) return
      from = chunk[count - 1]! + 1
    }
  }

  /**
   * Copies the neighbors with from <= neighbor < to into `out`, ascending, as far as there is room,
   * and returns how many. If that is `out.length` there may be more: go on with `from` = the last
   * neighbor + 1.
   */
  copyTo(node: number, { from, to }: { from: number; to: number }, out: Uint32Array): number {
    const end = Math.min(to, INDEX_LIMIT)
    let key = Math.max(from, 0)
    let count = 0
    let attempt = 0
    while (key < end && count < out.length) {
      const { version } = this.#slab
      if (attempt++ > READ_ATTEMPTS_MAX) {
        throw new Error(`the neighbors of ${node} are being changed without an end`)
      }
      if (version % 2 !== 0) continue
      this.#refresh()
      const copied = this.#copyLeaf(this.#table.entryOf(node), { from: key, to: end }, out, count)
      const { nextKey } = this.#path
      if (copied < 0) this.#slab.renew()
      if (copied < 0 || version !== this.#slab.version) continue
      count = copied
      key = nextKey
      attempt = 0
    }
    return count
  }

  /** Copies from the one leaf where `from` belongs, -1 as for `#find`. Leaves the start of the next in the path. */
  #copyLeaf(
    entry: number,
    { from, to }: { from: number; to: number },
    out: Uint32Array,
    count: number,
  ): number {
    const slab = this.#slab
    const { words } = this.#table
    const degree = words[entry + 1]!
    if (degree < 2) {
      const only = words[entry]!
      this.#path.nextKey = INDEX_LIMIT
      if (degree === 0 || only < from || only >= to) return count
      out[count] = only
      return count + 1
    }
    this.#path.descend(slab, words[entry]!, from)
    if (this.#path.depth < 0) return -1
    const { leaf } = this.#path
    const window = slab.windowOf(leaf)
    let start = codesOf(leaf)
    let previous = -1
    const end = start + sizeOf(slab, leaf)
    if (from > 0) {
      this.#path.seek(slab, from, this.#cursor)
      start = this.#cursor.at
      previous = this.#cursor.previous
    }
    return decodeInto(window, { from: start, end, previous, to }, out, count)
  }

  #refresh(): void {
    this.#table.refresh()
    this.#slab.refresh()
  }
}

function assertIndex(index: number): void {
  if (!(Number.isInteger(index) && index >= 0 && index < INDEX_LIMIT)) {
    throw new RangeError(`${index} is not an index below ${INDEX_LIMIT}`)
  }
}
