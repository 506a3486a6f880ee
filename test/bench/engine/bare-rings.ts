// The bare loop: what this machine can do where nothing has to be right. It writes the same 8 bytes to
// the rings of the same owners, with no check for order, twins, size or absence, on plain typed arrays.
// Our delivery is measured against it, in the same run.

/** Rings without anything around them: a hand for each owner, and equally many entries. */
export class BareRings {
  readonly #hands: Uint32Array
  readonly #slots: Float64Array
  readonly #entries: number

  constructor(memory: BareMemory) {
    this.#hands = new Uint32Array(memory.hands)
    this.#slots = new Float64Array(memory.slots)
    this.#entries = memory.entries
  }

  deliver(owners: Uint32Array, { from, to }: { from: number; to: number }, id: number): void {
    const hands = this.#hands
    const slots = this.#slots
    const entries = this.#entries
    for (let at = from; at < to; at++) {
      const owner = owners[at]!
      const hand = hands[owner]!
      slots[owner * entries + hand] = id
      hands[owner] = hand + 1 === entries ? 0 : hand + 1
    }
  }
}

/** What another thread needs to write to the same bare rings. */
export type BareMemory = {
  readonly hands: SharedArrayBuffer
  readonly slots: SharedArrayBuffer
  readonly entries: number
}

/** @returns memory in which every page is there already, as it is in rings that are in use */
export function bareMemory(owners: number, entries: number): BareMemory {
  const hands = new SharedArrayBuffer(owners * 4)
  const slots = new SharedArrayBuffer(owners * entries * 8)
  new Float64Array(slots).fill(1)
  return { hands, slots, entries }
}
