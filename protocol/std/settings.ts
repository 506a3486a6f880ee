// Settings: what an operator may choose, as one table for each process.
//
// A table is plain data: for each setting the environment variable, the default, the unit, the bounds
// and the meaning. Reading, checking, the types and docs/settings.md follow from it. Nothing here
// touches `process`: the environment comes in as an argument, so a test reads settings like any value.
//
// A wrong setting stops the start, and all wrong ones are told at once, each in a sentence that says
// what to change. A variable that nobody reads stops the start too: a misspelt name would otherwise
// leave its default in force, and nobody would notice until it matters.

import { settingNames } from './setting-names.ts'

type Described = {
  /** The environment variable: `ROOKERY_…`. */
  readonly env: string
  /** One sentence: what it does, and what its default means where that is not obvious. */
  readonly meaning: string
}

export type IntegerSetting = Described & {
  readonly kind: 'integer'
  readonly unit: string
  readonly min: number
  readonly max: number
  readonly default?: number
}
export type NumberSetting = Described & {
  readonly kind: 'number'
  readonly unit: string
  readonly min: number
  readonly max: number
  readonly default?: number
}
export type TextSetting = Described & {
  readonly kind: 'text'
  readonly unit: string
  readonly default?: string
  /** @returns what is wrong with a text, as in "must be …"; undefined where it is right. */
  readonly rule?: (text: string) => string | undefined
}
export type ListSetting = Described & {
  readonly kind: 'list'
  /** What one entry is. Entries are separated by commas. */
  readonly unit: string
  readonly default?: readonly string[]
}
export type ChoiceSetting = Described & {
  readonly kind: 'choice'
  readonly choices: readonly string[]
  readonly unit?: string
  readonly default?: string
}
/** A text that is never shown: not in an error, not in a log. */
export type SecretSetting = Described & {
  readonly kind: 'secret'
  readonly unit?: string
  readonly default?: string
}
export type BooleanSetting = Described & {
  readonly kind: 'boolean'
  readonly unit?: string
  readonly default?: boolean
}

/** A setting without a default has to be given. */
export type Setting =
  | IntegerSetting
  | NumberSetting
  | TextSetting
  | ListSetting
  | ChoiceSetting
  | SecretSetting
  | BooleanSetting

export type SettingsTable = { readonly [name: string]: Setting }

export type Environment = Readonly<Record<string, string | undefined>>

type SettingValue<S> = S extends { kind: 'choice'; choices: readonly (infer C)[] }
  ? C
  : S extends { kind: 'integer' | 'number' }
    ? number
    : S extends { kind: 'text' | 'secret' }
      ? string
      : S extends { kind: 'list' }
        ? readonly string[]
        : S extends { kind: 'boolean' }
          ? boolean
          : never

/** The values of a table, by name. */
export type Settings<T> = { readonly [K in keyof T]: SettingValue<T[K]> }

/** Everything that is wrong with an environment, a sentence for each problem. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** Keeps the exact types of a table, so that a choice is typed by its choices. */
export function defineSettings<const T extends SettingsTable>(table: T): T {
  return table
}

/**
 * Reads a table's settings from an environment. A variable that is empty counts as not set.
 * Throws SettingsError, which lists every problem.
 */
export function readSettings<const T extends SettingsTable>(
  table: T,
  env: Environment,
): Settings<T> {
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, setting] of Object.entries(table)) {
    const given = env[setting.env]
    if (given === undefined || given === '') {
      if (setting.default === undefined) problems.push(missing(setting))
      values[name] = setting.default
      continue
    }
    const read = readers[setting.kind](setting as never, given)
    if (read instanceof Problem) problems.push(problemSentence(setting, given, read))
    else values[name] = read
  }
  if (problems.length > 0) throw new SettingsError(problems)
  return values as Settings<T>
}

/**
 * Refuses variables with our prefix that no process of Rookery reads. All processes share one
 * environment under the supervisor, so the names of the other processes are known here as well.
 * Throws SettingsError, which suggests the nearest known name.
 */
export function refuseUnknown(tables: readonly SettingsTable[], env: Environment): void {
  const known = new Set<string>(settingNames)
  for (const table of tables) {
    for (const setting of Object.values(table)) known.add(setting.env)
  }
  const problems = Object.keys(env)
    .filter((name) => name.startsWith('ROOKERY_') && !known.has(name))
    .sort()
    .map((name) => {
      const nearest = nearestName(name, known)
      const advice = nearest === undefined ? 'remove it' : `did you mean ${nearest}?`
      return `${name} is not a setting of Rookery: ${advice} (docs/settings.md lists them all)`
    })
  if (problems.length > 0) throw new SettingsError(problems)
}

class Problem {
  readonly must: string
  constructor(must: string) {
    this.must = must
  }
}

type Readers = {
  readonly [K in Setting['kind']]: (
    setting: Extract<Setting, { kind: K }>,
    given: string,
  ) => unknown | Problem
}

const readers: Readers = {
  integer: (setting, given) => readNumeral(setting, { given, pattern: /^-?\d{1,15}$/ }),
  number: (setting, given) => readNumeral(setting, { given, pattern: /^-?\d{1,15}(\.\d{1,12})?$/ }),
  text: (setting, given) => {
    const must = setting.rule?.(given)
    return must === undefined ? given : new Problem(must)
  },
  list: (_, given) => {
    const entries = given.split(',').map((entry) => entry.trim())
    return entries.includes('') ? new Problem('must have no empty entry') : entries
  },
  choice: (setting, given) =>
    setting.choices.includes(given)
      ? given
      : new Problem(`must be one of ${setting.choices.join(', ')}`),
  secret: (_, given) => given,
  boolean: (_, given) => booleans[given.toLowerCase()] ?? new Problem('must be true or false'),
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  '1': true,
  '0': false,
}

function readNumeral(
  setting: IntegerSetting | NumberSetting,
  numeral: { given: string; pattern: RegExp },
): number | Problem {
  const { min, max, unit } = setting
  const value = Number(numeral.given)
  if (numeral.pattern.test(numeral.given) && value >= min && value <= max) return value
  const kind = setting.kind === 'integer' ? 'a whole number' : 'a number'
  return new Problem(`must be ${kind} from ${min} to ${max} (${unit})`)
}

function problemSentence(setting: Setting, given: string, problem: Problem): string {
  const shown = setting.kind === 'secret' ? 'its value (not shown)' : JSON.stringify(given)
  return `${setting.env} ${problem.must}, not ${shown}: ${correction(setting)}`
}

function correction(setting: Setting): string {
  return setting.default === undefined
    ? 'change it'
    : `change it, or remove it for ${describeDefault(setting)}`
}

function missing(setting: Setting): string {
  return `${setting.env} is not set: give it a value (${setting.meaning})`
}

/** A default in words. */
function describeDefault(setting: Setting): string {
  const value = setting.default
  if (value === undefined) return 'no default: it has to be given'
  if (value === '' || (Array.isArray(value) && value.length === 0)) return 'the default, unset'
  if (setting.kind === 'secret') return 'the default'
  return `the default, ${Array.isArray(value) ? value.join(',') : String(value)}`
}

/** The known name that takes the fewest edits, where that is few enough to be a slip of the hand. */
function nearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined
  let fewest = Math.floor((name.length - 'ROOKERY_'.length) / 2) + 1
  for (const candidate of known) {
    const edits = editDistance(name, candidate)
    if (edits < fewest) {
      fewest = edits
      nearest = candidate
    }
  }
  return nearest
}

/** Levenshtein's distance, row by row (Wagner and Fischer, 1974). */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1]
      current.push(
        Math.min(
          previous[column]! + 1,
          current[column - 1]! + 1,
          previous[column - 1]! + (isSame ? 0 : 1),
        ),
      )
    }
    previous = current
  }
  return previous[right.length]!
}
