// What a run of load saw: latencies by kind, second by second, and everything that went wrong.
//
// A kind is one thing that is timed: `push`, `home`, `post`. A value costs one write into a histogram
// of the running second; once a second that histogram is read, added to the one of the whole run,
// and emptied. So the live line, the curves over time and the totals come from the same numbers.
//
//   record(us) -> second's histogram --each second--> live line, series, total's histogram
//
// Whoever measures at a fixed rate gives latencies from the time at which a request was *meant* to be
// sent: a request that waited because the one before it was slow has waited for the server too
// ("How NOT to Measure Latency", Gil Tene: coordinated omission).
//
// The run is right if nothing was wrong: no errors, nothing missed, nothing doubled.

import type { Histogram } from 'hdr-histogram-js'
import { build } from 'hdr-histogram-js'
import type { KindRecording, Recording, Second } from './recording.ts'
import { barsPerDecade, isRecordingRight } from './recording.ts'
import type { Outcome, Report } from './report.ts'
import { count, duration } from './report.ts'

/** Latencies are kept to 3 digits up to this; longer ones count as this. */
export const longestUs = 60_000_000
const barsMax = Math.ceil(Math.log10(longestUs) * barsPerDecade) + 1
/** The curve of percentiles: steps for each further nine, and up to how many nines. */
const stepsPerNine = 8
const ninesMax = 6
/** Different errors that are told apart; any further one counts as `other`. */
const errorCodesMax = 100

/** One kind of latency while the run goes on. */
export class Kind {
  readonly name: string
  readonly meaning: string
  /** Left out of the live line, for kinds that only explain another one. */
  isQuiet = false
  readonly #second = buildHistogram()
  readonly #total = buildHistogram()
  readonly #bars = new Float64Array(barsMax)
  readonly #series: Second[] = []

  constructor(name: string, meaning: string) {
    this.name = name
    this.meaning = meaning
  }

  /** @param us microseconds; less than 1 counts as 1, more than `longestUs` as that */
  record(us: number): void {
    const value = Math.min(longestUs, Math.max(1, Math.round(us)))
    this.#second.recordValue(value)
    this.#bars[Math.floor(Math.log10(value) * barsPerDecade)]!++
  }

  /** Ends a second that took `elapsed` seconds. */
  endSecond(atSeconds: number, elapsed: number): Second {
    const histogram = this.#second
    const second = {
      atSeconds: rounded(atSeconds),
      count: histogram.totalCount,
      perSecond: rounded(histogram.totalCount / elapsed),
      ...percentilesOf(histogram),
    }
    this.#series.push(second)
    if (second.count > 0) {
      this.#total.add(histogram)
      histogram.reset()
    }
    return second
  }

  /** Forgets everything so far. */
  reset(): void {
    this.#second.reset()
    this.#total.reset()
    this.#bars.fill(0)
    this.#series.length = 0
  }

  recording(seconds: number): KindRecording {
    const total = this.#total
    const values = total.totalCount
    return {
      name: this.name,
      meaning: this.meaning,
      count: values,
      perSecond: rounded(values / Math.max(0.001, seconds)),
      meanUs: values === 0 ? 0 : rounded(total.mean),
      ...percentilesOf(total),
      p90Us: values === 0 ? 0 : total.getValueAtPercentile(90),
      p999Us: values === 0 ? 0 : total.getValueAtPercentile(99.9),
      series: this.#series,
      percentiles: curveOf(total),
      bars: [...this.#bars]
        .map((times, bar) => [rounded(10 ** (bar / barsPerDecade)), times] as const)
        .filter(([, times]) => times > 0),
    }
  }
}

export type RecorderOptions = {
  readonly report: Report
  /** Seconds from one live line to the next: more for runs of hours. */
  readonly liveEverySeconds?: number
}

/** Records a run. Start it when the load starts, stop it when the last answer was waited for. */
export class Recorder implements AsyncDisposable {
  readonly #report: Report
  readonly #liveEverySeconds: number
  readonly #kinds = new Map<string, Kind>()
  readonly #errors = new Map<string, number>()
  readonly #errorSeries: (readonly [number, number])[] = []
  readonly #notes: (readonly [string, string])[] = []
  #startedAt = new Date()
  #startedMs = performance.now()
  #secondStartedMs = this.#startedMs
  #endedMs: number | undefined
  #secondsEnded = 0
  #errorsBefore = 0
  #timer: NodeJS.Timeout | undefined
  missed = 0
  doubled = 0

  constructor(options: RecorderOptions) {
    this.#report = options.report
    this.#liveEverySeconds = options.liveEverySeconds ?? 1
  }

  /** The kind of this name; made when it is first asked for. Kinds are shown in that order. */
  kind(name: string, meaning = ''): Kind {
    let kind = this.#kinds.get(name)
    if (kind === undefined) {
      kind = new Kind(name, meaning)
      this.#kinds.set(name, kind)
    }
    return kind
  }

  /** @param code what went wrong, in a few words that are the same each time */
  error(code: string, times = 1): void {
    const key = this.#errors.has(code) || this.#errors.size < errorCodesMax ? code : 'other'
    this.#errors.set(key, (this.#errors.get(key) ?? 0) + times)
  }

  get errorCount(): number {
    let sum = 0
    for (const times of this.#errors.values()) sum += times
    return sum
  }

  /** Adds a line to the table and to the page. */
  note(name: string, value: string): void {
    this.#notes.push([name, value])
  }

  /** From now on it counts: latencies from before are forgotten, errors are kept. */
  start(): void {
    for (const kind of this.#kinds.values()) kind.reset()
    this.#startedAt = new Date()
    this.#startedMs = performance.now()
    this.#secondStartedMs = this.#startedMs
    this.#timer ??= setInterval(() => this.#endSecond(), 1_000)
  }

  /** Ends the running second, and the live lines. What is recorded later is not counted. */
  stop(): void {
    if (this.#timer === undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#endSecond()
    this.#endedMs = performance.now()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop()
  }

  recording(): Recording {
    const seconds = ((this.#endedMs ?? performance.now()) - this.#startedMs) / 1_000
    return {
      startedAt: this.#startedAt.toISOString(),
      seconds: rounded(seconds),
      kinds: [...this.#kinds.values()].map((kind) => kind.recording(seconds)),
      errorSeries: this.#errorSeries,
      errors: Object.fromEntries(this.#errors),
      missed: this.missed,
      doubled: this.doubled,
      notes: this.#notes,
    }
  }

  /** Prints the table, and says whether all was right. `figures` are added to the JSON. */
  outcome(figures: Readonly<Record<string, unknown>> = {}): Outcome {
    this.stop()
    const recording = this.recording()
    this.#report.table(rowsOf(recording))
    return { isRight: isRecordingRight(recording), figures, recording }
  }

  #endSecond(): void {
    const nowMs = performance.now()
    const elapsed = Math.max(0.001, (nowMs - this.#secondStartedMs) / 1_000)
    const atSeconds = (nowMs - this.#startedMs) / 1_000
    this.#secondStartedMs = nowMs
    const seconds: (readonly [string, Second])[] = []
    for (const kind of this.#kinds.values()) {
      const second = kind.endSecond(atSeconds, elapsed)
      if (!kind.isQuiet) seconds.push([kind.name, second])
    }
    const { errorCount } = this
    if (errorCount > this.#errorsBefore) {
      this.#errorSeries.push([rounded(atSeconds), errorCount - this.#errorsBefore])
      this.#errorsBefore = errorCount
    }
    if (this.#secondsEnded++ % this.#liveEverySeconds !== 0) return
    const { missed, doubled } = this
    this.#report.line(liveLine({ atSeconds, seconds, errors: errorCount, missed, doubled }))
  }
}

/** `12 s  home 4,000/s p50 0.41 ms p99 2.10 ms · push …  errors 0, missed 0, doubled 0` */
export function liveLine(live: {
  readonly atSeconds: number
  readonly seconds: readonly (readonly [name: string, second: Second])[]
  readonly errors: number
  readonly missed: number
  readonly doubled: number
}): string {
  const kinds = live.seconds.map(([name, { perSecond, p50Us, p99Us }]) =>
    perSecond === 0
      ? `${name} 0/s`
      : `${name} ${count(perSecond)}/s p50 ${duration(p50Us)} p99 ${duration(p99Us)}`,
  )
  const wrong = `errors ${count(live.errors)}, missed ${count(live.missed)}, doubled ${count(live.doubled)}`
  return `${live.atSeconds.toFixed(0).padStart(4)} s  ${kinds.join(' · ')}  ${wrong}`
}

function rowsOf(recording: Recording): (readonly [string, string])[] {
  const { kinds, errors, missed, doubled, notes } = recording
  const codes = Object.entries(errors).map(([code, times]) => `${code} ${count(times)}`)
  return [
    ...kinds.map(
      (kind) =>
        [
          kind.name,
          kind.count === 0
            ? 'none'
            : `${count(kind.count)} (${count(kind.perSecond)}/s)  p50 ${duration(kind.p50Us)}  p90 ${duration(kind.p90Us)}  p99 ${duration(kind.p99Us)}  p99.9 ${duration(kind.p999Us)}  longest ${duration(kind.maxUs)}`,
        ] as const,
    ),
    ...notes,
    ['errors', codes.length === 0 ? '0' : codes.join(', ')],
    ['missed', count(missed)],
    ['doubled', count(doubled)],
  ]
}

function buildHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestUs,
    numberOfSignificantValueDigits: 3,
  })
}

function percentilesOf(histogram: Histogram) {
  if (histogram.totalCount === 0) return { p50Us: 0, p99Us: 0, maxUs: 0 }
  return {
    p50Us: histogram.getValueAtPercentile(50),
    p99Us: histogram.getValueAtPercentile(99),
    maxUs: histogram.maxValue,
  }
}

/** The percentiles up to the one that a single value still decides. */
function curveOf(histogram: Histogram): (readonly [number, number])[] {
  const last = Math.min(ninesMax, Math.log10(Math.max(1, histogram.totalCount)))
  const curve: (readonly [number, number])[] = []
  for (let step = 0; histogram.totalCount > 0 && step <= last * stepsPerNine; step++) {
    const nines = step / stepsPerNine
    curve.push([nines, histogram.getValueAtPercentile(100 * (1 - 10 ** -nines))])
  }
  return curve
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}
