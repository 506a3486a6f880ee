// What a follow costs in memory, all overhead counted: the difference in resident memory that a graph
// makes which grew edge by edge in random order, before and after a tenth of its edges was exchanged.
//
// A process that holds a part of the users holds their lists, with neighbours from the whole network. So
// a sample of the lists is built, with the gaps that they have in the whole: `graphUsers` users, of whom
// everybody follows 200, or who follow each other in the shape of twitter-2010.

import { Adjacency } from '../../../shard/state/graph/adjacency.ts'
import { INDEX_LIMIT } from '../../../shard/state/memory/paged-table.ts'
import { type PowerLaw, type Random, randomFrom, Shuffle, twitterLaws } from '../graphs.ts'
import type { Row } from '../measure.ts'
import { type Measure, residentBytes, type Sizes } from './measure.ts'

const evenDegree = 200
const bytesGoal = { atMost: 3 }
const changedPart = 0.1
/** A list of the power law is that much shorter on average. */
const sampledPerNode = 5
/** Edges of a graph that is only there to have the code compiled before memory is weighed. */
const warmEdges = 200_000

export const edgeMemoryEven: Measure = {
  name: 'edge-memory',
  about: 'bytes of a follow, 200 a user',
  bytesNeeded: ({ nodes }) => nodes * evenDegree * 4 + 2 ** 28,
  isInSmallPages: true,
  run({ nodes, graphUsers }) {
    const random = randomFrom(21)
    const edges = nodes * evenDegree
    const note = `${nodes} of ${graphUsers} users, ${evenDegree} each`
    return measure('200 a user', { edges, note }, (visit) =>
      visit(random.below(nodes), random.below(graphUsers)),
    )
  },
}

export const edgeMemoryFollowers: Measure = {
  name: 'edge-memory-followers',
  about: 'bytes of a follow in the lists of followers, in the shape of twitter-2010',
  bytesNeeded: bytesNeededOfLaw,
  isInSmallPages: true,
  run({ nodes, graphUsers }) {
    const { followers, follows } = twitterLaws(graphUsers)
    const sample = sampleOf(nodes, graphUsers)
    return measureLaw('followers, power law', { lists: followers, others: follows, sample })
  },
}

export const edgeMemoryFollows: Measure = {
  name: 'edge-memory-follows',
  about: 'bytes of a follow in the lists of those who are followed, in the shape of twitter-2010',
  bytesNeeded: bytesNeededOfLaw,
  isInSmallPages: true,
  run({ nodes, graphUsers }) {
    const { followers, follows } = twitterLaws(graphUsers)
    const sample = sampleOf(nodes, graphUsers)
    return measureLaw('followings, power law', { lists: follows, others: followers, sample })
  },
}

function sampleOf(nodes: number, graphUsers: number): number {
  return Math.min(nodes * sampledPerNode, graphUsers)
}

function bytesNeededOfLaw({ nodes, graphUsers }: Sizes): number {
  // 35 neighbours on average, and a little over 20 bytes for choosing among the lists.
  return sampleOf(nodes, graphUsers) * (35 * 5 + 32) + 2 ** 28
}

/** Lists of every n-th rank; each edge falls on a list, and on a neighbour, as often as their laws say. */
function measureLaw(
  what: string,
  { lists, others, sample }: { lists: PowerLaw; others: PowerLaw; sample: number },
): Row[] {
  const users = lists.ranks
  const stride = users / sample
  const random = randomFrom(22)
  const shuffle = new Shuffle(users, 23)
  // Ranks are sampled evenly, so the lists of the sample share the edges as all lists share all of them.
  const sampled = Float64Array.from({ length: sample }, (_, at) =>
    lists.degreeOf((at + 0.5) * stride),
  )
  const edges = Math.round(sampled.reduce((sum, degree) => sum + degree, 0))
  const draw = sampler(sampled, random)
  const note = `${sample} of ${users} users, the longest list ${Math.round(sampled[0]!)}`
  return measure(what, { edges, note }, (visit) =>
    visit(draw(), shuffle.to(others.draw(random) - 1)),
  )
}

/** Draws places in proportion to their weights, in constant time (Walker's alias method, 1977; Vose, 1991). */
function sampler(weights: Float64Array, random: Random): () => number {
  const { length } = weights
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / length
  const parts = weights.map((weight) => weight / mean)
  const aliases = new Uint32Array(length)
  // Those with less than the mean stand at the front, the others at the back.
  const waiting = new Uint32Array(length)
  let [small, large] = [0, length]
  for (let at = 0; at < length; at++) waiting[parts[at]! < 1 ? small++ : --large] = at
  while (small > 0 && large < length) {
    const poor = waiting[--small]!
    const rich = waiting[large]!
    aliases[poor] = rich
    parts[rich] = parts[rich]! + parts[poor]! - 1
    if (parts[rich]! >= 1) continue
    large++
    waiting[small++] = rich
  }
  for (const at of waiting.subarray(0, small)) parts[at] = 1
  for (const at of waiting.subarray(large)) parts[at] = 1
  return () => {
    const at = random.below(length)
    return random.unit() < parts[at]! ? at : aliases[at]!
  }
}

/** Grows a graph by random edges, exchanges a tenth of them, and weighs it both times. */
function measure(
  what: string,
  { edges, note }: { readonly edges: number; readonly note: string },
  draw: (visit: (node: number, neighbor: number) => unknown) => void,
): Row[] {
  const warm = new Adjacency()
  for (let edge = 0; edge < warmEdges; edge++) draw((node, neighbor) => warm.add(node, neighbor))
  const before = residentBytes()
  const graph = new Adjacency()
  const add = (node: number, neighbor: number): void => {
    graph.add(node, neighbor)
  }
  for (let edge = 0; edge < edges; edge++) draw(add)
  const grown = (residentBytes() - before) / graph.edgeCount
  const found = new Uint32Array(1)
  // A random place in a random edge's list: the first neighbour from there on is unfollowed.
  const remove = (node: number, place: number): void => {
    const count = graph.copyTo(node, { from: place, to: INDEX_LIMIT }, found)
    if (count === 1 && graph.remove(node, found[0]!)) draw(add)
  }
  for (let change = 0; change < edges * changedPart; change++) draw(remove)
  const changed = (residentBytes() - before) / graph.edgeCount
  const held = graph.bytes / graph.edgeCount
  return [
    { what: `${what}: grown at random`, value: grown, unit: 'bytes a follow and direction', note },
    {
      what: `${what}: a tenth exchanged`,
      value: changed,
      unit: 'bytes a follow and direction',
      goal: bytesGoal,
      note: `${graph.edgeCount} edges; ${held.toFixed(2)} by the graph's own count`,
    },
  ]
}
