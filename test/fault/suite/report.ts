// The results as a table for people (markdown) and as JSON, with the machine, the date and the commit
// that they belong to.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import { table } from '../../docs/markdown.ts'
import type { Verdict } from './verdict.ts'
import { median } from './verdict.ts'

export type Provenance = {
  readonly machine: string
  readonly date: string
  readonly commit: string
  readonly command: string
}

const root = fileURLToPath(new URL('../../..', import.meta.url))

export function provenanceOf(command: string): Provenance {
  const processors = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const machine = `${processors.length} × ${processors[0]?.model ?? 'unknown'}, ${memory} GB, ${type()}, Node ${process.version}`
  return { machine, date: new Date().toISOString().slice(0, 10), commit: commit(), command }
}

function commit(): string {
  try {
    const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' })
    const isClean = git('status', '--porcelain', '--untracked-files=no').trim() === ''
    return `${git('rev-parse', '--short', 'HEAD').trim()}${isClean ? '' : ', with changes'}`
  } catch {
    // Not everybody who runs this has the history, or git.
    return 'unknown'
  }
}

export function markdownOf(verdicts: readonly Verdict[], provenance: Provenance): string {
  const { machine, date, commit: at, command } = provenance
  const rows = verdicts.map((verdict) => [
    verdict.fault,
    verdict.promise,
    String(verdict.rounds.length),
    figuresOf(verdict),
    verdict.problems.length === 0 ? 'held' : `**broken**: ${verdict.problems.length} problems`,
  ])
  const problems = verdicts.flatMap(({ name, problems: own }) =>
    own.map((problem) => `- ${name}: ${problem}`),
  )
  return [
    '# Fault results',
    `Written by \`${command}\`: ${date}, commit ${at}, ${machine}. Clients and servers share the machine.`,
    'Each round starts a load, lets one fault happen under it, and compares everything that was acknowledged with everything that can be seen afterwards. Every figure is a sum over the rounds, or `median (worst)`.',
    table(['fault', 'to be shown', 'rounds', 'figures', 'result'], rows),
    ...(problems.length === 0 ? [] : ['## Problems', problems.join('\n')]),
  ]
    .join('\n\n')
    .concat('\n')
}

/** Figures of a time are given as median and worst, others as sums; words as they are. */
function figuresOf({ rounds, violations }: Verdict): string {
  const figures = rounds.map((round) => round.figures)
  const names = new Set(figures.flatMap((one) => Object.keys(one)))
  const shown = [...names].flatMap((name) => {
    const values = figures.map((one) => one[name]).filter((value) => value !== undefined)
    const numbers = values.filter((value) => typeof value === 'number')
    if (numbers.length === 0) return wordsOf(name, values)
    if (name.endsWith('Ms')) return [`${name} ${median(numbers)} (${Math.max(...numbers)})`]
    if (name === 'writesPerSecond') return [`${name} ${median(numbers)}`]
    return [`${name} ${numbers.reduce((sum, value) => sum + value, 0)}`]
  })
  const counted = { ...alwaysShown, ...violations }
  const broken = Object.entries(counted).map(([rule, count]) => `${rule} ${count}`)
  const codes = codesOf(figures.map(({ failedByCode }) => failedByCode))
  return [...broken, ...shown, ...codes].join(', ')
}

/** What every row says, above all where it is nothing. */
const alwaysShown = { lost: 0, doubled: 0, reordered: 0, hole: 0 }

/** What clients had to act upon, of all rounds together. */
function codesOf(counts: readonly unknown[]): string[] {
  const sums: Record<string, number> = {}
  for (const text of counts) {
    if (typeof text !== 'string') continue
    const parsed = JSON.parse(text) as Readonly<Record<string, number>>
    for (const [code, count] of Object.entries(parsed)) sums[code] = (sums[code] ?? 0) + count
  }
  const shown = Object.entries(sums).map(([code, count]) => `${code} ${count}`)
  return shown.length === 0 ? [] : [`failed by code: ${shown.join('; ')}`]
}

/** How often each of the words; lists and what is meant for the JSON are left out. */
function wordsOf(name: string, values: readonly unknown[]): string[] {
  const words = values.filter((value) => typeof value === 'string' && !value.startsWith('{'))
  const counts = Map.groupBy(words, (word) => word)
  if (counts.size === 0) return []
  return [`${name}: ${[...counts].map(([word, { length }]) => `${word} × ${length}`).join('; ')}`]
}

/** Writes docs/fault-results.md, and the same with every figure of every round as JSON. */
export function writeReport(verdicts: readonly Verdict[], provenance: Provenance): string[] {
  const paths = [`${root}docs/fault-results.md`, `${root}docs/fault-results.json`] as const
  writeFileSync(paths[0], markdownOf(verdicts, provenance))
  // The logs of the processes are for whoever looks at the run, not for the record.
  const kept = (name: string, value: unknown) => (name === 'evidence' ? undefined : value)
  writeFileSync(paths[1], `${JSON.stringify({ provenance, verdicts }, kept, 1)}\n`)
  return [...paths]
}
