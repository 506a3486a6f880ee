// Whether an import is there: a random sample of its edges, and the counts of those at their ends.
//
// Follows reach the other shards within a moment, not at once: what differs is asked again for some seconds.

import { setTimeout as delay } from 'node:timers/promises'
import type { UserId } from '../../protocol/ids.ts'
import { Client } from '../client/client.ts'
import { forEachBounded } from '../std/bounded.ts'
import { closing } from '../std/closing.ts'
import type { Random } from '../std/random.ts'
import type { Edges, EdgeWindow } from './edges.ts'
import type { NodeTable } from './node-table.ts'

const settleMsMax = 10_000
const settlePauseMs = 200
const askedAtOnce = 16

/** Labels of edges, loops left out. */
export type SampledEdge = { from: number; to: number }

/**
 * The same edges, of which `sample` then holds a random part: each of its places one edge, all of them equally
 * likely.
 */
export function sampled(
  edges: Edges,
  chance: { readonly random: Random; readonly count: number },
): { readonly edges: Edges; readonly sample: readonly SampledEdge[] } {
  const sample: SampledEdge[] = []
  const windows = takingSample(edges.windows, { ...chance, sample })
  return { edges: { estimate: edges.estimate, windows }, sample }
}

async function* takingSample(
  windows: Edges['windows'],
  given: { readonly random: Random; readonly count: number; readonly sample: SampledEdge[] },
): AsyncIterable<EdgeWindow> {
  const { random, count, sample } = given
  let total = 0
  for await (const window of windows) {
    total += window.count
    for (let place = 0; place < count && window.count > 0; place++) {
      if (!random.chance(window.count / total)) continue
      const edge = random.below(window.count)
      sample[place] = { from: window.from[edge]!, to: window.to[edge]! }
    }
    yield window
  }
}

export type ImportCheck = {
  readonly url: string
  readonly nodes: NodeTable
  readonly sample: readonly SampledEdge[]
  /** Whether every edge that was read was new: only then it is known how many follow whom. */
  readonly areCountsKnown: boolean
}

/** @returns what is wrong, a line each */
export async function checkImport(check: ImportCheck): Promise<string[]> {
  const wrong: string[] = []
  const deadlineMs = performance.now() + settleMsMax
  const opened = await Client.open({ url: check.url })
  await closing(opened, (client) =>
    forEachBounded(check.sample, askedAtOnce, async (edge) => {
      if (edge.from === edge.to) return
      for (;;) {
        const problem = await problemOf(client, check, edge)
        if (problem === undefined) return
        if (performance.now() > deadlineMs) {
          wrong.push(problem)
          return
        }
        await delay(settlePauseMs)
      }
    }),
  )
  return wrong
}

async function problemOf(
  client: Client,
  { nodes, areCountsKnown }: ImportCheck,
  edge: SampledEdge,
): Promise<string | undefined> {
  const [from, to] = [nodes.indexOf(edge.from), nodes.indexOf(edge.to)]
  const [followerId, followeeId] = [nodes.userIds[from]!, nodes.userIds[to]!]
  // A page that starts right behind the one who is looked for.
  const page = { userId: followerId as UserId, before: followeeId + 1, limit: 1 }
  const { users } = await client.call('user.following', page as never)
  if (users[0]?.id !== followeeId) return `${edge.from} does not follow ${edge.to}`
  if (!areCountsKnown) return undefined
  const problems = await Promise.all([
    countProblem(client, nodes, { node: from, what: 'following' }),
    countProblem(client, nodes, { node: to, what: 'followers' }),
  ])
  return problems.find((problem) => problem !== undefined)
}

async function countProblem(
  client: Client,
  nodes: NodeTable,
  { node, what }: { readonly node: number; readonly what: 'following' | 'followers' },
): Promise<string | undefined> {
  const id = nodes.userIds[node]! as UserId
  const { user } = await client.call('user.get', { user: { id } })
  if (user.counts[what] === nodes[what][node]) return undefined
  return `${nodes.labels[node]}: ${what} ${user.counts[what]}, expected ${nodes[what][node]}`
}
