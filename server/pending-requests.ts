// The requests of one link that have no answer yet, by their number there.
//
// All requests have the same time, so those that were sent once, at once, lie in the order of their
// deadlines, and looking for overdue ones stops at the first that is not. Those that were held, or sent
// elsewhere before, are few and in no order: they lie apart.

import type { ShardRequest } from './shard-request.ts'

export class PendingRequests {
  readonly #inOrder = new Map<number, ShardRequest>()
  readonly #again = new Map<number, ShardRequest>()

  get count(): number {
    return this.#inOrder.size + this.#again.size
  }

  add(requestId: number, request: ShardRequest): void {
    const isInOrder = request.sends === 0 && request.heldUntilMs === 0
    if (isInOrder) this.#inOrder.set(requestId, request)
    else this.#again.set(requestId, request)
  }

  /** @returns undefined for one that was given up at its deadline: its answer is too late for anybody. */
  take(requestId: number): ShardRequest | undefined {
    const request = this.#inOrder.get(requestId) ?? this.#again.get(requestId)
    if (!this.#inOrder.delete(requestId)) this.#again.delete(requestId)
    return request
  }

  takeAll(): ShardRequest[] {
    const all = [...this.#inOrder.values(), ...this.#again.values()]
    this.#inOrder.clear()
    this.#again.clear()
    return all
  }

  /** Those that began at this moment or before, on the clock of `performance.now()`. */
  takeStartedBy(startedAtMs: number): ShardRequest[] {
    const taken: ShardRequest[] = []
    for (const [requestId, request] of this.#inOrder) {
      if (request.startedAtMs > startedAtMs) break
      this.#inOrder.delete(requestId)
      taken.push(request)
    }
    for (const [requestId, request] of this.#again) {
      if (request.startedAtMs > startedAtMs) continue
      this.#again.delete(requestId)
      taken.push(request)
    }
    return taken
  }
}
