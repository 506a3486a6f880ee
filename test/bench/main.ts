// `npm run bench -- NAME [--options]`: starts one of the benchmarks, or lists them where no name is given. Each is
// a program of its own, whose options stand at its top.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { hugePages } from '../../protocol/std/huge-pages.ts'

type Bench = {
  readonly about: string
  readonly program: URL
  /** Whether the program itself does what a shard does: it is started as the supervisor starts a shard. */
  readonly isShard?: true
}

const benches: Readonly<Record<string, Bench>> = {
  engine: {
    about: 'deliveries, pages, follows, rebuilds and memory of the engine, in process',
    program: new URL('./engine/main.ts', import.meta.url),
  },
  path: {
    about: 'the whole path beside the limit and the alternatives, one after the other; needs Redis',
    program: new URL('./path/main.ts', import.meta.url),
  },
  capacity: {
    about: '10 million users with 200 follows each in memory: 20 GB and minutes; --users for less',
    program: new URL('./capacity.ts', import.meta.url),
    isShard: true,
  },
  'cold-start': {
    about: 'a whole cluster from nothing to ready',
    program: new URL('./cold-start.ts', import.meta.url),
  },
  search: {
    about: 'queries of all kinds in a million tweets, trends and suggestions; --short for seconds',
    program: new URL('./search/main.ts', import.meta.url),
  },
  'ranked-home': {
    about: 'pages of home timelines in the order of rank, beside those of the latest',
    program: new URL('./ranked-home.bench.ts', import.meta.url),
  },
  flame: {
    about: 'flame graphs of shards and gateways under load, to docs/flame',
    program: new URL('./flame/main.ts', import.meta.url),
  },
  snapshots: {
    about: 'writing and reading the snapshots of all partitions',
    program: new URL('./snapshots.bench.ts', import.meta.url),
  },
}

const [name, ...options] = process.argv.slice(2)
const bench = name === undefined ? undefined : benches[name]
if (bench === undefined) {
  for (const [known, { about }] of Object.entries(benches)) {
    console.error(`npm run bench -- ${known.padEnd(12)}${about}`)
  }
  process.exitCode = name === undefined ? 0 : 2
} else {
  // Resident memory is read after a collection, which a program may ask for only with this flag.
  const words = ['--expose-gc', fileURLToPath(bench.program), ...options]
  const env = { ...process.env, ...(bench.isShard === true ? hugePages(process.env) : {}) }
  const child = spawn(process.execPath, words, { stdio: 'inherit', env })
  // Ctrl-C reaches both: whoever measures ends first, in good order.
  process.on('SIGINT', () => undefined)
  child.once('close', (code) => {
    process.exitCode = code ?? 1
  })
}
