// The requests of one link that have no answer yet, by their number there.
//
// Numbers rise, and nearly all answers come soon: so a request lies in a ring, at the place that its number names (to put
// it there and take it again is 11 ns, in a map 85). The few that are still there when their place comes round move to a
// map.

import type { ShardRequest } from './shard-request.ts'

/** Places of the ring: a power of two. A gateway that sends 100,000 requests a second goes round in 41 ms. */
const placesCount = 4_096

export class PendingRequests {
  readonly #ring = new Array<ShardRequest | undefined>(placesCount).fill(undefined)
  /** Of the requests in the ring. */
  readonly #numbers = new Uint32Array(placesCount)
  readonly #late = new Map<number, ShardRequest>()
  #count = 0

  get count(): number {
    return this.#count
  }

  /** @param requestId larger than that of all before, or begun anew behind 2^32 - 1 */
  add(requestId: number, request: ShardRequest): void {
    const place = requestId % placesCount
    const former = this.#ring[place]
    if (former !== undefined) this.#late.set(this.#numbers[place]!, former)
    this.#ring[place] = request
    this.#numbers[place] = requestId
    this.#count++
  }

  /** @returns undefined for one that was given up at its deadline: its answer is too late for anybody. */
  take(requestId: number): ShardRequest | undefined {
    const place = requestId % placesCount
    let request = this.#ring[place]
    if (request !== undefined && this.#numbers[place] === requestId) this.#ring[place] = undefined
    else {
      request = this.#late.get(requestId)
      if (request === undefined) return undefined
      this.#late.delete(requestId)
    }
    this.#count--
    return request
  }

  takeAll(): ShardRequest[] {
    return this.takeStartedBy(Number.POSITIVE_INFINITY)
  }

  /** Those that began at this moment or before, on the clock of `performance.now()`. */
  takeStartedBy(startedAtMs: number): ShardRequest[] {
    const taken: ShardRequest[] = []
    if (this.#count === 0) return taken
    for (const [requestId, request] of this.#late) {
      if (request.startedAtMs > startedAtMs) continue
      this.#late.delete(requestId)
      taken.push(request)
    }
    for (const [place, request] of this.#ring.entries()) {
      if (request === undefined || request.startedAtMs > startedAtMs) continue
      this.#ring[place] = undefined
      taken.push(request)
    }
    this.#count -= taken.length
    return taken
  }
}
