// What a measure of the engine is, and what they share: comparing two loops in one run, and rows of what
// they took.
//
// The machine may be shared, so two loops that are compared take turns in one process, and a rate is judged
// by processor time: how much of the wall clock a loop was given says something of the neighbours, not of
// the loop. The wall clock stands beside it. Latencies are judged by the wall clock, as people see them.

import { readFileSync } from 'node:fs'
import { type Goal, quantile, type Row } from '../measure.ts'

/** What the command line says; each measure takes what it needs. */
export type Sizes = {
  /** Users with a ring. */
  readonly users: number
  readonly ringEntries: number
  /** Nodes of which the graph's memory is measured. */
  readonly nodes: number
  /** Users of the whole graph that the nodes are a part of. */
  readonly graphUsers: number
  readonly rounds: number
  readonly workers: number
}

export type Measure = {
  readonly name: string
  /** One line for the help. */
  readonly about: string
  /** About what it needs at once; it is not begun where there is less. */
  bytesNeeded(sizes: Sizes): number
  /**
   * Runs without huge pages: what is weighed does not lie in them, and the malloc of the process is rounded up by
   * more than what is looked for.
   */
  readonly isInSmallPages?: true
  run(sizes: Sizes): readonly Row[] | Promise<readonly Row[]>
}

export type Spent = { readonly wallMs: number; readonly processorMs: number }

/** Runs something and says what it took. Collecting garbage on other threads counts as well. */
export function spent(run: () => void): Spent {
  const processor = process.cpuUsage()
  const startMs = performance.now()
  run()
  const wallMs = performance.now() - startMs
  const { user, system } = process.cpuUsage(processor)
  return { wallMs, processorMs: (user + system) / 1_000 }
}

export type Compared = Readonly<Record<'ours' | 'bare', Spent>> & { readonly ratio: number }

/**
 * Lets two loops that do the same amount of work take turns: one round to warm up, then `rounds`.
 * @returns the medians of what they took, and of ours against bare, round by round (1: as fast)
 */
export function compare(
  loops: { readonly ours: (round: number) => void; readonly bare: (round: number) => void },
  rounds: number,
): Compared {
  const ours: Spent[] = []
  const bare: Spent[] = []
  for (let round = 0; round <= rounds; round++) {
    const our = spent(() => loops.ours(round))
    const theirs = spent(() => loops.bare(round))
    if (round === 0) continue
    ours.push(our)
    bare.push(theirs)
  }
  const ratios = ours.map(({ processorMs }, round) => bare[round]!.processorMs / processorMs)
  return { ours: medianOf(ours), bare: medianOf(bare), ratio: quantile(ratios, 0.5) }
}

/** The median of each. */
export function medianOf(all: readonly Spent[]): Spent {
  const wallMs = quantile(
    all.map((one) => one.wallMs),
    0.5,
  )
  const processorMs = quantile(
    all.map((one) => one.processorMs),
    0.5,
  )
  return { wallMs, processorMs }
}

/** A row of millions a second: by processor time, and by the wall clock. */
export function rateRow(
  what: string,
  given: { readonly count: number; readonly spent: Spent; readonly goal?: Goal; note?: string },
): Row {
  const { count, goal, note } = given
  return {
    what,
    value: count / given.spent.processorMs / 1_000,
    wallValue: count / given.spent.wallMs / 1_000,
    unit: 'M/s',
    ...(goal && { goal }),
    ...(note !== undefined && { note }),
  }
}

/** Memory of this process that is really there, after a collection where that can be asked for. */
export function residentBytes(): number {
  // The memory of typed arrays is given back beside the program; the second collection waits for the first.
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

/** What the system could still give, without pushing anything out. Linux only. */
export function availableBytes(): number {
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))
  if (match === null) throw new Error('the system does not say how much memory is available')
  return Number(match[1]) * 1024
}
