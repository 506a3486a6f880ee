import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CallFailure } from '../../../loadtest/client/client.ts'
import type { OperatorClient } from '../../../loadtest/client/operator.ts'
import type { Edges } from '../../../loadtest/import/edges.ts'
import { fileEdges, madeEdges } from '../../../loadtest/import/edges.ts'
import { sampled } from '../../../loadtest/import/import-check.ts'
import { Importer } from '../../../loadtest/import/importer.ts'
import { NodeTable } from '../../../loadtest/import/node-table.ts'
import { GraphError } from '../../../loadtest/people/population.ts'
import { Random } from '../../../loadtest/std/random.ts'
import { FollowBatchReader, packIds } from '../../../protocol/batches.ts'
import { failure } from '../../../protocol/errors.ts'
import { IdGenerator, idEpochMs, partitionOfHandle, partitionOfId } from '../../../protocol/ids.ts'
import { importFollowsMax, importUsersMax } from '../../../protocol/limits.ts'
import { temporaryDirectory } from '../../helpers/temporary-directory.ts'

type Pair = readonly [from: number, to: number]

async function pairsOf({ windows }: Edges): Promise<Pair[]> {
  const pairs: Pair[] = []
  for await (const { from, to, count } of windows) {
    for (let edge = 0; edge < count; edge++) pairs.push([from[edge]!, to[edge]!])
  }
  return pairs
}

function edgesOf(pairs: readonly Pair[], windowLength = 1_000): Edges {
  const windows = []
  for (let start = 0; start < pairs.length; start += windowLength) {
    const window = pairs.slice(start, start + windowLength)
    windows.push({
      from: Float64Array.from(window, ([from]) => from),
      to: Float64Array.from(window, ([, to]) => to),
      count: window.length,
    })
  }
  return { estimate: pairs.length, windows }
}

/** A server that takes batches as the definitions promise. */
class FakeServer {
  readonly handles = new Map<string, number>()
  readonly follows = new Set<string>()
  readonly batchSizes: number[] = []
  readonly #ids = new Map<number, IdGenerator>()

  readonly client = {
    call: async (name: string, params: { partition: number }) =>
      name === 'import.users' ? this.#users(params as never) : this.#follows(params as never),
  } as unknown as Pick<OperatorClient, 'call'>

  #users({ partition, handles }: { partition: number; handles: readonly string[] }) {
    expect(handles.length).toBeLessThanOrEqual(importUsersMax)
    const ids = handles.map((handle) => {
      expect(partitionOfHandle(handle, 4)).toBe(partition)
      const generator = this.#ids.get(partition) ?? new IdGenerator(partition)
      this.#ids.set(partition, generator)
      const id = this.handles.get(handle) ?? generator.next(idEpochMs + 1)
      this.handles.set(handle, id)
      return id
    })
    return { userIds: packIds(ids) }
  }

  #follows({ partition, follows }: { partition: number; follows: Uint8Array }) {
    const reader = new FollowBatchReader().open(follows)
    const before = this.follows.size
    let size = 0
    while (reader.next()) {
      expect(partitionOfId(reader.followerId)).toBe(partition)
      size += reader.count
      for (const followee of reader.followees.subarray(0, reader.count)) {
        this.follows.add(`${reader.followerId} ${followee}`)
      }
    }
    this.batchSizes.push(size)
    return { added: this.follows.size - before }
  }
}

function importInto({ client }: Pick<FakeServer, 'client'>) {
  return new Importer({
    client,
    partitionCount: 4,
    prefix: 'n',
    password: undefined,
    inFlight: 3,
    onFollows: () => undefined,
  })
}

describe('an importer', () => {
  test('brings every edge in once, whatever their order and repeats, and leaves loops out', async () => {
    const node = fc.nat({ max: 12 })
    const pairs = fc.array(fc.tuple(node, node), { maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(pairs, fc.integer({ min: 1, max: 50 }), async (given, windowLength) => {
        const server = new FakeServer()
        const { nodes, follows, added } = await importInto(server).run(edgesOf(given, windowLength))
        const proper = given.filter(([from, to]) => from !== to)
        const idOf = (label: number) => server.handles.get(`n${label}`)!
        const expected = new Set(proper.map(([from, to]) => `${idOf(from)} ${idOf(to)}`))
        expect(server.follows).toEqual(expected)
        expect([follows, added]).toEqual([proper.length, expected.size])
        expect(nodes.count).toBe(new Set(given.flat()).size)
      }),
    )
  })

  test('fills its batches to the limit, and sends what is left at the end', async () => {
    const server = new FakeServer()
    const pairs = [...Array(3 * importFollowsMax).keys()].map((to): Pair => [0, to + 1])
    await importInto(server).run(edgesOf(pairs))
    expect(server.batchSizes).toEqual([importFollowsMax, importFollowsMax, importFollowsMax])
  })

  test('ends with the first batch that fails for good', async () => {
    const refusal = new CallFailure(failure('forbidden'), 1)
    const { client } = new FakeServer()
    const refusing = {
      call: async (name: string, params: never) => {
        if (name === 'import.follows') throw refusal
        return await client.call('import.users', params)
      },
    } as never
    const pairs: Pair[] = [
      [1, 2],
      [2, 3],
    ]
    await expect(importInto({ client: refusing }).run(edgesOf(pairs))).rejects.toBe(refusal)
  })
})

describe('the edges of a file', () => {
  test('come as they stand, or both ways, and comments are passed over', async () => {
    const path = join(temporaryDirectory(), 'graph.edges')
    writeFileSync(path, '%%MatrixMarket\n# a comment\n1 2\n3\t1 0.5\n2,7')
    const directed = [
      [1, 2],
      [3, 1],
      [2, 7],
    ]
    expect(await pairsOf(fileEdges(path, { isDirected: true }))).toEqual(directed)
    const both = directed.flatMap(([from, to]) => [
      [from, to],
      [to, from],
    ])
    expect(await pairsOf(fileEdges(path, { isDirected: false }))).toEqual(both)
  })

  test('name the line that is none', async () => {
    const path = join(temporaryDirectory(), 'graph.edges')
    writeFileSync(path, '1 2\n3 x\n')
    const reading = pairsOf(fileEdges(path, { isDirected: true }))
    await expect(reading).rejects.toThrow(GraphError)
    await expect(reading).rejects.toThrow('line 2')
  })

  test('are many windows for a file that is longer than one', async () => {
    const path = join(temporaryDirectory(), 'graph.edges')
    const lines = Array.from({ length: 200_000 }, (_, line) => `${line} ${line + 1}`)
    writeFileSync(path, lines.join('\n'))
    const edges = fileEdges(path, { isDirected: true })
    expect(edges.estimate).toBeGreaterThan(150_000)
    const pairs = await pairsOf(edges)
    expect(pairs).toHaveLength(lines.length)
    expect(pairs.at(-1)).toEqual([199_999, 200_000])
  })
})

describe('a made-up graph', () => {
  test('has all its users, no edge twice, and a few who are far more followed', async () => {
    const size = { nodes: 400, followsEach: 20 }
    const pairs = await pairsOf(madeEdges(new Random('a'), size))
    expect(new Set(pairs.map(([from, to]) => `${from} ${to}`)).size).toBe(8_000)
    const followers = Map.groupBy(pairs, ([, to]) => to)
    expect(followers.get(0)!.length).toBeGreaterThan(300)
    expect(pairs.every(([from, to]) => from < 400 && to < 400)).toBe(true)
    expect(await pairsOf(madeEdges(new Random('a'), size))).toEqual(pairs)
  })

  test('of few users may be one where all follow all', async () => {
    const pairs = await pairsOf(madeEdges(new Random('a'), { nodes: 3, followsEach: 9 }))
    expect(pairs.slice(0, 3)).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
    ])
  })
})

test('a sample takes of every part of a graph, and leaves the graph as it is', async () => {
  const pairs = Array.from({ length: 10_000 }, (_, node): Pair => [node, node + 1])
  const taken = sampled(edgesOf(pairs, 700), { random: new Random('b'), count: 400 })
  expect(await pairsOf(taken.edges)).toEqual(pairs)
  expect(taken.sample).toHaveLength(400)
  const quarters = Map.groupBy(taken.sample, ({ from }) => Math.floor(from / 2_500))
  for (const quarter of [0, 1, 2, 3]) {
    expect(quarters.get(quarter)?.length).toBeGreaterThan(60)
  }
})

test('a table of nodes gives each label one index, in their order, however large they are', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat(), { maxLength: 5_000 }), (labels) => {
      const nodes = new NodeTable()
      const distinct = [...new Set(labels)]
      for (const label of labels) nodes.indexOf(label)
      expect(nodes.count).toBe(distinct.length)
      for (const [index, label] of distinct.entries()) expect(nodes.indexOf(label)).toBe(index)
    }),
    { numRuns: 20 },
  )
})
