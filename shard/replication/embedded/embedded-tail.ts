// Follows partitions of the embedded log and hands over what is new, a slice of time at a time.
//
// A look compares the end of each partition with the position that was handed over last. Far behind
// (at a start, or after a pause) it works in slices and lets the event loop turn in between, taking
// the partitions in turns, so that a long log does not hold up the others.

import type { Partition } from '../../../protocol/ids.ts'
import type { Tail, TailHandlers } from '../log.ts'
import { comparePositions, type LogPosition } from '../position.ts'
import { TailSlices } from '../tail-slices.ts'
import type { EntryStore } from './embedded-entries.ts'

export class EmbeddedTail implements Tail {
  readonly #store: EntryStore
  readonly #positions: Map<Partition, LogPosition>
  readonly #handlers: TailHandlers
  readonly #onClose: () => void
  readonly #slices = new TailSlices()
  #nextSlice: NodeJS.Immediate | undefined
  #behindSinceMs: number | undefined
  #isClosed = false

  constructor(options: {
    store: EntryStore
    from: ReadonlyMap<Partition, LogPosition>
    handlers: TailHandlers
    onClose: () => void
  }) {
    this.#store = options.store
    this.#positions = new Map(options.from)
    this.#handlers = options.handlers
    this.#onClose = options.onClose
  }

  position(partition: Partition): LogPosition {
    const position = this.#positions.get(partition)
    if (position === undefined) throw new RangeError(`This tail does not follow ${partition}.`)
    return position
  }

  get behindSinceMs(): number | undefined {
    return this.#behindSinceMs
  }

  /** Hands over what is committed now: all of it, or a slice now and the rest soon. */
  look(): void {
    if (this.#isClosed || this.#nextSlice !== undefined) return
    const startedAtMs = performance.now()
    const deadlineMs = this.#slices.begin()
    this.#store.refresh()
    let behind = [...this.#positions.keys()]
    while (behind.length > 0) {
      behind = behind.filter((partition) => this.#isBehind(partition))
      for (const partition of behind) {
        this.#deliver(partition)
        if (this.#isClosed) return
        if (performance.now() > deadlineMs) {
          this.#behindSinceMs ??= startedAtMs
          this.#slices.end()
          this.#lookAgainSoon(partition)
          return
        }
      }
    }
    this.#behindSinceMs = undefined
    this.#slices.rest()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearImmediate(this.#nextSlice)
    this.#onClose()
  }

  /** Lets the event loop turn. The partition that has just had its share comes last then. */
  #lookAgainSoon(served: Partition): void {
    const position = this.position(served)
    this.#positions.delete(served)
    this.#positions.set(served, position)
    this.#nextSlice = setImmediate(() => {
      this.#nextSlice = undefined
      this.look()
    })
  }

  #isBehind(partition: Partition): boolean {
    if (this.#isClosed) return false
    try {
      const head = this.#store.head(partition).value
      return comparePositions(head, this.position(partition)) > 0
    } catch (error) {
      this.#fail(error as Error)
      return false
    }
  }

  #deliver(partition: Partition): void {
    let entries: ReturnType<EntryStore['readStep']>
    try {
      entries = this.#store.readStep(partition, this.position(partition))
    } catch (error) {
      this.#fail(error as Error)
      return
    }
    const last = entries.at(-1)
    if (last === undefined) return
    this.#positions.set(partition, last.position)
    this.#handlers.onEntries(partition, entries)
  }

  #fail(error: Error): void {
    this.#isClosed = true
    this.#onClose()
    this.#handlers.onError(error)
  }
}
