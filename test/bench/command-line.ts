// What the command lines of the benchmarks have in common: a choice by name, sizes of a full and of a short run, and
// an end from outside that leaves nothing behind.

/** The sizes that an option has without being given: in a full run, and with `--short`. */
export type SizeOptions<Name extends string> = Readonly<Record<Name, readonly [number, number]>>
export type SizeValues<Name extends string> = Partial<Readonly<Record<Name, string>>>

/** The options of `parseArgs` for sizes. */
export function sizeArguments<Name extends string>(
  options: SizeOptions<Name>,
): Record<Name, { type: 'string' }> {
  const entries = Object.keys(options).map((name) => [name, { type: 'string' }] as const)
  return Object.fromEntries(entries) as Record<Name, { type: 'string' }>
}

/** Reads sizes by their names, each as given or as it is without; throws for what is no number above 0. */
export function sizeReader<Name extends string>(
  options: SizeOptions<Name>,
  given: { readonly values: SizeValues<Name>; readonly column: 0 | 1 },
): (name: Name) => number {
  return (name) => {
    const number = Number(given.values[name] ?? options[name][given.column])
    if (number > 0) return number
    throw new RangeError(`--${name} must be a number above 0`)
  }
}

/** Those that are named, separated by commas; all where nothing is. Throws for a name that nobody has. */
export function chosen<N extends string, T extends { readonly name: N }>(
  all: readonly T[],
  names: string | undefined,
): readonly T[] {
  if (names === undefined) return all
  return names.split(',').map((wanted) => {
    const found = all.find(({ name }) => name === wanted)
    if (found !== undefined) return found
    throw new Error(`no ${wanted}: choose of ${all.map(({ name }) => name).join(', ')}`)
  })
}

/** Ends the process on Ctrl-C and SIGTERM, once `stopAll` has ended what would outlast it. */
export function endOnSignals(stopAll: () => Promise<void>): void {
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => void stopAll().then(() => process.exit(exitCode)))
  }
}
