// What a run tells: a progress bar with its rate while it goes on, a table at the end, and the same
// figures as JSON. The only importer of cli-progress.

import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { SingleBar } from 'cli-progress'
import type { Recording } from './recording.ts'

/** What a scenario found. `isRight` false makes the exit code 1. */
export type Outcome = {
  readonly isRight: boolean
  /** Written to --json, under the scenario's name. */
  readonly figures: Readonly<Record<string, unknown>>
  /** What a Recorder has seen: latencies over time, errors. Written to --json and --html. */
  readonly recording?: Recording
}

/** Progress of one stretch of work. */
export type Progress = {
  add(count?: number): void
  /** Takes the bar away and says how much was done, how fast. */
  end(): void
  /** Takes the bar away. */
  clear(): void
}

export type Report = {
  line(text: string): void
  /** Shows a bar on a terminal. */
  progress(title: string, total: number): Progress
  table(rows: readonly (readonly [name: string, value: string])[]): void
}

/** Where the words go: stdout, or a list in a test. */
export type Output = { readonly isTerminal: boolean; print(line: string): void }

export function makeReport(output: Output): Report {
  return {
    line: (text) => output.print(text),
    progress: (title, total) => startProgress(output, { title, total }),
    table: (rows) => {
      const width = Math.max(0, ...rows.map(([name]) => name.length))
      for (const [name, value] of rows) output.print(`  ${name.padEnd(width)}  ${value}`)
    },
  }
}

function startProgress(output: Output, work: { title: string; total: number }): Progress {
  const { title, total } = work
  const startedMs = performance.now()
  let done = 0
  const rate = () => count(done / Math.max(0.001, (performance.now() - startedMs) / 1000))
  const bar = output.isTerminal
    ? new SingleBar({
        format: `${title} {bar} {percentage}% | {value} of {total} | {rate}/s | {eta_formatted} left`,
        hideCursor: true,
        clearOnComplete: true,
        fps: 5,
      })
    : undefined
  bar?.start(total, 0, { rate: '0' })
  return {
    add: (count = 1) => {
      done += count
      bar?.update(done, { rate: rate() })
    },
    clear: () => bar?.stop(),
    end: () => {
      bar?.stop()
      const seconds = (performance.now() - startedMs) / 1000
      output.print(`${title}: ${count(done)} in ${seconds.toFixed(1)} s (${rate()}/s)`)
    },
  }
}

/** A whole number with thin groups of three: 12,345. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Microseconds as people read them. */
export function duration(us: number): string {
  if (us < 1_000) return `${us.toFixed(0)} us`
  return us < 1_000_000 ? `${(us / 1_000).toFixed(2)} ms` : `${(us / 1_000_000).toFixed(2)} s`
}

/** Where a run took place. */
export type Machine = {
  readonly processors: number
  readonly model: string
  readonly memoryBytes: number
  readonly node: string
  readonly platform: string
}

/** What is needed to compare the figures of a run with those of another one. */
export type FinishedRun = {
  readonly scenario: string
  readonly at: string
  readonly machine: Machine
  readonly options: Readonly<Record<string, unknown>>
  readonly outcome: Outcome
}

/** Adds to a run what is known when it ends. */
export function finishRun(run: Pick<FinishedRun, 'scenario' | 'options' | 'outcome'>): FinishedRun {
  const processors = cpus()
  const machine = {
    processors: processors.length,
    model: processors[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  }
  return { ...run, at: new Date().toISOString(), machine }
}

/** Writes the figures of a run. */
export function writeJson(path: string, { outcome, ...run }: FinishedRun): void {
  writeFile(path, `${JSON.stringify({ ...run, ...outcome }, undefined, 2)}\n`)
}

/** Writes a file, and makes the folder that it is in. */
export function writeFile(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
