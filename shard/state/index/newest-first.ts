// Ids of many short runs, the largest first: the sort of a million ids in steps of a millisecond. The runs are
// sorted one by one; what is largest of their ends is at the top of a heap.

export class NewestFirst {
  /** A heap by the last id that is left of each run. */
  readonly #runs: { readonly ids: Float64Array; left: number }[] = []

  /** Adds a run; it is sorted in place. */
  add(ids: Float64Array): void {
    if (ids.length === 0) return
    this.#runs.push({ ids: ids.sort(), left: ids.length })
    for (let node = this.#runs.length - 1; node > 0; ) {
      const parent = (node - 1) >> 1
      if (this.#key(parent) >= this.#key(node)) return
      this.#swap(node, parent)
      node = parent
    }
  }

  /** @returns the largest id that is left; 0 when none is */
  take(): number {
    const top = this.#runs[0]
    if (top === undefined) return 0
    const id = top.ids[--top.left]!
    if (top.left === 0) {
      const last = this.#runs.pop()!
      if (this.#runs.length === 0) return id
      this.#runs[0] = last
    }
    this.#sink()
    return id
  }

  #sink(): void {
    for (let node = 0; ; ) {
      let child = 2 * node + 1
      if (child >= this.#runs.length) return
      if (child + 1 < this.#runs.length && this.#key(child + 1) > this.#key(child)) child++
      if (this.#key(node) >= this.#key(child)) return
      this.#swap(node, child)
      node = child
    }
  }

  #key(node: number): number {
    const { ids, left } = this.#runs[node]!
    return ids[left - 1]!
  }

  #swap(one: number, other: number): void {
    const run = this.#runs[one]!
    this.#runs[one] = this.#runs[other]!
    this.#runs[other] = run
  }
}
