// A cold store without a disk, which can be told to take nothing.

import type { ColdBodies } from '../../shard/state/tweets/cold-bodies.ts'

export class FakeColdBodies implements ColdBodies {
  readonly bytes = 0
  readonly bytesMax = 0
  /** In the order in which they came. */
  readonly bodies = new Map<number, Uint8Array>()
  isFull = false

  put(tweet: number, body: Uint8Array): boolean {
    if (this.isFull) return false
    if (this.bodies.has(tweet)) throw new Error(`tweet ${tweet} has moved out already`)
    this.bodies.set(tweet, Uint8Array.from(body))
    return true
  }

  get(tweet: number): Uint8Array {
    const body = this.bodies.get(tweet)
    if (body === undefined) throw new Error(`tweet ${tweet} has not moved out`)
    return body
  }

  delete(tweet: number): void {
    if (!this.bodies.delete(tweet)) throw new Error(`tweet ${tweet} has not moved out`)
  }
}
