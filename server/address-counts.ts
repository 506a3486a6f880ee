// How much of something each address has, and whether it may have more: so one address leaves room for others.

export class AddressCounts {
  readonly #max: number
  /** An entry goes with the last of it. */
  readonly #counts = new Map<string, number>()

  /** @param max what one address may have */
  constructor(max: number) {
    this.#max = max
  }

  /** Whether the address may have no more. */
  isFull(address: string): boolean {
    return (this.#counts.get(address) ?? 0) >= this.#max
  }

  /** One more for the address, also where that is too much; `release` has to follow. */
  add(address: string): void {
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1)
  }

  /** @returns false where the address has as much as it may: then nothing is to be released */
  take(address: string): boolean {
    if (this.isFull(address)) return false
    this.add(address)
    return true
  }

  release(address: string): void {
    const count = (this.#counts.get(address) ?? 0) - 1
    if (count > 0) this.#counts.set(address, count)
    else this.#counts.delete(address)
  }
}
