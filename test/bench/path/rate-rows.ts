// Rows of rates: what each contestant came to, and how they compare.

import type { Goal, Row } from '../measure.ts'
import { medianRate, medianRatio, type Rate, type Rounds } from './closed-loop.ts'
import type { ByKind } from './program.ts'

export function ratesOf(rounds: Rounds, name: string): readonly Rate[] {
  const rates = rounds.get(name)
  if (rates === undefined) throw new Error(`${name} was not measured`)
  return rates
}

export type RateRowsOptions = {
  /** By the name of the contestant. */
  readonly goals?: Readonly<Record<string, Goal>>
  /** How much each answer stands for. */
  readonly scale?: number
}

/** The rate of each contestant, with its processor time. */
export function rateRows(
  rounds: Rounds,
  what: string,
  { goals = {}, scale = 1 }: RateRowsOptions = {},
): Row[] {
  return [...rounds].map(([name, rates]): Row => {
    const { perSecond, serverUs, serverUsByKind, clientLoad } = medianRate(rates)
    const goal = goals[name]
    const note = `${serverUs.toFixed(1)} us of the server (${kinds(serverUsByKind)}); client ${percent(clientLoad)} of one processor`
    return {
      what: `${what}: ${name}`,
      value: perSecond * scale,
      unit: 'a second',
      ...(goal && { goal }),
      note,
    }
  })
}

/** How two contestants compare, round by round. */
export function ratioRow(
  rounds: Rounds,
  row: {
    readonly what: string
    readonly of: string
    readonly to: string
    readonly figure?: 'perSecond' | 'serverUs'
    readonly goal?: Goal
    readonly note?: string
  },
): Row {
  const { what, of, to, figure = 'perSecond', goal, note } = row
  return {
    what,
    value: medianRatio(ratesOf(rounds, of), ratesOf(rounds, to), figure),
    unit: 'times',
    ...(goal && { goal }),
    ...(note !== undefined && { note }),
  }
}

function kinds(byKind: ByKind): string {
  return Object.entries(byKind)
    .map(([kind, us]) => `${kind} ${us.toFixed(1)}`)
    .join(', ')
}

function percent(part: number): string {
  return `${(part * 100).toFixed(0)}%`
}
