// Flame graphs of shards and gateways under load. Run by
//
//     npm run bench -- flame [--only home,posts,http] [--short] [--seconds 8] [--out DIRECTORY] …
//
// Each load runs on a cluster of its own, whose processes are under node's profiler. Writes an SVG for each load and
// kind of process, and a README.md with the functions that took the most time, to docs/flame; with `--only` the README
// tells of nothing else. `--short` takes seconds and shows that everything works; what it writes says nothing, and goes
// to a temporary directory. Linux only.

import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { provenanceOf } from '../../fault/suite/report.ts'
import {
  chosen,
  endOnSignals,
  type SizeValues,
  sizeArguments,
  sizeReader,
} from '../command-line.ts'
import { stopAll } from '../path/running.ts'
import { documentOf, rateOf, type Section } from './document.ts'
import { type Load, loads, type Sizes } from './loads.ts'
import { kinds, run } from './run.ts'
import { flameGraph, percent } from './svg.ts'

/** Of the command line, with the sizes of a full and of a short run. */
const sizeOptions = {
  seconds: [8, 0.3],
  warming: [2, 0.1],
  shards: [2, 1],
  users: [4_000, 80],
  sockets: [32, 4],
  'in-flight': [32, 8],
  followers: [10, 3],
} as const

type SizeName = keyof typeof sizeOptions

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      out: { type: 'string' },
      ...sizeArguments(sizeOptions),
    },
  })
  const sizes = sizesOf(values, values.short ? 1 : 0)
  const wanted = chosen(loads, values.only)
  const command = ['npm run bench -- flame', ...process.argv.slice(2)].join(' ')
  const directory = values.out ?? (values.short ? join(tmpdir(), 'rookery-flame') : docs)
  mkdirSync(directory, { recursive: true })
  const provenance = provenanceOf(command)
  const sections: Section[] = []
  for (const load of wanted) sections.push(await sectionOf(load, { sizes, directory }))
  writeFileSync(join(directory, 'README.md'), documentOf(sections, provenance, sizes))
  console.log(`written: ${directory}`)
}

const docs = fileURLToPath(new URL('../../../docs/flame', import.meta.url))

async function sectionOf(
  load: Load,
  { sizes, directory }: { readonly sizes: Sizes; readonly directory: string },
): Promise<Section> {
  const { round, merged } = await run(load, sizes)
  const graphs = kinds.map((kind) => ({
    kind,
    file: `${load.name}-${kind}.svg`,
    merged: merged[kind],
  }))
  const section = { load, round, graphs }
  console.log(`${load.title}: ${rateOf(section)}`)
  for (const { kind, file, merged } of graphs) {
    const { root, samples } = merged
    const title = `${load.title}: ${kind}`
    const about = `${rateOf(section)}, ${root.total} samples, ${percent(root.total / Math.max(1, samples))} of the time`
    writeFileSync(join(directory, file), flameGraph(root, { title, about }))
  }
  return section
}

function sizesOf(values: SizeValues<SizeName>, column: 0 | 1): Sizes {
  const size = sizeReader(sizeOptions, { values, column })
  return {
    seconds: size('seconds'),
    warming: size('warming'),
    shards: size('shards'),
    users: size('users'),
    sockets: size('sockets'),
    inFlight: size('in-flight'),
    followers: size('followers'),
  }
}

endOnSignals(stopAll)
await main()
