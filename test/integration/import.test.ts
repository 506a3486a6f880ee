// A graph comes in by the operators' way: on real processes, through a kill, and past nobody else.

import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { OperatorClient } from '../../loadtest/client/operator.ts'
import { fileEdges } from '../../loadtest/import/edges.ts'
import { checkImport, sampled } from '../../loadtest/import/import-check.ts'
import { Importer } from '../../loadtest/import/importer.ts'
import { Random } from '../../loadtest/std/random.ts'
import { FollowBatchWriter } from '../../protocol/batches.ts'
import { operationsByCode } from '../../protocol/registry.ts'
import { eventually } from '../helpers/eventually.ts'
import { plausibleParams } from '../helpers/garbage-of-operations.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import type { Person } from '../helpers/people.ts'
import { follow, home, http, post, signUp } from '../helpers/people.ts'
import type { RunningCluster } from '../helpers/running-cluster.ts'
import { runningCluster, sharedCluster } from '../helpers/running-cluster.ts'

const token = 'the token of the operators'
const password = 'the same for all of them'
const village = fileURLToPath(new URL('../helpers/graphs/village.edges', import.meta.url))
const env = { ROOKERY_OPERATOR_TOKEN: token }

function doorOf(cluster: RunningCluster): string {
  return `http://127.0.0.1:${cluster.portsOf('gateway-0').adminPort}`
}

function operatorOf(cluster: RunningCluster): OperatorClient {
  return new OperatorClient({ url: doorOf(cluster), token })
}

/** Brings the village in; gives what was done, and what to look for. */
async function bringIn(cluster: RunningCluster) {
  const client = operatorOf(cluster)
  const edges = fileEdges(village, { isDirected: false })
  const taken = sampled(edges, { random: new Random('check'), count: 200 })
  const importer = new Importer({
    client,
    partitionCount: await client.partitionCount(),
    prefix: 'v',
    password,
    inFlight: 8,
    onFollows: () => undefined,
  })
  return { ...(await importer.run(taken.edges)), sample: taken.sample }
}

type Imported = Awaited<ReturnType<typeof bringIn>>

function whatIsWrong(cluster: RunningCluster, { nodes, sample }: Imported): Promise<string[]> {
  return checkImport({ url: cluster.liveUrl, nodes, sample, areCountsKnown: true })
}

async function signIn(cluster: RunningCluster, handle: string): Promise<Person> {
  const body = { handle, password }
  const answer = await http(cluster, { method: 'POST', path: '/v1/sessions', body })
  expect(answer.status).toBe(201)
  const { user, token } = answer.body as { user: { id: string }; token: string }
  return { id: user.id, handle, password, token }
}

test('a graph is there as it stands in its file, also after kill -9 of everything (I1, I2)', async () => {
  await using cluster = await runningCluster({ env })
  const imported = await bringIn(cluster)
  expect(imported.nodes.count).toBe(42)
  expect(imported.added).toBe(imported.follows)
  expect(await whatIsWrong(cluster, imported)).toEqual([])

  const again = await bringIn(cluster)
  expect([again.follows, again.added]).toEqual([imported.follows, 0])
  expect(await whatIsWrong(cluster, imported)).toEqual([])

  const [hub, friend] = [await signIn(cluster, 'v0'), await signIn(cluster, 'v1')]
  const tweetId = await post(cluster, hub, 'who is new here?')
  await cluster.killAll()
  await cluster.start()
  await cluster.untilReady()
  expect(await whatIsWrong(cluster, imported)).toEqual([])
  await eventually(async () => (await home(cluster, friend)).tweets[0]?.id === tweetId, {
    withinMs: 10_000,
    elseDump: () => home(cluster, friend),
  })
})

describe('nobody else', () => {
  const cluster = sharedCluster({ env })
  const forOperators = [...operationsByCode.values()].filter(({ access }) => access === 'operator')

  test('may bring anything in: a client is `forbidden`, signed in or not', async () => {
    const person = await signUp(cluster())
    for (const given of [{}, { token: person.token }]) {
      const client = await TestClient.open(cluster().liveUrl, given)
      for (const operation of forOperators) {
        for (const params of [plausibleParams(operation), {}]) {
          const [, result, error] = await client.request(operation.name, params)
          expect(result, operation.name).toBeNull()
          expect(error, operation.name).toMatchObject({ code: 'forbidden', retry: 'never' })
        }
      }
      client.close()
    }
  })

  test('finds a way over HTTP, or over the admin port without the token', async () => {
    for (const { name } of forOperators) {
      const path = `/operations/${name}`
      expect((await http(cluster(), { method: 'POST', path, token })).status).toBe(404)
      const door = { url: doorOf(cluster()) }
      expect((await http(door, { method: 'POST', path })).status).toBe(403)
      expect((await http(door, { method: 'POST', path, token: `${token}s` })).status).toBe(403)
    }
  })
})

test('an import and single follows of the same people leave each edge once (I2)', async () => {
  await using cluster = await runningCluster({ env })
  const people: Person[] = []
  for (let number = 0; number < 3; number++) people.push(await signUp(cluster))
  const author = await signUp(cluster, 'shard-1')
  const operator = operatorOf(cluster)
  const writer = new FollowBatchWriter()
  const imports = people.map(({ id }) => {
    writer.reset()
    writer.begin(Number(id), 1)
    writer.add(Number(author.id))
    const partition = Math.floor(Number(id) / 16) % 256
    return operator.call('import.follows', { partition, follows: writer.copy() })
  })
  await Promise.all([...imports, ...people.map((person) => follow(cluster, person, author))])
  const path = `/v1/users/@${author.handle}`
  await eventually(
    async () => {
      const { body } = await http(cluster, { path })
      return (body as { user: { counts: { followers: number } } }).user.counts.followers === 3
    },
    { withinMs: 10_000, elseDump: async () => (await http(cluster, { path })).text },
  )
})
