// The people of a run: the edge reader, the law by which authors post, and who they are.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Graph } from '../../../../loadtest/people/population.ts'
import {
  GraphError,
  personOf,
  randomGraph,
  readGraph,
  Zipf,
} from '../../../../loadtest/people/population.ts'
import { Random } from '../../../../loadtest/std/random.ts'
import { checkHandle, checkName } from '../../../../protocol/text/normalize.ts'

const village = new URL('../../../helpers/graphs/village.edges', import.meta.url)
const bytesOf = (text: string) => new TextEncoder().encode(text)

async function read(text: string, options = { isDirected: false }): Promise<Graph> {
  return await readGraph([bytesOf(text)], options)
}

/** Edges by label, sorted: `follower>followee`. */
function edgesOf(graph: Graph): string[] {
  return Array.from(
    graph.from,
    (from, edge) => `${graph.labels[from]}>${graph.labels[graph.to[edge]!]}`,
  ).sort()
}

describe('the edge reader', () => {
  test('lets both ends of a line follow each other', async () => {
    expect(edgesOf(await read('1 2\n3 1\n'))).toEqual(['1>2', '1>3', '2>1', '3>1'])
  })

  test('reads a line in its own direction where that is asked for', async () => {
    expect(edgesOf(await read('1 2\n3 1\n', { isDirected: true }))).toEqual(['1>2', '3>1'])
  })

  test('takes commas, tabs, weights, Windows lines, comments, empty lines and an unended last line', async () => {
    const text = '# a comment 1 2\n% another\n1,2\r\n\n 2\t3 0.75\n3 1'
    expect(edgesOf(await read(text, { isDirected: true }))).toEqual(['1>2', '2>3', '3>1'])
  })

  test('leaves out loops and repeated edges', async () => {
    expect(edgesOf(await read('1 1\n1 2\n2 1\n1 2\n'))).toEqual(['1>2', '2>1'])
  })

  test('numbers the nodes in the order in which they appear', async () => {
    expect((await read('70 5\n5 12\n')).labels).toEqual([70, 5, 12])
  })

  test('says which line is no edge', async () => {
    await expect(read('1 2\nfoo bar\n')).rejects.toThrow(/^line 2 holds 'f'/)
    await expect(read('1 2\n\n7\n')).rejects.toThrow(/^line 3 holds one number only/)
    await expect(read('1 99999999999999999\n')).rejects.toThrow(GraphError)
  })

  test('reads the same graph however the bytes are cut', async () => {
    const text = '# friends\n10 2\n10 33\n\n33 2 \n4,10'
    const whole = await read(text)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length)), async (cuts) => {
        const bounds = [0, ...cuts.sort((one, other) => one - other), text.length]
        const pieces = bounds.slice(1).map((end, index) => bytesOf(text.slice(bounds[index], end)))
        expect(await readGraph(pieces, { isDirected: false })).toEqual(whole)
      }),
    )
  })

  test('reads the village, in which nearly everybody knows the hub', async () => {
    const graph = await readGraph([readFileSync(village)], { isDirected: false })
    const hub = graph.labels.indexOf(0)
    expect(graph.labels.length).toBe(42)
    expect(graph.from.length).toBe(334)
    expect(graph.to.filter((index) => index === hub).length).toBe(35)
  })
})

describe('a random graph', () => {
  test('lets everybody follow as many others, and nobody twice', () => {
    const graph = randomGraph(new Random('seed'), { nodes: 50, followsEach: 7 })
    expect(new Set(edgesOf(graph)).size).toBe(350)
    expect(edgesOf(graph).some((edge) => edge.split('>')[0] === edge.split('>')[1])).toBe(false)
  })

  test('of a few users lets each follow all the others', () => {
    expect(randomGraph(new Random(1), { nodes: 3, followsEach: 20 }).from.length).toBe(6)
  })
})

describe("Zipf's law", () => {
  test('gives rank r a share of 1 / r', () => {
    const zipf = new Zipf(new Random('zipf'), { count: 100, exponent: 1 })
    const drawn = new Array<number>(100).fill(0)
    for (let draw = 0; draw < 200_000; draw++) drawn[zipf.next()]!++
    const ranked = drawn.sort((one, other) => other - one)
    const harmonic = Array.from({ length: 100 }, (_, rank) => 1 / (rank + 1)).reduce(
      (sum, share) => sum + share,
    )
    for (const rank of [1, 2, 4, 10]) {
      expect(ranked[rank - 1]! / 200_000).toBeCloseTo(1 / rank / harmonic, 2)
    }
  })

  test('with exponent 0 treats everybody alike', () => {
    const zipf = new Zipf(new Random('even'), { count: 4, exponent: 0 })
    const drawn = [0, 0, 0, 0]
    for (let draw = 0; draw < 40_000; draw++) drawn[zipf.next()]!++
    for (const times of drawn) expect(times / 40_000).toBeCloseTo(0.25, 1)
  })

  test('is the same for the same seed', () => {
    const draw = (seed: string) => {
      const zipf = new Zipf(new Random(seed), { count: 1000, exponent: 1 })
      return Array.from({ length: 20 }, () => zipf.next())
    }
    expect(draw('a')).toEqual(draw('a'))
    expect(draw('a')).not.toEqual(draw('b'))
  })
})

test('people have handles, names and passwords that the server takes', () => {
  for (const label of [0, 1, 2, 3, 4, 5, 6, 7, 961, 41_652_230]) {
    const { handle, name, password } = personOf(label, { seed: 's', prefix: 'u' })
    expect(handle).toBe(`u${label}`)
    expect(checkHandle(handle).ok).toBe(true)
    expect(checkName(name)).toEqual({ ok: true, text: name })
    expect(password.length).toBe(43)
  }
})
