// Page memory: what cards and bodies lie in, outside the JavaScript heap.
//
//   1 MiB      4 MiB                       16 MiB                 the supply of one store
//   | page |   | page | page | page | . |  | not touched yet: costs nothing ...
//
// Pages are not shared with other threads: `Buffer.copy` takes 15 to 22 ns for a body that way, and 46 to 68 out of
// shared memory, and a page of a timeline is some forty of them.
//
// The price of memory that is not shared is that V8 counts it, and collects everything each time that some 32 MiB have
// come: with pages one by one a dozen times in the recovery of a million tweets. So whole pages are cut from stretches,
// each four times the last, which are counted once.
//
// Owned by one store. A page that is given back serves that store again; the memory goes back to the system with the
// store itself.

/** Of the largest pages, which are most of the memory; smaller ones stand alone. */
export const wholePageBytes = 1_048_576
const stretchPagesMax = 256
const stretchGrowth = 4

/** The same memory by the byte and by the word. */
export type PageMemory = { readonly bytes: Buffer; readonly words: Uint32Array }

export class PageSupply {
  #stretch = new ArrayBuffer(0)
  /** Bytes of the stretch that are pages already. */
  #cut = 0
  #nextStretchPages = 1
  readonly #givenBack: PageMemory[] = []

  /**
   * @param bytes a multiple of 4, up to `wholePageBytes`
   * @returns zeros, but for a page that was given back
   */
  take(bytes: number): PageMemory {
    if (bytes < wholePageBytes) return viewsOf(new ArrayBuffer(bytes), 0, bytes)
    const used = this.#givenBack.pop()
    if (used !== undefined) return used
    if (this.#cut === this.#stretch.byteLength) {
      this.#stretch = new ArrayBuffer(this.#nextStretchPages * wholePageBytes)
      this.#cut = 0
      this.#nextStretchPages = Math.min(this.#nextStretchPages * stretchGrowth, stretchPagesMax)
    }
    const start = this.#cut
    this.#cut += wholePageBytes
    return viewsOf(this.#stretch, start, wholePageBytes)
  }

  /** Takes a page back of which nothing is used any more. */
  giveBack({ bytes, words }: PageMemory): void {
    if (bytes.length === wholePageBytes) this.#givenBack.push({ bytes, words })
  }
}

function viewsOf(memory: ArrayBuffer, start: number, bytes: number): PageMemory {
  return {
    bytes: Buffer.from(memory, start, bytes),
    words: new Uint32Array(memory, start, bytes / Uint32Array.BYTES_PER_ELEMENT),
  }
}
