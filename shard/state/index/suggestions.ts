// Whom to follow: where walks of two steps through the graph end most often.
//
//   reader  -follows->  F  <-follows-  somebody alike  -follows->  whom to suggest
//
// All of it is local memory: the followings of a hosted user are whole here, and of every author the hosted
// followers are known. So the people alike are those of this process, which are many and as good as any. Each step
// takes a sample, so that a walk costs the same in any graph; who has many followers is reached from
// everywhere and says little, so what counts is the number of paths over the square root of the followers, as the
// cosine of two sets does. Source: Gupta et al., "WTF: The Who to Follow Service at Twitter", WWW 2013,
// section 5 (circle of trust, and the walk between hubs and authorities).

import type { Neighbors } from '../graph/adjacency.ts'
import { walkFolloweesMax, walkFollowersMax, walkFollowingsMax, walkProbesMax } from './limits.ts'

type Graph = Pick<Neighbors, 'degree' | 'copyTo'>

export type Walk = {
  readonly followings: Graph
  readonly followers: Graph
  /** All are dense indexes below this one. */
  readonly indexEnd: number
  readonly reader: number
  /** What the same walk begins with: the same seed gives the same sample. */
  readonly seed: number
  readonly limit: number
  followerCount(user: number): number
  /** Whether whom somebody follows may be told to the reader. */
  mayWalk(user: number): boolean
  /** Whether somebody may be suggested: asked of those alone who would be. */
  isCandidate(user: number): boolean
}

/** @returns dense indexes, the best first */
export function suggest(walk: Walk): number[] {
  const sampler = new Sampler(walk)
  const paths = new PathCounts()
  for (const user of alike(walk, sampler)) {
    if (!walk.mayWalk(user)) continue
    for (const followee of sampler.take(walk.followings, user, walkFolloweesMax))
      paths.add(followee)
  }
  return best(walk, paths)
}

/** People who follow somebody whom the reader follows; anybody where the reader follows nobody. */
function* alike(
  { followings, followers, reader, indexEnd }: Walk,
  sampler: Sampler,
): Generator<number> {
  if (followings.degree(reader) === 0) {
    yield* anybody({ followings, indexEnd }, sampler)
    return
  }
  for (const followee of [...sampler.take(followings, reader, walkFollowingsMax)]) {
    for (const user of [...sampler.take(followers, followee, walkFollowersMax)]) {
      if (user !== reader) yield user
    }
  }
}

/** Some who follow somebody: all who do where there are few people, else those around a few places. */
function* anybody(
  { followings, indexEnd }: Pick<Walk, 'followings' | 'indexEnd'>,
  sampler: Sampler,
): Generator<number> {
  const probes = Math.min(indexEnd, walkProbesMax)
  let left = walkFollowingsMax * walkFollowersMax
  for (let probe = 0, user = 0; probe < probes && left > 0; probe++, user++) {
    const isJump = probe % probesPerPlace === 0 && indexEnd > walkProbesMax
    if (isJump) user = sampler.below(indexEnd - probesPerPlace)
    if (followings.degree(user) === 0) continue
    left--
    yield user
  }
}

const probesPerPlace = 64

function best({ limit, followerCount, isCandidate }: Walk, paths: PathCounts): number[] {
  const users: number[] = []
  const scores: number[] = []
  paths.forEach((user, count) => {
    const score = count / Math.sqrt(1 + followerCount(user))
    if (users.length === limit && score <= scores[limit - 1]!) return
    if (!isCandidate(user)) return
    let place = users.length
    while (place > 0 && scores[place - 1]! < score) place--
    users.splice(place, 0, user)
    scores.splice(place, 0, score)
    if (users.length > limit) {
      users.pop()
      scores.pop()
    }
  })
  return users
}

/** A part of the list is read from so many places. */
const windows = 4

/** Takes samples of neighbors: all where they are few, else some from several places of the list. */
class Sampler {
  readonly #indexEnd: number
  readonly #taken = new Uint32Array(Math.max(walkFollowingsMax, walkFollowersMax, walkFolloweesMax))
  #state: number

  constructor({ indexEnd, seed }: { readonly indexEnd: number; readonly seed: number }) {
    this.#indexEnd = indexEnd
    this.#state = seed >>> 0
  }

  /** Source: Mulberry32 (Ettinger, public domain). */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }

  /** @returns neighbors, good until the next call; some may be there twice */
  take(graph: Graph, node: number, max: number): Uint32Array {
    const degree = graph.degree(node)
    if (degree <= max) {
      return this.#taken.subarray(
        0,
        graph.copyTo(node, { from: 0, to: this.#indexEnd }, this.#taken),
      )
    }
    let count = 0
    const part = Math.ceil(max / windows)
    for (let window = 0; window < windows && count < max; window++) {
      const from = this.below(this.#indexEnd)
      const room = this.#taken.subarray(count, Math.min(count + part, max))
      count += graph.copyTo(node, { from, to: this.#indexEnd }, room)
    }
    return this.#taken.subarray(0, count)
  }
}

/** Cells of the table: twice the ends of all walks. */
const cells = 2 ** Math.ceil(Math.log2(2 * walkFollowingsMax * walkFollowersMax * walkFolloweesMax))

/** How many paths lead to each user: an open table of users and counts. */
class PathCounts {
  /** Users plus one, so that 0 is nobody. */
  readonly #users = new Uint32Array(cells)
  readonly #counts = new Uint16Array(cells)
  readonly #taken: number[] = []

  add(user: number): void {
    let cell = (Math.imul(user, 0x9e3779b1) >>> 8) & (cells - 1)
    while (this.#users[cell] !== 0 && this.#users[cell] !== user + 1)
      cell = (cell + 1) & (cells - 1)
    if (this.#users[cell] === 0) {
      this.#users[cell] = user + 1
      this.#taken.push(cell)
    }
    this.#counts[cell]!++
  }

  forEach(visit: (user: number, count: number) => void): void {
    for (const cell of this.#taken) visit(this.#users[cell]! - 1, this.#counts[cell]!)
  }
}
