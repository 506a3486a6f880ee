// Deliveries that wait until an older tweet on its way has come by: owner and tweet id, in order.
//
//   owner 7 -> the last entry of owner 7 -> the one before -> ...
//
// Two typed arrays and one map: a reader finds what waits for them at once, and all of it is gone through
// in order when something may have become free.

const roomInitial = 1_024
const none = -1

export class WaitingDeliveries {
  #owners = new Uint32Array(roomInitial)
  #ids = new Float64Array(roomInitial)
  /** The entry of the same owner before this one. */
  #earlier = new Int32Array(roomInitial)
  #count = 0
  readonly #newest = new Map<number, number>()

  get count(): number {
    return this.#count
  }

  add(owner: number, id: number): void {
    if (this.#count === this.#owners.length) this.#grow()
    const entry = this.#count++
    this.#owners[entry] = owner
    this.#ids[entry] = id
    this.#earlier[entry] = this.#newest.get(owner) ?? none
    this.#newest.set(owner, entry)
  }

  /** Appends the ids that wait for an owner, newest entry first. */
  collect(owner: number, found: number[]): void {
    if (this.#count === 0) return
    let entry = this.#newest.get(owner) ?? none
    for (; entry !== none; entry = this.#earlier[entry]!) found.push(this.#ids[entry]!)
  }

  /** Hands over, in their order, all that are free to go; the others wait on. */
  release(
    isFree: (owner: number, id: number) => boolean,
    each: (owner: number, id: number) => void,
  ): void {
    const count = this.#count
    this.#count = 0
    this.#newest.clear()
    for (let entry = 0; entry < count; entry++) {
      const owner = this.#owners[entry]!
      const id = this.#ids[entry]!
      // What waits on moves to the front, never beyond where it stood.
      if (isFree(owner, id)) each(owner, id)
      else this.add(owner, id)
    }
  }

  #grow(): void {
    const room = this.#owners.length * 2
    const [owners, ids, earlier] = [this.#owners, this.#ids, this.#earlier]
    this.#owners = new Uint32Array(room)
    this.#ids = new Float64Array(room)
    this.#earlier = new Int32Array(room)
    this.#owners.set(owners)
    this.#ids.set(ids)
    this.#earlier.set(earlier)
  }
}
