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
  const numbers = Object.keys(sizeOptions).map((name) => [name, { type: 'string' }] as const)
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      out: { type: 'string' },
      ...(Object.fromEntries(numbers) as Record<SizeName, { type: 'string' }>),
    },
  })
  const sizes = sizesOf(values, values.short ? 1 : 0)
  const wanted = wantedLoads(values.only)
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

/** Throws for a name that no load has. */
function wantedLoads(names: string | undefined): readonly Load[] {
  if (names === undefined) return loads
  return names.split(',').map((wanted) => {
    const found = loads.find(({ name }) => name === wanted)
    if (found !== undefined) return found
    throw new Error(`no ${wanted}: choose of ${loads.map(({ name }) => name).join(', ')}`)
  })
}

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

function sizesOf(values: Partial<Readonly<Record<SizeName, string>>>, column: 0 | 1): Sizes {
  const size = (name: SizeName): number => {
    const number = Number(values[name] ?? sizeOptions[name][column])
    if (number > 0) return number
    throw new RangeError(`--${name} must be a number above 0`)
  }
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

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => void stopAll().then(() => process.exit(exitCode)))
}
await main()
