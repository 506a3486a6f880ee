// Rankings: home timelines in the order of rank, each as it was when its first page was read, so that the pages
// after it go on in the same order while counts change and others post.
//
//   reader 5 at 12:00:03.218   [ tweet 90  tweet 17  tweet 33 ... ]     the best first, 4 bytes each
//   reader 8 at 12:00:04.001   [ tweet 12  tweet 90 ... ]
//
// A cache and no fact: what was not read for longest makes room, and whoever comes back for it is told
// (operations/ranked-home.ts). Nothing of it is in a snapshot, and nothing need be dropped when somebody unfollows
// or deletes: each page asks again what may be shown.
//
// Owned by `ShardState`; a single thread.

/** All rankings together: nearly 10,000 of the longest, and one is asked for while somebody reads on. */
export const rankingsBytesMax = 32 * 1024 * 1024
/** What a ranking costs beside its entries: a map's entry, its key, an array. */
const overheadBytes = 256

export class Rankings {
  readonly #bytesMax: number
  /** The one that was not read for longest is first. */
  readonly #kept = new Map<string, Uint32Array>()
  #bytes = 0

  constructor(bytesMax = rankingsBytesMax) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  has(reader: number, anchorMs: number): boolean {
    return this.#kept.has(keyOf(reader, anchorMs))
  }

  /** The dense indexes of the tweets that were there at that time, the best first. */
  find(reader: number, anchorMs: number): Uint32Array | undefined {
    const key = keyOf(reader, anchorMs)
    const ranking = this.#kept.get(key)
    if (ranking === undefined) return undefined
    this.#kept.delete(key)
    this.#kept.set(key, ranking)
    return ranking
  }

  keep(reader: number, anchorMs: number, ranking: Uint32Array): void {
    this.#forget(keyOf(reader, anchorMs))
    this.#kept.set(keyOf(reader, anchorMs), ranking)
    this.#bytes += sizeOf(ranking)
    for (const key of this.#kept.keys()) {
      if (this.#bytes <= this.#bytesMax) return
      this.#forget(key)
    }
  }

  #forget(key: string): void {
    const ranking = this.#kept.get(key)
    if (ranking === undefined) return
    this.#kept.delete(key)
    this.#bytes -= sizeOf(ranking)
  }
}

function keyOf(reader: number, anchorMs: number): string {
  return `${reader} ${anchorMs}`
}

function sizeOf(ranking: Uint32Array): number {
  return ranking.byteLength + overheadBytes
}
