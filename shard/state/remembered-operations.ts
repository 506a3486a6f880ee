// Remembered operations: which client operation ids have taken effect, so that a retry does not.
//
// The window is bounded by time and by number for each partition. Both are counted in log entries
// and their times, never by a clock, so primary, replica and recovery forget at the same entry.
//
//   numbers   ... [ operation, who, what it made, when, hash, the one before ] [ ... ]    a ring, the oldest first
//   keys      ... reference to the client's key in a ByteStore                  [ ... ]
//   newest    hash of operation, who and key -> the newest entry that has it
//
// Busy hours leave millions of them, so none is an object: as entries of a Map with texts for keys 280,000 took
// 95 MB of the JavaScript heap, and 130 ms of each collection of garbage, in which nobody was answered.
// Two attempts may share a hash: what is found is compared, and each entry names the one before of its hash.
// Whoever makes up keys that share one waits longer for their own writes; that of another user is another hash.

import { operationRememberedMs, operationsRememberedMax } from '../../protocol/limits.ts'
import { ByteStore } from './memory/byte-store.ts'
import { absent, highOf, IdTable, mix } from './memory/id-table.ts'

/** Who wanted what, and the key that the client chose for it: the same key may serve two operations. */
type Attempt = {
  /** The operation's wire code. */
  readonly operation: number
  readonly actor: number
  readonly operationId: string
}

/** What an attempt made (the id of it), and when. */
export type RememberedOperation = Attempt & { readonly result: number; readonly timeMs: number }

const numbersPerEntry = 6
const [operationPlace, actorPlace, resultPlace, timePlace, hashPlace, beforePlace] = [
  0, 1, 2, 3, 4, 5,
] as const
const roomInitial = 16

export class RememberedOperations {
  /** Entries are counted from the first that ever was; entry n is at place n modulo the room. */
  #numbers = new Float64Array(roomInitial * numbersPerEntry)
  #keys = new Uint32Array(roomInitial)
  readonly #texts = new ByteStore()
  /** Hash to the number of the newest entry, modulo 2^32. */
  readonly #newest = new IdTable()
  #first = 0
  #end = 0
  readonly #hashOf: typeof hashOf

  /** @param options `hash`: for tests, which cannot wait for two attempts of one hash */
  constructor(options: { readonly hash?: typeof hashOf } = {}) {
    this.#hashOf = options.hash ?? hashOf
  }

  /** @param done.result the id of what the operation made */
  remember(done: RememberedOperation): void {
    this.restore(done)
    for (; this.#first < this.#end; this.#forgetOldest()) {
      const isOld = this.#at(this.#first, timePlace) < done.timeMs - operationRememberedMs
      if (!isOld && this.#end - this.#first <= operationsRememberedMax) break
    }
  }

  /** Puts back one of `entries`: in their order, and nothing is forgotten for it. */
  restore(done: RememberedOperation): void {
    const text = encoded(done.operationId)
    const hash = this.#hashOf(done, text)
    let entry = this.#find(done, { text, hash })
    if (entry === absent) {
      if (this.#end - this.#first === this.#keys.length) this.#makeRoom()
      entry = this.#end++
      this.#keys[entry % this.#keys.length] = this.#texts.put(text)
      this.#set(entry, beforePlace, this.#newestOf(hash, entry))
      this.#newest.set(hash, entry >>> 0)
      this.#set(entry, operationPlace, done.operation)
      this.#set(entry, actorPlace, done.actor)
      this.#set(entry, hashPlace, hash)
    }
    this.#set(entry, resultPlace, done.result)
    this.#set(entry, timePlace, done.timeMs)
  }

  /** The id of what the first attempt made, or undefined. */
  resultOf(attempt: Attempt): number | undefined {
    const text = encoded(attempt.operationId)
    const entry = this.#find(attempt, { text, hash: this.#hashOf(attempt, text) })
    return entry === absent ? undefined : this.#at(entry, resultPlace)
  }

  /**
   * All that is remembered, the oldest first, what comes or is forgotten meanwhile included.
   * @param isWanted asked with the actor of each; all, unless it is given
   */
  *entries(isWanted: (actor: number) => boolean = always): Generator<RememberedOperation> {
    for (let entry = this.#first; entry < this.#end; entry = Math.max(entry + 1, this.#first)) {
      const actor = this.#at(entry, actorPlace)
      if (!isWanted(actor)) continue
      yield {
        operation: this.#at(entry, operationPlace),
        actor,
        operationId: Buffer.prototype.utf8Slice.call(this.#textOf(entry)),
        result: this.#at(entry, resultPlace),
        timeMs: this.#at(entry, timePlace),
      }
    }
  }

  #find({ operation, actor }: Attempt, { text, hash }: { text: Buffer; hash: number }): number {
    let entry = this.#newestOf(hash, this.#end)
    while (entry >= this.#first) {
      const isSame =
        this.#at(entry, actorPlace) === actor &&
        this.#at(entry, operationPlace) === operation &&
        text.equals(this.#textOf(entry))
      if (isSame) return entry
      entry = this.#at(entry, beforePlace)
    }
    return absent
  }

  /** The newest entry of a hash below `end`, or -1. */
  #newestOf(hash: number, end: number): number {
    const newest = this.#newest.get(hash)
    if (newest === absent) return absent
    const age = (end - newest) >>> 0
    return end - age
  }

  #forgetOldest(): void {
    const entry = this.#first++
    const hash = this.#at(entry, hashPlace)
    if (this.#newest.get(hash) === entry >>> 0) this.#newest.delete(hash)
    this.#texts.free(this.#keys[entry % this.#keys.length]!)
  }

  #textOf(entry: number): Uint8Array {
    return this.#texts.view(this.#keys[entry % this.#keys.length]!)
  }

  #at(entry: number, place: number): number {
    return this.#numbers[(entry % this.#keys.length) * numbersPerEntry + place]!
  }

  #set(entry: number, place: number, value: number): void {
    this.#numbers[(entry % this.#keys.length) * numbersPerEntry + place] = value
  }

  #makeRoom(): void {
    const [numbers, keys] = [this.#numbers, this.#keys]
    this.#numbers = new Float64Array(numbers.length * 2)
    this.#keys = new Uint32Array(keys.length * 2)
    for (let entry = this.#first; entry < this.#end; entry++) {
      const from = (entry % keys.length) * numbersPerEntry
      const to = (entry % this.#keys.length) * numbersPerEntry
      for (let place = 0; place < numbersPerEntry; place++) {
        this.#numbers[to + place] = numbers[from + place]!
      }
      this.#keys[entry % this.#keys.length] = keys[entry % keys.length]!
    }
  }
}

const always = (): boolean => true

const scratch = Buffer.alloc(1_024)

/** The key's bytes: good until the next one. */
function encoded(operationId: string): Buffer {
  if (operationId.length * 3 > scratch.length) return Buffer.from(operationId)
  return scratch.subarray(0, scratch.utf8Write(operationId, 0, scratch.length))
}

/** @returns 1 to 2^52 */
function hashOf({ operation, actor }: Attempt, text: Buffer): number {
  let low = mix(actor | 0, highOf(actor)) ^ operation
  let high = mix(operation, low)
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text[at]!, 0x01000193)
    high = Math.imul(high ^ (low >>> 15) ^ text[at]!, 0x9e3779b1)
  }
  return (mix(low, high) >>> 0) * 2 ** 20 + (mix(high, low) >>> 12) + 1
}
