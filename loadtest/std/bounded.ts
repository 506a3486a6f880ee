// Work that is bounded: at most so many at a time, the rest waits for its turn.

/** Hands out a fixed number of places; whoever finds none waits in line. */
export class Places {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = count
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      return
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** The place goes straight to the one who has waited longest. */
  giveBack(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}

/**
 * Runs `work` for every item, at most `atOnce` at a time, and starts them in the order of the list.
 * The first error stops the start of further items and is thrown when the running ones have ended.
 */
export async function forEachBounded<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  let failed: { error: unknown } | undefined
  const worker = async (): Promise<void> => {
    while (failed === undefined) {
      const next = iterator.next()
      if (next.done === true) return
      try {
        await work(next.value)
      } catch (error) {
        // Kept for the caller, who gets it once the other workers have come to rest.
        failed ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  if (failed !== undefined) throw (failed as { error: unknown }).error
}
