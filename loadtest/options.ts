// The options of a scenario as a table: what `--help` prints, what the command line is checked
// against and the types of the values all follow from it.

import type { ParseArgsOptionsConfig } from 'node:util'
import { parseArgs } from 'node:util'

/** Without a default it may be absent. */
export type NumberOption = {
  readonly kind: 'number'
  readonly default?: number
  readonly min: number
  readonly max: number
  /** Fractions are refused unless this is said. */
  readonly isFraction?: true
  readonly meaning: string
}
/** Without a default it may be absent. */
export type TextOption = {
  readonly kind: 'text'
  readonly value: string
  readonly default?: string
  readonly meaning: string
}
export type FlagOption = { readonly kind: 'flag'; readonly meaning: string }
export type Option = NumberOption | TextOption | FlagOption
/** Names are in kebab-case, as on the command line. */
export type OptionTable = { readonly [name: string]: Option }

type OptionValue<O> = O extends { kind: 'number'; default: number }
  ? number
  : O extends NumberOption
    ? number | undefined
    : O extends { kind: 'text'; default: string }
      ? string
      : O extends TextOption
        ? string | undefined
        : O extends FlagOption
          ? boolean
          : never

export type OptionValues<T> = { readonly [K in keyof T]: OptionValue<T[K]> }

/** What is wrong with a command line, as a sentence for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Reads the options behind a scenario's name. Throws UsageError, also for an unknown option. */
export function readOptions<const T extends OptionTable>(
  table: T,
  given: readonly string[],
): OptionValues<T> {
  const parsed = parse(table, given)
  const values: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(table)) {
    const value = parsed[name]
    if (option.kind === 'flag') values[name] = value === true
    else if (option.kind === 'text') values[name] = value ?? option.default
    else values[name] = value === undefined ? option.default : readNumber(name, option, value)
  }
  return values as OptionValues<T>
}

function parse(table: OptionTable, given: readonly string[]): Record<string, unknown> {
  const options: ParseArgsOptionsConfig = {}
  for (const [name, option] of Object.entries(table)) {
    options[name] = { type: option.kind === 'flag' ? 'boolean' : 'string' }
  }
  try {
    return parseArgs({ args: [...given], options, strict: true, allowPositionals: false }).values
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function readNumber(name: string, option: NumberOption, value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  const isWhole = option.isFraction === true || Number.isInteger(number)
  if (Number.isFinite(number) && isWhole && number >= option.min && number <= option.max) {
    return number
  }
  const what = option.isFraction === true ? 'a number' : 'a whole number'
  throw new UsageError(
    `--${name} must be ${what} from ${option.min} to ${option.max}, not "${value}"`,
  )
}

/** A line for each option, with its value's name, meaning and default. */
export function describeOptions(table: OptionTable): string[] {
  const rows = Object.entries(table).map(([name, option]) => {
    const value = option.kind === 'flag' ? '' : option.kind === 'text' ? ` ${option.value}` : ' N'
    const shown = option.kind === 'flag' ? undefined : option.default
    const ending = shown === undefined ? '' : ` (${shown})`
    return { usage: `--${name}${value}`, meaning: `${option.meaning}${ending}` }
  })
  const width = Math.max(0, ...rows.map((row) => row.usage.length))
  return rows.map((row) => `${row.usage.padEnd(width)}  ${row.meaning}`)
}
