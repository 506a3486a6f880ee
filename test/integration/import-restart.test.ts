// An import that is broken off by kill -9, of one shard or of everything, and begun again: the graph is there as
// if nothing had happened, no edge lost and none doubled, and primary and replica hold the same. (I1, I2, I7)

import { expect, test } from 'vitest'
import { CallFailure, Client } from '../../loadtest/client/client.ts'
import { OperatorClient } from '../../loadtest/client/operator.ts'
import type { Edges } from '../../loadtest/import/edges.ts'
import { madeEdges } from '../../loadtest/import/edges.ts'
import { Importer } from '../../loadtest/import/importer.ts'
import type { NodeTable } from '../../loadtest/import/node-table.ts'
import { forEachBounded } from '../../loadtest/std/bounded.ts'
import { Random } from '../../loadtest/std/random.ts'
import type { UserId } from '../../protocol/ids.ts'
import { pageLimitMax } from '../../protocol/limits.ts'
import { eventually } from '../helpers/eventually.ts'
import type { RunningCluster } from '../helpers/running-cluster.ts'
import { runningCluster } from '../helpers/running-cluster.ts'

const token = 'the token of the operators'
/** Each shard hosts every partition, so that each has a second one to be compared with. */
const env = { ROOKERY_OPERATOR_TOKEN: token, ROOKERY_REPLICAS: '1' }
const graph = { nodes: 1_000, followsEach: 20 }
const inFlight = 4
/** Of 64 batches, so that some are through, some on their way, and some not begun. */
const answersBeforeKill = 16
const settledWithinMs = 30_000

type OperatorCall = OperatorClient['call']
type Batch = Parameters<OperatorCall>[0]

/** The same edges each time. */
function edges(): Edges {
  return madeEdges(new Random('an import that is broken off'), graph)
}

/** Whom each node follows, by their labels. */
async function expectedFollows(): Promise<Map<number, Set<number>>> {
  const follows = new Map<number, Set<number>>()
  for await (const { from, to, count } of edges().windows) {
    for (let edge = 0; edge < count; edge++) {
      const [follower, followee] = [from[edge]!, to[edge]!]
      const followees = follows.get(follower) ?? new Set()
      if (follower !== followee) follows.set(follower, followees.add(followee))
    }
  }
  return follows
}

/** An operator that does something once, when so many batches of a kind have been answered. */
function operatorOf(
  cluster: RunningCluster,
  options: { readonly retriesMax?: number; readonly after?: Batch; readonly run?: () => void } = {},
): OperatorClient {
  const { retriesMax = 40, after, run } = options
  const url = `http://127.0.0.1:${cluster.portsOf('gateway-0').adminPort}`
  const client = new OperatorClient({ url, token }, { retriesMax })
  const call = client.call.bind(client) as OperatorCall
  let answers = 0
  client.call = (async (name: Batch, params: never) => {
    const answer = await call(name, params)
    if (name === after && ++answers === answersBeforeKill) run?.()
    return answer
  }) as OperatorCall
  return client
}

async function bringIn(client: OperatorClient) {
  const importer = new Importer({
    client,
    partitionCount: await client.partitionCount(),
    prefix: 'i',
    password: undefined,
    inFlight,
    onFollows: () => undefined,
  })
  return await importer.run(edges())
}

/** Reads every list of every user, and the counts of all who are in it. */
async function expectWholeGraph(cluster: RunningCluster, nodes: NodeTable): Promise<void> {
  const follows = await expectedFollows()
  const client = await Client.open({ url: cluster.liveUrl })
  try {
    await forEachBounded([...follows], inFlight * 4, async ([label, followees]) => {
      const node = nodes.indexOf(label)
      const expected = [...followees].map((followee) => nodes.indexOf(followee))
      await eventually(async () => (await differenceAt(client, { nodes, node, expected })) === '', {
        withinMs: settledWithinMs,
        elseDump: () => differenceAt(client, { nodes, node, expected }),
      })
    })
  } finally {
    client.close()
  }
}

/** Empty where the list of a user is what it should be, and so are the counts of all in it. */
async function differenceAt(
  client: Client,
  asked: { readonly nodes: NodeTable; readonly node: number; readonly expected: readonly number[] },
): Promise<string> {
  const { nodes, node, expected } = asked
  const userId = nodes.userIds[node]! as UserId
  const { users } = await client.call('user.following', { userId, limit: pageLimitMax })
  const found = users.map(({ id, counts }) => `${id}: ${counts.followers}, ${counts.following}`)
  const wanted = expected.map(
    (one) => `${nodes.userIds[one]}: ${nodes.followers[one]}, ${nodes.following[one]}`,
  )
  if (found.sort().join() === wanted.sort().join()) return ''
  return `${userId} follows ${found.join('; ')}; expected is ${wanted.join('; ')}`
}

type Digests = {
  readonly position: Readonly<Record<string, string>>
  readonly digest: Readonly<Record<string, string>>
}

/** I7: both shards stand at the same entry of each partition, and hold the same facts of it. */
async function expectSameDigests(cluster: RunningCluster): Promise<void> {
  const read = async (shard: string): Promise<Digests> => {
    const { adminPort } = cluster.portsOf(shard)
    return (await (await fetch(`http://127.0.0.1:${adminPort}/digests`)).json()) as Digests
  }
  const [here, there] = await eventually(
    async () => {
      const both = await Promise.all([read('shard-0'), read('shard-1')])
      const [positions, others] = both.map(({ position }) => JSON.stringify(position))
      const isWhole = Object.keys(both[0].position).length === 64
      return isWhole && positions === others ? both : undefined
    },
    { withinMs: settledWithinMs, elseDump: () => cluster.output.slice(-5_000) },
  )
  expect(there.digest, 'I7').toEqual(here.digest)
}

test('an import goes on through kill -9 of a shard, and adds nothing when it is repeated', async () => {
  await using cluster = await runningCluster({ env })
  const killed: number[] = []
  const client = operatorOf(cluster, {
    after: 'import.follows',
    run: () => killed.push(cluster.signal('shard-0', 'SIGKILL')),
  })
  const first = await bringIn(client)
  expect(killed).toHaveLength(1)
  await eventually(() => !cluster.processes().some(({ pid }) => pid === killed[0]), {
    withinMs: 10_000,
  })
  await cluster.untilReady()
  const again = await bringIn(operatorOf(cluster))
  expect([again.follows, again.added]).toEqual([first.follows, 0])
  expect(again.nodes.userIds).toEqual(first.nodes.userIds)
  await expectWholeGraph(cluster, again.nodes)
  await expectSameDigests(cluster)
})

test('an import that kill -9 of everything broke off twice is whole when it is begun again', async () => {
  await using cluster = await runningCluster({ env })
  for (const after of ['import.users', 'import.follows'] as const) {
    let killed: Promise<void> | undefined
    const run = () => {
      killed = cluster.killAll()
    }
    const broken = bringIn(operatorOf(cluster, { retriesMax: 0, after, run }))
    await expect(broken).rejects.toBeInstanceOf(CallFailure)
    expect(killed).toBeDefined()
    await killed
    await cluster.start()
    await cluster.untilReady()
  }
  const whole = await bringIn(operatorOf(cluster))
  // Some of the follows were there already, and some were not: it was broken off in the midst of them.
  expect(whole.added).toBeGreaterThan(0)
  expect(whole.added).toBeLessThan(whole.follows)
  const again = await bringIn(operatorOf(cluster))
  expect([again.follows, again.added]).toEqual([whole.follows, 0])
  expect(again.nodes.userIds).toEqual(whole.nodes.userIds)
  await expectWholeGraph(cluster, again.nodes)
  await expectSameDigests(cluster)
})
