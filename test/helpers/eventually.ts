// Waiting on a condition, which is what a test does instead of sleeping.

/** Pause between two looks, in milliseconds. */
const pollIntervalMs = 5

/**
 * Looks again and again until `condition` gives something truthy, and gives that. A condition that
 * throws counts as not yet true, and what it threw last is the cause of the failure.
 * Throws where it does not come true within `withinMs`; `elseDump` adds what there was to see.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  options: { readonly withinMs: number; readonly elseDump?: () => unknown | Promise<unknown> },
): Promise<NonNullable<T>> {
  const deadlineMs = performance.now() + options.withinMs
  let thrown: unknown
  for (;;) {
    try {
      const value = await condition()
      if (value) return value as NonNullable<T>
      thrown = undefined
    } catch (error) {
      thrown = error
    }
    if (performance.now() >= deadlineMs) break
    await new Promise((resolve) => setTimeout(resolve, pollIntervalMs))
  }
  const seen = options.elseDump === undefined ? '' : `\nSeen: ${show(await options.elseDump())}`
  const last = thrown instanceof Error ? `\nLast error: ${thrown.message}` : ''
  throw new Error(
    `not true within ${options.withinMs} ms: ${condition.toString().slice(0, 400)}${last}${seen}`,
    { cause: thrown },
  )
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
