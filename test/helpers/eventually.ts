// Waiting on a condition, which is what a test does instead of sleeping.

import { inTime } from './in-time.ts'

/** Pause between two looks, in milliseconds. */
const pollIntervalMs = 5
/** How much longer than its goal something may take where times are not strict, on a machine that does much else. */
const patienceFactor = 10
/** What is given as long as this is a limit rather than a goal. */
const patienceMsMax = 60_000

/**
 * Looks again and again until `condition` gives something truthy, and gives that. A condition that
 * throws counts as not yet true, and what it threw last is the cause of the failure.
 * `withinMs` is the goal: see `inTime`. Throws where it does not come true in ten times as long, or within
 * a minute; `elseDump` adds what there was to see.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  options: { readonly withinMs: number; readonly elseDump?: () => unknown | Promise<unknown> },
): Promise<NonNullable<T>> {
  const { withinMs } = options
  const startedAtMs = performance.now()
  const patienceMs = Math.max(withinMs, Math.min(withinMs * patienceFactor, patienceMsMax))
  let thrown: unknown
  for (;;) {
    try {
      const value = await condition()
      if (value) {
        inTime(`it until ${textOf(condition)}`, performance.now() - startedAtMs, withinMs)
        return value as NonNullable<T>
      }
      thrown = undefined
    } catch (error) {
      thrown = error
    }
    if (performance.now() - startedAtMs >= patienceMs) break
    await new Promise((resolve) => setTimeout(resolve, pollIntervalMs))
  }
  const seen = options.elseDump === undefined ? '' : `\nSeen: ${show(await options.elseDump())}`
  const last = thrown instanceof Error ? `\nLast error: ${thrown.message}` : ''
  throw new Error(`not true within ${patienceMs} ms: ${textOf(condition)}${last}${seen}`, {
    cause: thrown,
  })
}

function textOf(condition: () => unknown): string {
  return condition.toString().slice(0, 400)
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}

/**
 * Resolves after a while: for what is itself a stretch of time, as how long a fault lasts or how long a client
 * was told to stay away. What is to have happened by then is waited for with `eventually`.
 */
export async function elapse(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
}
