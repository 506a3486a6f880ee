// EdgeLists: an Adjacency that edges come to in any order, and that puts them into its lists several at a time.
//
//   add, one by one ------> WaitingEdges ---.
//                                            >--> Adjacency      before anybody looks at the list
//   stage, by the million -> EdgeStage -----'
//
// Promises: whoever looks at a node finds all edges of it that were added. What waits is bounded, and to put in what
// waits for one node takes microseconds. Where memory is used up, whoever has to put edges in gets
// a RangeError; those on a card stay there, and nobody sees the list without them.
//
// Threads: as Adjacency, which is what other threads get. They see no edge that waits: `settle` the nodes that they are
// to look at.

import { Adjacency, type SharedAdjacency } from './adjacency.ts'
import { EdgeStage } from './edge-stage.ts'
import { sortRun, withoutTwins } from './sorted-runs.ts'
import { WaitingEdges, waitingEachMax } from './waiting-edges.ts'

/** For so many nodes edges wait, in 128 bytes each. */
const waitingNodesMaxDefault = 2 ** 17

/** So many edges go straight into their lists for each node that makes room. */
const turnedAwayPerRoom = 16

export class EdgeLists {
  readonly #edges: Adjacency
  readonly #staged: EdgeStage
  readonly #waiting: WaitingEdges
  #turnedAway = 0
  readonly #taken = new Uint32Array(waitingEachMax)

  /** @param options `bytesMax` as of an Adjacency */
  constructor(options: { waitingNodesMax?: number; bytesMax?: number } = {}) {
    const { waitingNodesMax = waitingNodesMaxDefault, ...own } = options
    this.#edges = new Adjacency(own)
    this.#staged = new EdgeStage(this.#edges)
    this.#waiting = new WaitingEdges(waitingNodesMax)
  }

  /** Adds an edge, now or later. One that is there already is there once. */
  add(node: number, neighbor: number): void {
    // Those behind a snapshot go the way of those in it.
    if (this.#staged.count > 0) {
      this.#staged.add(node, neighbor)
      return
    }
    if (this.#waiting.add(node, neighbor)) return
    if (this.#waiting.has(node)) {
      this.#putIn(node)
      this.#waiting.add(node, neighbor)
      return
    }
    this.#edges.add(node, neighbor)
    // Those for whom little comes make room, a few at a time, for those for whom more does.
    if (++this.#turnedAway % turnedAwayPerRoom === 0) this.#putIn(this.#waiting.nextNode())
  }

  /** The same for one of very many that come together. */
  stage(node: number, neighbor: number): void {
    this.#staged.add(node, neighbor)
  }

  /** As `Adjacency.addMany`. */
  addMany(node: number, neighbors: Uint32Array): void {
    this.#settled(node).addMany(node, neighbors)
  }

  /** Removes an edge. False if it is not there. */
  remove(node: number, neighbor: number): boolean {
    return this.#settled(node).remove(node, neighbor)
  }

  has(node: number, neighbor: number): boolean {
    return this.#settled(node).has(node, neighbor)
  }

  /** Neighbors of the node; 0 for one never seen. */
  degree(node: number): number {
    return this.#settled(node).degree(node)
  }

  /** As `Adjacency.forEach`. */
  forEach(node: number, visit: (neighbor: number) => void): void {
    this.#settled(node).forEach(node, visit)
  }

  /** As `Adjacency.copyTo`. */
  copyTo(node: number, range: { from: number; to: number }, out: Uint32Array): number {
    return this.#settled(node).copyTo(node, range, out)
  }

  /** All edges; one that waits and is there already counts twice until it is looked at. */
  get edgeCount(): number {
    return this.#edges.edgeCount + this.#staged.count + this.#waiting.count
  }

  /** Bytes of memory held. */
  get bytes(): number {
    return this.#edges.bytes + this.#waiting.bytes
  }

  /** What another thread needs to attach an Adjacency to the lists. */
  share(): SharedAdjacency {
    return this.#edges.share()
  }

  /** Puts in what waits for a node. */
  settle(node: number): void {
    this.#settled(node)
  }

  /** Puts in what was staged, which whoever looks next would do. */
  settleStaged(): void {
    if (this.#staged.count > 0) this.#staged.settle()
  }

  /** The lists, with all that waited for this node in them. */
  #settled(node: number): Adjacency {
    if (this.#staged.count > 0) this.#staged.settle()
    if (this.#waiting.has(node)) this.#putIn(node)
    return this.#edges
  }

  #putIn(node: number): void {
    const taken = this.#taken
    const run = { from: 0, to: this.#waiting.copyTo(node, taken) }
    sortRun(taken, run)
    // Where a list cannot grow they wait on, and whoever looks hears of it, rather than see a list without them.
    this.#edges.addMany(node, taken, { from: 0, to: withoutTwins(taken, run) })
    this.#waiting.clear(node)
  }
}
