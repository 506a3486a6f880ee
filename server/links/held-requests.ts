// Requests that wait in the gateway because nobody serves their partition at the moment: a line at a
// closed counter that is about to open again, next door perhaps. Nobody waits long, the line is
// bounded, and it keeps its order.
//
// The order within a partition is that in which the requests were read, also where one comes back from a
// shard that did not carry it out while younger ones wait already.

import type { Partition } from '../../protocol/ids.ts'
import { requestTimeoutMs } from '../../protocol/limits.ts'
import { heldMsMax, heldRequestsMax, heldSweepPeriodMs } from '../limits.ts'
import type { ShardRequest } from './shard-request.ts'

export type HeldRequestsOptions = {
  /** Its time is over, or nobody wants it any more. */
  onExpired(request: ShardRequest): void
  /** Requests of the partition wait: called every few milliseconds, as long as it is so. */
  onWaiting(partition: Partition): void
}

export class HeldRequests {
  readonly #options: HeldRequestsOptions
  /** No queue is empty: it goes with its last request. */
  readonly #queues = new Map<Partition, ShardRequest[]>()
  #count = 0
  #sweep: NodeJS.Timeout | undefined

  constructor(options: HeldRequestsOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#count
  }

  /** Whether requests of the partition wait: another one then has to wait behind them. */
  isWaiting(partition: Partition): boolean {
    return this.#count > 0 && this.#queues.has(partition)
  }

  partitions(): Partition[] {
    return [...this.#queues.keys()]
  }

  /**
   * Keeps a request until it is taken, for `heldMsMax` at most, over all the times it is kept.
   * @returns false where it cannot wait: its time is over, or too many do.
   */
  hold(request: ShardRequest): boolean {
    const nowMs = performance.now()
    if (request.heldUntilMs === 0) {
      request.heldUntilMs = Math.min(nowMs + heldMsMax, request.startedAtMs + requestTimeoutMs)
    }
    if (this.#count >= heldRequestsMax || request.heldUntilMs <= nowMs) return false
    this.#insert(request)
    this.#count++
    this.#sweep ??= setInterval(() => this.#look(), heldSweepPeriodMs).unref()
    return true
  }

  /** Takes those that wait for the partition, or some of them, oldest first. */
  take(
    partition: Partition,
    isTaken: (request: ShardRequest) => boolean = () => true,
  ): readonly ShardRequest[] {
    const taken: ShardRequest[] = []
    const left: ShardRequest[] = []
    for (const request of this.#queues.get(partition) ?? []) {
      if (isTaken(request)) taken.push(request)
      else left.push(request)
    }
    if (taken.length === 0) return taken
    this.#count -= taken.length
    if (left.length === 0) this.#queues.delete(partition)
    else this.#queues.set(partition, left)
    if (this.#count === 0) this.#stop()
    return taken
  }

  #insert(request: ShardRequest): void {
    const queue = this.#queues.get(request.call.partition)
    if (queue === undefined) {
      this.#queues.set(request.call.partition, [request])
      return
    }
    let place = queue.length
    while (place > 0 && queue[place - 1]!.startedAtMs > request.startedAtMs) place--
    queue.splice(place, 0, request)
  }

  #look(): void {
    const nowMs = performance.now()
    const isOver = (request: ShardRequest): boolean =>
      request.heldUntilMs <= nowMs || !request.isWanted
    for (const partition of this.partitions()) {
      for (const request of this.take(partition, isOver)) this.#options.onExpired(request)
      if (this.#queues.has(partition)) this.#options.onWaiting(partition)
    }
  }

  #stop(): void {
    clearInterval(this.#sweep)
    this.#sweep = undefined
  }
}
