// The people around a celebrity: who there is, and who follows whom. Pure: chance is a seeded stream.
//
//   node 0                    the celebrity
//   nodes 1 to 200            authors, of whom each follows some others
//   then the followers        of the celebrity and of some authors each
//   then the latecomers       of some authors; the celebrity comes later
//
// So a celebrity's tweet meets, in nearly every timeline, tweets that were delivered in another way.

import type { Random } from '../std/random.ts'
import type { Edges, EdgeWindow } from './edges.ts'

/** Authors beside the celebrity. */
export const authorCount = 200
/** Of those, how many everybody follows. */
export const authorsFollowed = 5
/** Edges of a window of an import. */
const windowEdges = 64 * 1024

export type CelebrityCrowdSize = { readonly followers: number; readonly latecomers: number }

export class CelebrityCrowd {
  readonly nodeCount: number
  /** The first follower, and the first latecomer. */
  readonly followersFrom = 1 + authorCount
  readonly latecomersFrom: number
  /** Authors whom each node but the celebrity follows, one node after the other. */
  readonly #authors: Uint8Array

  constructor(random: Random, { followers, latecomers }: CelebrityCrowdSize) {
    this.latecomersFrom = this.followersFrom + followers
    this.nodeCount = this.latecomersFrom + latecomers
    this.#authors = new Uint8Array(this.nodeCount * authorsFollowed)
    for (let node = 1; node < this.nodeCount; node++) this.#choose(random, node)
  }

  /** Whom a node follows before the first tweet. */
  followeesOf(node: number): number[] {
    if (node === 0) return []
    const start = node * authorsFollowed
    const authors = [...this.#authors.subarray(start, start + authorsFollowed)]
    return node >= this.followersFrom && node < this.latecomersFrom ? [0, ...authors] : authors
  }

  /** The same for all of them, as an import wants it: labels are nodes. */
  edges(): Edges {
    return { estimate: this.nodeCount * (authorsFollowed + 1), windows: this.#windows() }
  }

  *#windows(): Iterable<EdgeWindow> {
    const room = windowEdges + authorsFollowed + 1
    const window = { from: new Float64Array(room), to: new Float64Array(room), count: 0 }
    for (let node = 0; node < this.nodeCount; node++) {
      for (const followee of this.followeesOf(node)) {
        window.from[window.count] = node
        window.to[window.count++] = followee
      }
      if (window.count < windowEdges) continue
      yield window
      window.count = 0
    }
    yield window
  }

  #choose(random: Random, node: number): void {
    const chosen = new Set<number>()
    while (chosen.size < authorsFollowed) {
      const author = 1 + random.below(authorCount)
      if (author !== node) chosen.add(author)
    }
    this.#authors.set([...chosen], node * authorsFollowed)
  }
}
