// NoticeLists: for each user (a dense index) a list of notices, ascending by id. No object per list, and nothing
// but 8 bytes for a user who has none.
//
//   user 5: address, class, length        a block of four numbers for each notice
//           8        4      3      --->   [ id | who, kind, whether taken back | tweet | arrival ] [ … ] [ … ]
//
// The blocks come from id-pool.ts, as those of IdLists do. Of what the numbers mean, notices.ts knows the rules.
//
// Owned by `Notices`; a single thread.

import { fetched } from './memory/fetching.ts'
import { IdPool } from './memory/id-pool.ts'
import { INDEX_LIMIT } from './memory/paged-table.ts'
import { Records } from './memory/records.ts'

/** Something that somebody did, and that concerns the user who has the notice. */
export type Notice = {
  /** Of the tweet, favorite, follow or request, from the partition of who did it: no two are alike. */
  readonly id: number
  /** By its place among `notificationKinds`. */
  readonly kind: number
  /** Who did it: a dense index. */
  readonly actor: number
  /** The tweet that it is about, as a dense index; -1 where it is about none. */
  readonly subject: number
  readonly isTakenBack: boolean
  /** The place in the order in which notices reached this process; 0 for what came from elsewhere as a whole. */
  readonly arrival: number
}

const numbersPerNotice = 4
const [idPlace, deedPlace, subjectPlace, arrivalPlace] = [0, 1, 2, 3] as const
const kindsMax = 16
const takenBackUnit = INDEX_LIMIT * kindsMax
/** A block of this class holds one notice. */
const classOfOne = 2
const lengthBits = 26
const lengthMask = 2 ** lengthBits - 1
/** The words of a user: where the block lies, its class and how many notices are in it. */
const [addressWord, shapeWord] = [0, 1] as const

export class NoticeLists {
  readonly #owners = new Records(2)
  readonly #pool = new IdPool()
  /** Users beyond this have none. */
  #ownersEnd = 0
  #count = 0

  /** Notices of everybody. */
  get count(): number {
    return this.#count
  }

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    return this.#pool.bytes + this.#owners.bytes
  }

  /** Users from here on have no notices. */
  get ownersEnd(): number {
    return this.#ownersEnd
  }

  length(owner: number): number {
    return this.#owners.get(owner, shapeWord) & lengthMask
  }

  /** How many notices fit before the list moves. */
  room(owner: number): number {
    const shape = this.#owners.get(owner, shapeWord)
    return (shape & lengthMask) === 0 ? 0 : 1 << ((shape >>> lengthBits) - classOfOne)
  }

  /** Fetches ahead where the newest notice lies of each of the first `count` owners. */
  prefetch(owners: Int32Array, count: number): void {
    let sum = 0
    for (let place = 0; place < count; place++) {
      sum += this.#owners.get(owners[place]!, addressWord)
    }
    for (let place = 0; place < count; place++) {
      const length = this.length(owners[place]!)
      if (length > 0) sum += this.#idAt(owners[place]!, length - 1)
    }
    fetched.sum = sum
  }

  at(owner: number, place: number): Notice {
    const { numbers, start } = this.#find(owner, place)
    const deed = numbers[start + deedPlace]!
    return {
      id: numbers[start + idPlace]!,
      kind: Math.floor(deed / INDEX_LIMIT) % kindsMax,
      actor: deed % INDEX_LIMIT,
      subject: numbers[start + subjectPlace]!,
      isTakenBack: deed >= takenBackUnit,
      arrival: numbers[start + arrivalPlace]!,
    }
  }

  /** Puts a notice in at its place. @returns false where there is one of its id already */
  insert(owner: number, notice: Notice): boolean {
    const length = this.length(owner)
    const place = this.#placeOf(owner, notice.id)
    if (place < length && this.#idAt(owner, place) === notice.id) return false
    this.#lengthen(owner, length + 1)
    const { numbers, start } = this.#find(owner, place)
    if (place < length) {
      const end = start + (length - place) * numbersPerNotice
      numbers.copyWithin(start + numbersPerNotice, start, end)
    }
    write(numbers, start, notice)
    this.#count++
    return true
  }

  /** Marks every notice as taken back that is of this kind, actor and subject. */
  takeBack(owner: number, deed: Pick<Notice, 'kind' | 'actor' | 'subject'>): void {
    const wanted = deedOf({ ...deed, isTakenBack: false })
    for (let place = this.length(owner) - 1; place >= 0; place--) {
      const { numbers, start } = this.#find(owner, place)
      if (numbers[start + subjectPlace] !== deed.subject) continue
      if (numbers[start + deedPlace] === wanted) numbers[start + deedPlace] = wanted + takenBackUnit
    }
  }

  /** Marks the notice of this id, where there is one, as taken back. */
  takeBackOne(owner: number, id: number): void {
    for (let place = this.length(owner) - 1; place >= 0; place--) {
      const { numbers, start } = this.#find(owner, place)
      if (numbers[start + idPlace] !== id) continue
      const deed = numbers[start + deedPlace]!
      if (deed < takenBackUnit) numbers[start + deedPlace] = deed + takenBackUnit
      return
    }
  }

  /** Gives every notice about a subject a new arrival. @returns whether there is any */
  arriveAgain(owner: number, subject: number, arrival: number): boolean {
    let isAny = false
    for (let place = this.length(owner) - 1; place >= 0; place--) {
      const { numbers, start } = this.#find(owner, place)
      if (numbers[start + subjectPlace] !== subject) continue
      numbers[start + arrivalPlace] = arrival
      isAny = true
    }
    return isAny
  }

  /** Puts others in place of all that the user has. @param notices ascending by id */
  replace(owner: number, notices: readonly Notice[]): void {
    this.clear(owner)
    if (notices.length === 0) return
    this.#lengthen(owner, notices.length)
    const { numbers, start } = this.#find(owner, 0)
    for (const [place, notice] of notices.entries()) {
      write(numbers, start + place * numbersPerNotice, notice)
    }
    this.#count += notices.length
  }

  clear(owner: number): void {
    const shape = this.#owners.get(owner, shapeWord)
    if ((shape & lengthMask) === 0) return
    this.#count -= shape & lengthMask
    this.#pool.giveBack(this.#owners.get(owner, addressWord), shape >>> lengthBits)
    this.#owners.set(owner, addressWord, 0)
    this.#owners.set(owner, shapeWord, 0)
  }

  /** The place of the first notice that is of this id or above. */
  #placeOf(owner: number, id: number): number {
    let end = this.length(owner)
    // Most are the newest: asked for first.
    if (end === 0 || this.#idAt(owner, end - 1) < id) return end
    let below = 0
    while (below < end) {
      const middle = (below + end) >>> 1
      if (this.#idAt(owner, middle) < id) below = middle + 1
      else end = middle
    }
    return below
  }

  #idAt(owner: number, place: number): number {
    const { numbers, start } = this.#find(owner, place)
    return numbers[start + idPlace]!
  }

  #find(owner: number, place: number): { numbers: Float64Array; start: number } {
    const address = this.#owners.get(owner, addressWord)
    const start = (address & 0xffff) + place * numbersPerNotice
    return { numbers: this.#pool.pages[address >>> 16]!, start }
  }

  /** Makes room for so many notices in all, more than there are, and says that they are there. */
  #lengthen(owner: number, length: number): void {
    const shape = this.#owners.get(owner, shapeWord)
    const count = shape & lengthMask
    const from = shape >>> lengthBits
    const to = Math.max(from, classOfOne + 32 - Math.clz32(length - 1))
    let address = this.#owners.get(owner, addressWord)
    if (count === 0) address = this.#pool.take(to)
    else if (to > from) {
      address = this.#pool.move({ address, length: count * numbersPerNotice, from, to })
    }
    this.#owners.set(owner, addressWord, address)
    this.#owners.set(owner, shapeWord, ((to << lengthBits) | length) >>> 0)
    this.#ownersEnd = Math.max(this.#ownersEnd, owner + 1)
  }
}

function write(numbers: Float64Array, start: number, notice: Notice): void {
  numbers[start + idPlace] = notice.id
  numbers[start + deedPlace] = deedOf(notice)
  numbers[start + subjectPlace] = notice.subject
  numbers[start + arrivalPlace] = notice.arrival
}

function deedOf({ actor, kind, isTakenBack }: Pick<Notice, 'actor' | 'kind' | 'isTakenBack'>) {
  return actor + kind * INDEX_LIMIT + (isTakenBack ? takenBackUnit : 0)
}
