// A scenario: one fault, how often it is repeated, and what has to be shown.

import type { Violation } from './violation.ts'

/** A figure of one round: a number, several of the same kind, or words for the table. */
export type Figure = number | readonly number[] | string
export type Figures = Readonly<Record<string, Figure>>

/** What all rounds together have to reach, of one of the figures. */
export type Goal = {
  readonly figure: string
  readonly medianBelow?: number
  readonly worstBelow?: number
  /** A figure that has to be above this in every round: that the fault happened, for example. */
  readonly leastAbove?: number
  /**
   * Whether it can be missed by being slow alone: a machine that does much else lets leases run out. A
   * figure in milliseconds always can.
   */
  readonly isTiming?: boolean
}

export type Size = 'short' | 'full'

export type RoundContext = {
  /** From 0. */
  readonly round: number
  readonly size: Size
  readonly seed: string
  /** Notes a broken promise; the round goes on. */
  violated(...violations: readonly Violation[]): void
  /** Keeps what may explain a failure: the logs of the processes. */
  evidence(text: string): void
  /**
   * Something that all rounds of a scenario share, made by the first that asks for it. It is disposed of
   * after the last one, and after one that has failed.
   */
  shared<T extends AsyncDisposable>(name: string, make: () => Promise<T>): Promise<T>
}

export type Scenario = {
  /** As in `--only NAME`. */
  readonly name: string
  /** What happens, for the table. */
  readonly fault: string
  /** What has to be shown, for the table. */
  readonly promise: string
  readonly rounds: Readonly<Record<Size, number>>
  readonly goals: readonly Goal[]
  /** One round. Throws where it cannot go on; broken promises are noted on the way. */
  run(round: number, context: RoundContext): Promise<Figures>
}
