// Runs the rounds of a scenario, one after the other, and keeps what they share between them.

import type { RoundContext, Scenario, Size } from './scenario.ts'
import type { Round } from './verdict.ts'
import type { Violation } from './violation.ts'

export type RunOptions = {
  readonly size: Size
  readonly seed: string
  /** Instead of what the scenario says. */
  readonly rounds?: number | undefined
  readonly onRound: (round: Round) => void
}

export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Round[]> {
  const count = options.rounds ?? scenario.rounds[options.size]
  const shared = new Shared()
  const rounds: Round[] = []
  try {
    for (let index = 0; index < count; index++) {
      const round = await runRound(scenario, { index, options, shared })
      rounds.push(round)
      options.onRound(round)
      // What a broken round leaves behind would break the next one, too.
      if (round.error !== undefined || round.violations.length > 0) await shared.dispose()
    }
    return rounds
  } finally {
    await shared.dispose()
  }
}

async function runRound(
  scenario: Scenario,
  parts: { readonly index: number; readonly options: RunOptions; readonly shared: Shared },
): Promise<Round> {
  const { index, options, shared } = parts
  const violations: Violation[] = []
  let evidence = ''
  const seed = `${options.seed}-${index}`
  const context: RoundContext = {
    round: index,
    size: options.size,
    seed,
    violated: (...found) => void violations.push(...found),
    evidence: (text) => {
      evidence += text
    },
    shared: (name, make) => shared.get(name, make),
  }
  const startedAtMs = performance.now()
  const told = () => {
    const tookMs = Math.round(performance.now() - startedAtMs)
    return { round: index, seed, tookMs, violations, evidence }
  }
  try {
    const figures = await scenario.run(index, context)
    return { ...told(), figures }
  } catch (error) {
    // A round that cannot be carried through has failed; the ones after it may tell more.
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    const cause = error instanceof Error ? String(error.cause ?? '') : ''
    evidence += `${stack ?? message}\n${cause}`.slice(0, errorLengthMax)
    return { ...told(), figures: {}, error: message.split('\n')[0] }
  }
}

const errorLengthMax = 8_000

class Shared {
  readonly #made = new Map<string, AsyncDisposable>()

  async get<T extends AsyncDisposable>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.#made.get(name)
    if (known !== undefined) return known as T
    const made = await make()
    this.#made.set(name, made)
    return made
  }

  async dispose(): Promise<void> {
    const made = [...this.#made.values()]
    this.#made.clear()
    for (const one of made) await one[Symbol.asyncDispose]()
  }
}
