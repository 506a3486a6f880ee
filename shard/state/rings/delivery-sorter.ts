// DeliverySorter: puts the entries of a block of the delivery buffer in order, by owner, and of each owner by tweet id.
//
// An entry is a word: a tweet's number (the upper bits), the owner's place in the block (the lower `ownerBits`).

/** Bits of an entry that say which owner of the block it is for. */
export const ownerBits = 12
export const ownerMask = 2 ** ownerBits - 1
const digitBits = ownerBits / 2
const digitMask = 2 ** digitBits - 1
/** From so many entries on they are not put in their places one by one. */
const manyMin = 24

/** Entries as they came. */
export type Unsorted = {
  readonly entries: Int32Array
  readonly start: number
  readonly count: number
  /** The first owner of the block. */
  readonly first: number
  /** The ids of tweets, by number. */
  readonly tweetIds: Float64Array
}

export class DeliverySorter {
  /** What was sorted last. */
  readonly owners: Uint32Array
  readonly ids: Float64Array
  /** Where the next entry goes, by each half of the bits of an owner. */
  readonly #lower = new Uint16Array(digitMask + 1)
  readonly #upper = new Uint16Array(digitMask + 1)
  readonly #halfSorted: Int32Array

  /** @param entriesMax how many are sorted at most, below 65,536 */
  constructor(entriesMax: number) {
    this.owners = new Uint32Array(entriesMax)
    this.ids = new Float64Array(entriesMax)
    this.#halfSorted = new Int32Array(entriesMax)
  }

  sort(unsorted: Unsorted): void {
    if (unsorted.count < manyMin) this.#sortFew(unsorted)
    else this.#sortMany(unsorted)
  }

  /** Puts each entry where it belongs among those before it. */
  #sortFew({ entries, start, count, first, tweetIds }: Unsorted): void {
    const { owners, ids } = this
    for (let place = 0; place < count; place++) {
      const entry = entries[start + place]!
      const owner = first + (entry & ownerMask)
      let rank = place
      for (; rank > 0 && owners[rank - 1]! > owner; rank--) {
        owners[rank] = owners[rank - 1]!
        ids[rank] = ids[rank - 1]!
      }
      owners[rank] = owner
      ids[rank] = tweetIds[entry >>> ownerBits]!
      this.#sinkId(rank)
    }
  }

  /** Sorts by the lower half of the bits of an owner, and what comes of it by the upper half. */
  #sortMany({ entries, start, count, first, tweetIds }: Unsorted): void {
    const { owners, ids } = this
    const lower = this.#lower.fill(0)
    const upper = this.#upper.fill(0)
    const halfSorted = this.#halfSorted
    for (let at = start; at < start + count; at++) {
      const entry = entries[at]!
      lower[entry & digitMask]!++
      upper[(entry & ownerMask) >>> digitBits]!++
    }
    toStarts(lower)
    toStarts(upper)
    for (let at = start; at < start + count; at++) {
      const entry = entries[at]!
      halfSorted[lower[entry & digitMask]!++] = entry
    }
    for (let place = 0; place < count; place++) {
      const entry = halfSorted[place]!
      const rank = upper[(entry & ownerMask) >>> digitBits]!++
      owners[rank] = first + (entry & ownerMask)
      ids[rank] = tweetIds[entry >>> ownerBits]!
    }
    for (let rank = 1; rank < count; rank++) {
      if (owners[rank - 1] === owners[rank] && ids[rank - 1]! > ids[rank]!) this.#sinkId(rank)
    }
  }

  /** Moves an id in front of newer ones of the same owner: tweets come nearly in order. */
  #sinkId(from: number): void {
    const { owners, ids } = this
    const id = ids[from]!
    let rank = from
    for (; rank > 0 && owners[rank - 1] === owners[from] && ids[rank - 1]! > id; rank--) {
      ids[rank] = ids[rank - 1]!
    }
    ids[rank] = id
  }
}

/** Makes numbers of entries the places where the first of them goes. */
function toStarts(counts: Uint16Array): void {
  let start = 0
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit]!
    counts[digit] = start
    start += count
  }
}
