// The newest ids of many lists, merged: how a home timeline is built anew from its authors' tweets.
//
// A k-way merge with a binary heap of list heads (Knuth, The Art of Computer Programming, volume 3,
// 5.4.1): each of the `limit` steps takes the largest head and moves that list on to its next older
// id, in O(log k). The lists are never copied or sorted.

import type { IdLists } from './id-lists.ts'

type Lists = Pick<IdLists, 'at' | 'lowerBound'>

/** Moves the ids that are wanted, of the first `count`, to the front. @returns how many those are */
export type Keep = (ids: Float64Array, count: number) => number

/**
 * Writes the newest `limit` ids of the owners' lists into `out`, oldest first.
 * @param keep which of them; all unless said otherwise. Asked for many at a time.
 * @returns how many were written.
 */
export function mergeNewest(
  lists: Lists,
  owners: readonly number[],
  limit: number,
  out: Float64Array,
  keep: Keep = all,
): number {
  const heap = new HeadHeap(lists, owners)
  let count = 0
  while (count < limit && heap.size > 0) {
    const wanted = Math.min(limit - count, batch.length)
    let taken = 0
    while (taken < wanted && heap.size > 0) batch[taken++] = heap.takeNewest()
    const kept = keep(batch, taken)
    for (let place = 0; place < kept; place++) out[limit - 1 - count++] = batch[place]!
  }
  out.copyWithin(0, limit - count, limit)
  return count
}

const batch = new Float64Array(256)
const all: Keep = (_ids, count) => count

/** The same for pages: the ids of many lists, newest first, as many at a time as are asked for. */
export class NewestOfMany {
  readonly #heap: HeadHeap

  /** @param before only ids below this one */
  constructor(lists: Lists, owners: readonly number[], before: number) {
    this.#heap = new HeadHeap(lists, owners, before)
  }

  /** Writes the next `limit` ids into `out`. @returns how many there were */
  read(limit: number, out: Float64Array): number {
    let count = 0
    while (count < limit && this.#heap.size > 0) out[count++] = this.#heap.takeNewest()
    return count
  }
}

class HeadHeap {
  readonly #lists: Lists
  readonly #owners: Uint32Array
  readonly #places: Uint32Array
  readonly #heads: Float64Array
  size = 0

  constructor(lists: Lists, owners: readonly number[], before = Infinity) {
    this.#lists = lists
    this.#owners = new Uint32Array(owners.length)
    this.#places = new Uint32Array(owners.length)
    this.#heads = new Float64Array(owners.length)
    for (const owner of owners) {
      const length = lists.lowerBound(owner, before)
      if (length === 0) continue
      this.#owners[this.size] = owner
      this.#places[this.size] = length - 1
      this.#heads[this.size++] = lists.at(owner, length - 1)
    }
    for (let node = (this.size >> 1) - 1; node >= 0; node--) this.#sink(node)
  }

  takeNewest(): number {
    const newest = this.#heads[0]!
    const place = this.#places[0]!
    if (place > 0) {
      this.#places[0] = place - 1
      this.#heads[0] = this.#lists.at(this.#owners[0]!, place - 1)
    } else {
      this.#move(--this.size, 0)
    }
    this.#sink(0)
    return newest
  }

  #sink(start: number): void {
    let node = start
    while (true) {
      let child = 2 * node + 1
      if (child >= this.size) return
      if (child + 1 < this.size && this.#heads[child + 1]! > this.#heads[child]!) child++
      if (this.#heads[child]! <= this.#heads[node]!) return
      this.#swap(node, child)
      node = child
    }
  }

  #move(from: number, to: number): void {
    this.#owners[to] = this.#owners[from]!
    this.#places[to] = this.#places[from]!
    this.#heads[to] = this.#heads[from]!
  }

  #swap(left: number, right: number): void {
    const owner = this.#owners[left]!
    const place = this.#places[left]!
    const head = this.#heads[left]!
    this.#move(right, left)
    this.#owners[right] = owner
    this.#places[right] = place
    this.#heads[right] = head
  }
}
