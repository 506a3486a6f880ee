// Ids that wait for their turn, the largest first: a binary heap. What comes in falling order, as nearly all does,
// costs one comparison.

export class WaitingIds {
  readonly #ids: number[] = []

  /** The largest; 0 where none waits. */
  get largest(): number {
    return this.#ids[0] ?? 0
  }

  add(id: number): void {
    const ids = this.#ids
    let node = ids.push(id) - 1
    while (node > 0) {
      const parent = (node - 1) >> 1
      if (ids[parent]! >= id) break
      ids[node] = ids[parent]!
      node = parent
    }
    ids[node] = id
  }

  /** @returns the largest, which waits no more; 0 where none does */
  take(): number {
    const ids = this.#ids
    const largest = this.largest
    const last = ids.pop()
    if (last === undefined || ids.length === 0) return largest
    let node = 0
    for (;;) {
      let child = 2 * node + 1
      if (child >= ids.length) break
      if (child + 1 < ids.length && ids[child + 1]! > ids[child]!) child++
      if (ids[child]! <= last) break
      ids[node] = ids[child]!
      node = child
    }
    ids[node] = last
    return largest
  }
}
