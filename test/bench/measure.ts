// What the benchmarks have in common: figures with their goals, and the middle of many figures.

/** A figure has to reach a goal from below or from above. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number }

export type Row = {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** The same by the wall clock, where `value` is by processor time. */
  readonly wallValue?: number
  readonly goal?: Goal
  /** What one has to know to read the figure: sizes, what it is compared with. */
  readonly note?: string
}

export function isReached({ value, goal }: Row): boolean {
  if (goal === undefined) return true
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost
}

/** The value below which a part of the values lies: 0.5 is the median, 1 the largest. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
}

/** The middle one of an odd number; of an even number, the smaller one of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
