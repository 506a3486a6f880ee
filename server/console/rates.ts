// From numbers that only rise to what happened lately: differences between two looks at the same process,
// and quantiles of histograms. Pure.

import type { Histogram, ProcessReport } from '../../protocol/reports.ts'

/** Two looks at one process; `before` is undefined where it is new, or another process of that name. */
export type Pair<R> = { readonly now: R; readonly before: R | undefined; readonly seconds: number }

type Reported = { readonly name: string; readonly process: ProcessReport }

/** Each process of this look with itself in the look before. */
export function pairsOf<R extends Reported>(now: readonly R[], before: readonly R[]): Pair<R>[] {
  return now.map((one) => {
    const same = before.find(
      ({ name, process }) => name === one.name && process.pid === one.process.pid,
    )
    const ms = one.process.atMs - (same?.process.atMs ?? one.process.startedAtMs)
    // A gateway may have told nothing new since: no time has passed, and nothing has happened.
    return { now: one, before: same, seconds: Math.max(0.001, ms / 1000) }
  })
}

/** How much a number rose, for each second. A new process is left out: its past is not of this moment. */
export function perSecond<R>(pair: Pair<R>, read: (report: R) => number): number {
  if (pair.before === undefined) return 0
  return Math.max(0, read(pair.now) - read(pair.before)) / pair.seconds
}

/** What was added to a histogram between two looks. */
export function added(now: Histogram, before: Histogram | undefined): Histogram {
  const counts = now.counts.map((count, place) => Math.max(0, count - (before?.counts[place] ?? 0)))
  return { bounds: now.bounds, counts }
}

/** Histograms of the same bounds, taken together; those of other bounds are left out. */
export function sumOf(histograms: readonly Histogram[]): Histogram {
  const { bounds = [] } = histograms.find(({ bounds: own }) => own.length > 0) ?? {}
  const alike = histograms.filter(({ bounds: own }) => own.length === bounds.length)
  const counts = Array.from({ length: bounds.length + 1 }, (_, place) =>
    alike.reduce((sum, one) => sum + (one.counts[place] ?? 0), 0),
  )
  return { bounds, counts }
}

export function countOf({ counts }: Histogram): number {
  return counts.at(-1) ?? 0
}

/**
 * A quantile as Prometheus estimates it: by a straight line within the bucket that it falls into. What lies
 * beyond the last bound counts as that.
 * @returns 0 of nothing
 */
export function quantileOf(histogram: Histogram, quantile: number): number {
  const { bounds, counts } = histogram
  const total = countOf(histogram)
  if (total === 0) return 0
  const rank = quantile * total
  const place = bounds.findIndex((_, index) => (counts[index] ?? 0) >= rank)
  if (place === -1) return bounds.at(-1) ?? 0
  const [low, below] = place === 0 ? [0, 0] : [bounds[place - 1] ?? 0, counts[place - 1] ?? 0]
  const within = (counts[place] ?? 0) - below
  const share = within === 0 ? 1 : (rank - below) / within
  return low + ((bounds[place] ?? 0) - low) * share
}

/** Milliseconds, to a tenth. */
export function toMs(seconds: number): number {
  return Math.round(seconds * 10_000) / 10
}
