// What is kept of a run of load, as plain data: --json holds it, and the page of --html shows it.

/** Bars of a histogram in each power of ten of microseconds. */
export const barsPerDecade = 10

/** One second of one kind. */
export type Second = {
  /** Since the start, at the end of the second. */
  readonly atSeconds: number
  readonly count: number
  readonly perSecond: number
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
}

export type KindRecording = {
  readonly name: string
  readonly meaning: string
  readonly count: number
  readonly perSecond: number
  readonly meanUs: number
  readonly p50Us: number
  readonly p90Us: number
  readonly p99Us: number
  readonly p999Us: number
  readonly maxUs: number
  readonly series: readonly Second[]
  /** Pairs of nines (2 is the 99th percentile) and microseconds. */
  readonly percentiles: readonly (readonly [nines: number, us: number])[]
  /** How many values from this many microseconds on, up to the next bar. Empty bars are left out. */
  readonly bars: readonly (readonly [fromUs: number, count: number])[]
}

/** Everything of a run: what --json holds and the page of --html shows. */
export type Recording = {
  readonly startedAt: string
  readonly seconds: number
  readonly kinds: readonly KindRecording[]
  /** New errors of each second, as pairs of its end and their number; seconds without are left out. */
  readonly errorSeries: readonly (readonly [atSeconds: number, count: number])[]
  readonly errors: Readonly<Record<string, number>>
  readonly missed: number
  readonly doubled: number
  /** What a run tells beside latencies, such as the time until all were back: name and value. */
  readonly notes: readonly (readonly [name: string, value: string])[]
}

/** Whether nothing was wrong: no errors, nothing missed, nothing doubled. */
export function isRecordingRight({ errors, missed, doubled }: Recording): boolean {
  return missed === 0 && doubled === 0 && Object.keys(errors).length === 0
}

/** The median of the p99 of the seconds of a kind that end within a stretch; 0 where nothing came. */
export function p99Between(
  { series }: Pick<KindRecording, 'series'>,
  stretch: { readonly fromSeconds: number; readonly toSeconds: number },
): number {
  const values = series
    .filter(({ atSeconds }) => atSeconds > stretch.fromSeconds && atSeconds <= stretch.toSeconds)
    .filter(({ count }) => count > 0)
    .map(({ p99Us }) => p99Us)
    .sort((left, right) => left - right)
  return values[Math.floor(values.length / 2)] ?? 0
}
