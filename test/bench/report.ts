// The results of benchmarks for people (a table) and as JSON, each part with the machine, the date and the
// commit that its figures came from. A part that is measured again replaces what stood there.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { document, table } from '../docs/markdown.ts'
import type { Provenance } from '../fault/suite/report.ts'
import { type Goal, isReached, type Row } from './measure.ts'

/** What one command measured. */
export type Part = {
  readonly provenance: Provenance
  readonly sizes: object
  readonly rows: readonly Row[]
}

/** The documents that some benchmarks write together. */
export type Results = {
  /** Of both files in docs/, without the ending. */
  readonly file: string
  readonly title: string
  /** How the figures were come by: for whoever reads only the table. */
  readonly introduction: string
  /** The title of each part, in the order of the document. */
  readonly parts: Readonly<Record<string, string>>
}

type Parts = Readonly<Record<string, Part>>

const folder = fileURLToPath(new URL('../../docs/', import.meta.url))

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
export function writePart(
  results: Results,
  part: Part & { readonly name: string },
  action: 'write' | 'show',
): 0 | 1 {
  const goals = part.rows.filter(({ goal }) => goal !== undefined)
  const reached = goals.filter(isReached)
  console.log(`\n${reached.length} of ${goals.length} goals reached`)
  if (action === 'write') {
    const { name, ...kept } = part
    const paths = [`${folder}${results.file}.md`, `${folder}${results.file}.json`] as const
    const parts: Parts = { ...readParts(paths[1]), [name]: kept }
    writeFileSync(paths[1], `${JSON.stringify(parts, undefined, 1)}\n`)
    writeFileSync(paths[0], markdownOf(results, parts))
    console.log(`written: ${paths.join(' and ')}`)
  }
  return reached.length === goals.length ? 0 : 1
}

function readParts(path: string): Parts {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Parts) : {}
}

function markdownOf({ title, introduction, parts: titles }: Results, parts: Parts): string {
  const sections = Object.entries(titles).flatMap(([name, own]) => sectionOf(own, parts[name]))
  return document([`# ${title}`, introduction, ...sections])
}

function sectionOf(title: string, part: Part | undefined): string[] {
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
    `## ${title}`,
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
