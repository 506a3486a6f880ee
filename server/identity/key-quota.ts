// What is left of a key's quota, as far as this gateway may spend it. Pure: the time comes in as an argument, and
// whoever owns it asks the shard.
//
//   held   granted to this gateway and not used: a request takes one
//   left   not granted to anybody when the shard was asked last: there is more to be had
//
// The shard that keeps the application grants pieces of what is left, so that all gateways together never let more
// through than the quota (the bounds of the error are in shard/operations/apps.ts). A gateway asks for the
// next piece when half of the last one is used, so that a request rarely has to wait for it. While nobody serves the
// developer's partition it spends what it holds, and then answers `unavailable`.

import { quotaDefault } from '../../protocol/limits.ts'

export type Grant = {
  readonly granted: number
  readonly left: number
  readonly quota: number
  readonly windowLeftMs: number
}

/** A window that ends so much later than the one before is another one; clocks do not differ as much. */
const windowShiftMinMs = 60_000
/** Where all is used up the shard is asked again now and then: an operator may have allowed more. */
const askAgainMs = 1_000

export class KeyQuota {
  /** Requests in a window, by the last word of the shard. */
  limit = quotaDefault
  isAsking = false
  #held = 0
  #left = 0
  #lastGrant = 0
  #grantedAtMs = 0
  /** On the clock of `performance.now()`; in the past before the first grant. */
  #windowEndsAtMs = Number.NEGATIVE_INFINITY

  /** Takes one request from what is held. @returns whether there was one. */
  take(nowMs: number): boolean {
    if (nowMs >= this.#windowEndsAtMs || this.#held === 0) return false
    this.#held--
    return true
  }

  /** Whether it is time to ask for more: there may be some, and what is held runs low. */
  wantsMore(nowMs: number): boolean {
    if (this.isAsking) return false
    if (nowMs >= this.#windowEndsAtMs) return true
    if (this.#left > 0) return this.#held * 2 <= this.#lastGrant
    return this.#held === 0 && nowMs >= this.#grantedAtMs + askAgainMs
  }

  /** Milliseconds until there may be more, where all of the window is used up here; else 0. */
  exhaustedForMs(nowMs: number): number {
    if (this.#held > 0 || this.#left > 0 || nowMs >= this.#windowEndsAtMs) return 0
    return Math.ceil(this.#windowEndsAtMs - nowMs)
  }

  /** What can still be let through in this window, if no other gateway takes it first. */
  remaining(nowMs: number): number {
    return nowMs >= this.#windowEndsAtMs ? this.limit : this.#held + this.#left
  }

  windowLeftMs(nowMs: number): number {
    return Math.max(0, this.#windowEndsAtMs - nowMs)
  }

  granted(grant: Grant, nowMs: number): void {
    const endsAtMs = nowMs + grant.windowLeftMs
    const isNext = endsAtMs > this.#windowEndsAtMs + windowShiftMinMs
    if (isNext) this.#held = 0
    if (isNext || this.#windowEndsAtMs > endsAtMs) this.#windowEndsAtMs = endsAtMs
    this.#held += grant.granted
    this.#left = grant.left
    this.#lastGrant = grant.granted
    this.#grantedAtMs = nowMs
    this.limit = grant.quota
  }
}
