// What searching costs a shard process that knows a million tweets, which every shard process does. Run by
//
//     npm run bench -- search [--short] [--tweets 1000000] [--people 100000] [--searches 500]
//                             [--graph FILE] [--write]
//
// In process and on one thread, from a request's params to its encoded answer: what a search takes, all others wait
// for. `--graph` names an edge list of real people, for suggestions and trends. With `--write` the table goes to
// docs/search-results.md, and all of it to the .json. Ends with 1 where a goal is not reached. `--short` takes seconds,
// with a twentieth of the tweets: it shows that everything works.

import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { searchTweetsHandler } from '../../../shard/operations/search-tweets.ts'
import { searchUsersHandler } from '../../../shard/operations/search-users.ts'
import { provenanceOf } from '../../fault/suite/report.ts'
import { contextFor } from '../engine/world.ts'
import { randomFrom } from '../graphs.ts'
import type { Row } from '../measure.ts'
import { printRow, type Results, writePart } from '../report.ts'
import { Corpus } from './corpus.ts'
import { graphRows } from './graph.ts'
import { indexCost } from './index-cost.ts'
import { hostileKinds, type QueryKind, queryKinds } from './queries.ts'
import { type Request, rowsOf, timesOf } from './times.ts'

const results: Results = {
  file: 'search-results',
  title: 'Search results',
  introduction:
    'What finding things costs a shard process, on one thread, from the params of a request to its encoded answer. The machine may be shared: each request is made five times, its best counts, and the first ones by the clock stand beside. The longest is for how long nobody else is served.',
  parts: { search: 'Tweets and people', graph: 'Suggestions and trends' },
}

const goals = { p99MsMax: 50, longestMsMax: 5 }
const village = fileURLToPath(new URL('../../helpers/graphs/village.edges', import.meta.url))

type Sizes = { readonly tweets: number; readonly people: number; readonly searches: number }

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      tweets: { type: 'string' },
      people: { type: 'string' },
      searches: { type: 'string' },
      graph: { type: 'string', default: village },
      write: { type: 'boolean', default: false },
    },
  })
  const usual: Sizes = values.short
    ? { tweets: 50_000, people: 10_000, searches: 50 }
    : { tweets: 1_000_000, people: 100_000, searches: 500 }
  const sizes: Sizes = {
    tweets: Number(values.tweets ?? usual.tweets),
    people: Number(values.people ?? usual.people),
    searches: Number(values.searches ?? usual.searches),
  }
  const command = ['npm run bench -- search', ...process.argv.slice(2)].join(' ')
  const provenance = provenanceOf(command)
  const action = values.write ? 'write' : 'show'
  const rows = searchRows(sizes)
  const codes = [writePart(results, { name: 'search', provenance, sizes, rows }, action)]
  const graph = print(await graphRows(values.graph))
  codes.push(writePart(results, { name: 'graph', provenance, sizes: {}, rows: graph }, action))
  process.exitCode = codes.includes(1) ? 1 : 0
}

function searchRows(sizes: Sizes): Row[] {
  const startMs = performance.now()
  const corpus = new Corpus(sizes)
  console.log(`${sizes.tweets} tweets made in ${Math.round(performance.now() - startMs)} ms`)
  const rows = print(indexCost(corpus))
  for (const kind of queryKinds) rows.push(...print(kindRows(corpus, kind, sizes.searches)))
  for (const kind of hostileKinds) rows.push(...print(kindRows(corpus, kind, 20)))
  rows.push(...print(peopleRows(corpus, sizes.searches)))
  return rows
}

function kindRows(corpus: Corpus, { what, query }: QueryKind, searches: number): Row[] {
  const { world, size } = corpus
  return ['latest', 'top'].flatMap((order) => {
    const random = randomFrom(81)
    const requests = Array.from({ length: searches }, (): Request => {
      const params = { query: query(random, corpus), order }
      const context = contextFor(world, random.below(size.people))
      return (writer) => {
        searchTweetsHandler.read(world.state, context, params, writer)
      }
    })
    const name = order === 'top' ? `${what}, best first` : what
    return rowsOf(name, timesOf(requests), goals)
  })
}

function peopleRows({ world, size }: Corpus, searches: number): Row[] {
  const random = randomFrom(82)
  const requests = Array.from({ length: searches }, (): Request => {
    const query = `person${random.below(size.people)}`.slice(0, 1 + random.below(10))
    const context = contextFor(world, random.below(size.people))
    return (writer) => {
      searchUsersHandler.read(world.state, context, { query }, writer)
    }
  })
  return rowsOf('people by the start of a name', timesOf(requests), goals)
}

function print(rows: Row[]): Row[] {
  for (const row of rows) printRow(row)
  return rows
}

await main()
