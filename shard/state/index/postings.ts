// Postings: for each term the documents that have it, a document being a number below 65,536. Grows at
// its end only, and is read from the newest document back.
//
//   table    fingerprint, count, tail          one entry a term; a single document stands in the entry itself
//   pool     [link|3 7] <- [link|9 12 13 20 31 44] <- [link|51 60 ...        2 bytes a document
//
// A term begins with a small slice; each next one is twice as long and links to the one before. So a term
// that comes once takes 12 bytes, and the commonest waste one slice at most. Source: Busch et al., "Earlybird:
// Real-Time Search at Twitter", ICDE 2012, section IV; the slices of two-byte numbers and the single document
// in the table are ours.
//
// A term is 32 bits here: two terms may share an entry, so what is found has to be compared.

const entryWords = 3
const entriesMin = 64
const linkUnits = 2
const sliceUnitsMin = 4
const sliceUnitsMax = 2_048
/** Documents in the slices that still grow; all later ones are of the largest size. */
const growing = makeGrowing()

/** Where the count-th document of a term stands: in which slice, and at which place of it. */
function makeGrowing(): { slices: Uint8Array; places: Uint16Array } {
  const slices: number[] = []
  const places: number[] = []
  for (let slice = 0; capacityOf(slice) < sliceUnitsMax - linkUnits; slice++) {
    for (let place = 0; place < capacityOf(slice); place++) {
      slices.push(slice)
      places.push(place)
    }
  }
  return { slices: Uint8Array.from(slices), places: Uint16Array.from(places) }
}

function capacityOf(slice: number): number {
  return Math.min(sliceUnitsMin << Math.min(slice, 16), sliceUnitsMax) - linkUnits
}

const growingCount = growing.slices.length
const largestCapacity = sliceUnitsMax - linkUnits
const firstLargest = growing.slices[growingCount - 1]! + 1

function placeOf(count: number): number {
  return count <= growingCount
    ? growing.places[count - 1]!
    : (count - growingCount - 1) % largestCapacity
}

function sliceOf(count: number): number {
  return count <= growingCount
    ? growing.slices[count - 1]!
    : firstLargest + Math.floor((count - growingCount - 1) / largestCapacity)
}

export class Postings {
  #table: Uint32Array
  #mask: number
  #termCount = 0
  #pool = new Uint16Array(256)
  #poolEnd = 0

  /**
   * @param like postings of as many documents, whose table is of the size that these will need: growing takes
   * milliseconds where there are many terms
   */
  constructor(like?: Postings) {
    const entries = like === undefined ? entriesMin : like.#mask + 1
    this.#table = new Uint32Array(entries * entryWords)
    this.#mask = entries - 1
  }

  get bytes(): number {
    return this.#table.byteLength + this.#pool.byteLength
  }

  /** Documents of a term. */
  count(term: number): number {
    return this.#table[this.#entryOf(term) + 1]!
  }

  /** Adds a document to a term, unless it is the one that was added to it last. */
  append(term: number, document: number): void {
    let entry = this.#entryOf(term)
    const count = this.#table[entry + 1]!
    if (count === 0) {
      if (this.#termCount * 4 >= this.#mask * 3) {
        this.#grow()
        entry = this.#entryOf(term)
      }
      this.#termCount++
      this.#table[entry] = term
      this.#table[entry + 2] = document
    } else if (!this.#appendTo(entry, count, document)) {
      return
    }
    this.#table[entry + 1] = count + 1
  }

  #appendTo(entry: number, count: number, document: number): boolean {
    const tail = this.#table[entry + 2]!
    if (count === 1) {
      if (tail === document) return false
      const start = this.#allocate(sliceUnitsMin)
      this.#pool[start + linkUnits] = tail
      this.#pool[start + linkUnits + 1] = document
      this.#table[entry + 2] = start + linkUnits + 1
      return true
    }
    if (this.#pool[tail] === document) return false
    if (placeOf(count + 1) !== 0) {
      this.#pool[tail + 1] = document
      this.#table[entry + 2] = tail + 1
      return true
    }
    const previous = tail - placeOf(count) - linkUnits
    const start = this.#allocate(capacityOf(sliceOf(count + 1)) + linkUnits)
    this.#pool[start] = previous
    this.#pool[start + 1] = previous >>> 16
    this.#pool[start + linkUnits] = document
    this.#table[entry + 2] = start + linkUnits
    return true
  }

  /** A cursor over the documents of a term, newest first; it starts before the newest. */
  cursor(term: number): PostingCursor {
    const entry = this.#entryOf(term)
    const count = this.#table[entry + 1]!
    return new PostingCursor({ pool: this.#pool, count, tail: this.#table[entry + 2]! })
  }

  /** The documents of a term in whatever order they came, the last one first. */
  *all(term: number): Generator<number> {
    const entry = this.#entryOf(term)
    const tail = this.#table[entry + 2]!
    let count = this.#table[entry + 1]!
    if (count === 1) yield tail
    if (count < 2) return
    for (let at = tail; count > 0; count--) {
      yield this.#pool[at]!
      const place = placeOf(count)
      if (place > 0 || count === 1) at--
      else {
        const start = at - linkUnits
        const previous = this.#pool[start]! + this.#pool[start + 1]! * 0x10000
        at = previous + linkUnits + capacityOf(sliceOf(count - 1)) - 1
      }
    }
  }

  /** Gives back what was kept for growing: nothing is appended any more. */
  seal(): void {
    this.#pool = this.#pool.slice(0, this.#poolEnd)
  }

  #allocate(units: number): number {
    const start = this.#poolEnd
    this.#poolEnd += units
    if (this.#poolEnd > this.#pool.length) {
      const larger = new Uint16Array(this.#poolEnd + (this.#poolEnd >>> 1))
      larger.set(this.#pool)
      this.#pool = larger
    }
    return start
  }

  /** Where the entry of a term stands, or would stand. */
  #entryOf(term: number): number {
    const table = this.#table
    for (let place = term & this.#mask; ; place = (place + 1) & this.#mask) {
      const entry = place * entryWords
      if (table[entry + 1] === 0 || table[entry] === term) return entry
    }
  }

  #grow(): void {
    const old = this.#table
    this.#table = new Uint32Array(old.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let entry = 0; entry < old.length; entry += entryWords) {
      if (old[entry + 1] === 0) continue
      this.#table.set(old.subarray(entry, entry + entryWords), this.#entryOf(old[entry]!))
    }
  }
}

/** Goes through the documents of one term, from the newest back. Good until something is appended. */
export class PostingCursor {
  readonly count: number
  readonly #pool: Uint16Array
  /** The start of the slice, and the last place in it that is still ahead. */
  #start: number
  #last: number
  #slice: number
  readonly #only: number

  constructor(of: { readonly pool: Uint16Array; readonly count: number; readonly tail: number }) {
    this.count = of.count
    this.#pool = of.pool
    this.#only = of.count === 1 ? of.tail : -1
    this.#slice = of.count > 1 ? sliceOf(of.count) : -1
    this.#start = of.count > 1 ? of.tail - placeOf(of.count) - linkUnits : 0
    this.#last = of.tail
  }

  /** @returns the newest document that is not newer than this one, or -1; a cursor never goes back */
  seek(document: number): number {
    if (this.#slice < 0) return this.#only <= document ? this.#only : -1
    const pool = this.#pool
    while (pool[this.#start + linkUnits]! > document) {
      if (this.#slice === 0) return -1
      this.#slice--
      this.#start = pool[this.#start]! + pool[this.#start + 1]! * 0x10000
      this.#last = this.#start + linkUnits + capacityOf(this.#slice) - 1
    }
    if (pool[this.#last]! <= document) return pool[this.#last]!
    let low = this.#start + linkUnits
    let high = this.#last - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (pool[middle]! > document) high = middle - 1
      else low = middle
    }
    this.#last = low
    return pool[low]!
  }
}
