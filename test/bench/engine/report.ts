// The results of the engine's benchmarks for people (a table) and as JSON, each part with the machine, the
// date and the commit that its figures came from.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { document, table } from '../../docs/markdown.ts'
import type { Provenance } from '../../fault/suite/report.ts'
import { type Goal, isReached, type Row } from './measure.ts'

/** What one command measured. */
export type Part = {
  readonly provenance: Provenance
  readonly sizes: object
  readonly rows: readonly Row[]
}

const titles = { engine: 'One process, in process', capacity: 'Capacity' } as const
export type PartName = keyof typeof titles
type Parts = Partial<Record<PartName, Part>>

const folder = fileURLToPath(new URL('../../../docs/', import.meta.url))
const jsonPath = `${folder}engine-results.json`
const markdownPath = `${folder}engine-results.md`

/** One line for the terminal. */
export function printRow(row: Row): void {
  const wall = row.wallValue === undefined ? '' : `(${figure(row.wallValue)} by the clock) `
  const goal = row.goal === undefined ? '' : `${resultOf(row)}, goal ${goalText(row.goal)}; `
  console.log(
    `  ${row.what.padEnd(42)}${figure(row.value).padStart(9)} ${row.unit.padEnd(14)} ${wall}${goal}${row.note ?? ''}`,
  )
}

/**
 * Says how many goals were reached; with `write` replaces this part of the report.
 * @returns the exit code: 1 where a goal was not reached
 */
export function writePart(name: PartName, part: Part, action: 'write' | 'show'): 0 | 1 {
  const goals = part.rows.filter(({ goal }) => goal !== undefined)
  const reached = goals.filter(isReached)
  console.log(`\n${reached.length} of ${goals.length} goals reached`)
  if (action === 'write') {
    const parts: Parts = { ...readParts(), [name]: part }
    writeFileSync(jsonPath, `${JSON.stringify(parts, undefined, 1)}\n`)
    writeFileSync(markdownPath, markdownOf(parts))
    console.log(`written: ${markdownPath} and ${jsonPath}`)
  }
  return reached.length === goals.length ? 0 : 1
}

function readParts(): Parts {
  return existsSync(jsonPath) ? (JSON.parse(readFileSync(jsonPath, 'utf8')) as Parts) : {}
}

function markdownOf(parts: Parts): string {
  const names = Object.keys(titles) as PartName[]
  return document([
    '# Engine results',
    'What the engine of a shard does, without sockets and log. Loops that are compared took turns in one process. Rates are by processor time, because the machine may be shared; the clock is given beside them. Latencies are by the clock.',
    ...names.flatMap((name) => sectionOf(name, parts[name])),
  ])
}

function sectionOf(name: PartName, part: Part | undefined): string[] {
  if (part === undefined) return []
  const { machine, date, commit, command } = part.provenance
  const rows = part.rows.map((row) => [
    row.what,
    `${figure(row.value)} ${row.unit}`,
    row.wallValue === undefined ? '' : `${figure(row.wallValue)} ${row.unit}`,
    row.goal === undefined ? '' : goalText(row.goal),
    row.goal === undefined ? '' : resultOf(row),
    row.note ?? '',
  ])
  return [
    `## ${titles[name]}`,
    `Written by \`${command}\`: ${date}, commit ${commit}, ${machine}.`,
    table(['measure', 'figure', 'by the clock', 'goal', 'result', 'of what'], rows),
  ]
}

function goalText(goal: Goal): string {
  return 'atLeast' in goal ? `${goal.atLeast} or more` : `${goal.atMost} or less`
}

function resultOf(row: Row): string {
  return isReached(row) ? 'reached' : 'MISSED'
}

/** Three digits that mean something. */
function figure(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0)
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}
