// A value that can be watched: the whole of the client's state is made of these.
//
// A part of the page watches the cells that it shows and is drawn again when one of them changes, and
// nothing else is: a count that moves on one tweet draws one tweet.

export type Watch = () => void

/** One value and those who watch it. */
export class Cell<T> {
  #value: T
  readonly #watches = new Set<Watch>()

  constructor(value: T) {
    this.#value = value
  }

  get value(): T {
    return this.#value
  }

  get isWatched(): boolean {
    return this.#watches.size > 0
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return
    this.#value = value
    for (const watch of [...this.#watches]) watch()
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value))
  }

  /** @returns what ends the watching */
  watch(watch: Watch): () => void {
    this.#watches.add(watch)
    return () => this.#watches.delete(watch)
  }
}

/** Cells by key, up to a number: then those that nobody watches leave, the oldest first. */
export class CellMap<K, T> {
  readonly #cells = new Map<K, Cell<T | undefined>>()
  readonly #countMax: number

  constructor(countMax: number) {
    this.#countMax = countMax
  }

  get size(): number {
    return this.#cells.size
  }

  /** The cell of a key; an empty one where nothing is known yet. */
  cell(key: K): Cell<T | undefined> {
    const known = this.#cells.get(key)
    if (known !== undefined) return known
    const cell = new Cell<T | undefined>(undefined)
    this.#makeRoom()
    this.#cells.set(key, cell)
    return cell
  }

  get(key: K): T | undefined {
    return this.#cells.get(key)?.value
  }

  /** The values that are known, the oldest key first. */
  *values(): Iterable<T> {
    for (const cell of this.#cells.values()) if (cell.value !== undefined) yield cell.value
  }

  /** A tenth at once, so that a full map is not walked for every newcomer. */
  #makeRoom(): void {
    if (this.#cells.size < this.#countMax) return
    let left = Math.ceil(this.#countMax / 10)
    for (const [key, cell] of this.#cells) {
      if (cell.isWatched) continue
      this.#cells.delete(key)
      if (--left === 0) return
    }
  }
}
