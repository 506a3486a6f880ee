// What the engine of a shard does in a second and what it weighs, beside what the machine can do. Run by
//
//     npm run bench -- engine [--only pages,rebuild] [--users 1000000] [--ring-entries 800]
//                             [--nodes 100000] [--graph-users 10000000] [--rounds 7] [--workers 2] [--write]
//
// In process: no sockets, no log. Every measure has a process of its own; loops that are compared take
// turns within it. With `--write` the table goes to docs/engine-results.md, and all of it to the .json.
// Ends with 1 where a goal is not reached.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { hugePages } from '../../../protocol/std/huge-pages.ts'
import { provenanceOf } from '../../fault/suite/report.ts'
import type { Row } from '../measure.ts'
import { printRow, writePart } from '../report.ts'
import { measures } from './index.ts'
import type { Measure, Sizes } from './measure.ts'
import { engineResults } from './results.ts'

const program = fileURLToPath(new URL('./run-one.ts', import.meta.url))

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      users: { type: 'string', default: '1000000' },
      'ring-entries': { type: 'string', default: '800' },
      nodes: { type: 'string', default: '100000' },
      'graph-users': { type: 'string', default: '10000000' },
      rounds: { type: 'string', default: '7' },
      workers: { type: 'string', default: '2' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    for (const { name, about } of measures) console.log(`${name.padEnd(24)}${about}`)
    return
  }
  const sizes: Sizes = {
    users: Number(values.users),
    ringEntries: Number(values['ring-entries']),
    nodes: Number(values.nodes),
    graphUsers: Number(values['graph-users']),
    rounds: Number(values.rounds),
    workers: Number(values.workers),
  }
  const rows: Row[] = []
  for (const one of chosen(values.only)) {
    console.log(`\n${one.name}`)
    for (const row of await runOne(one, sizes)) {
      printRow(row)
      rows.push(row)
    }
  }
  const command = ['npm run bench -- engine', ...process.argv.slice(2)].join(' ')
  const part = { name: 'engine', provenance: provenanceOf(command), sizes, rows }
  process.exitCode = writePart(engineResults, part, values.write ? 'write' : 'show')
}

function chosen(only: string | undefined): readonly Measure[] {
  if (only === undefined) return measures
  return only.split(',').map((name) => {
    const measure = measures.find((one) => one.name === name)
    if (measure !== undefined) return measure
    throw new Error(`no measure ${name}: ${measures.map((one) => one.name).join(', ')}`)
  })
}

async function runOne({ name, isInSmallPages }: Measure, sizes: Sizes): Promise<readonly Row[]> {
  // Resident memory is read after a collection, which a program may ask for only with this flag.
  const child = spawn(process.execPath, ['--expose-gc', program, name, JSON.stringify(sizes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // As the supervisor starts a shard.
    env: { ...process.env, ...(isInSmallPages === true ? {} : hugePages(process.env)) },
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`the measure ${name} ended with code ${code}`)
  return JSON.parse(output) as readonly Row[]
}

await main()
