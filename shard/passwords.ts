// The password desk: hashes and verifies passwords off the event loop, a few at a time.
//
// Argon2id with the parameters that the OWASP Password Storage Cheat Sheet names first (19 MiB,
// 2 passes, 1 lane). A hash takes tens of milliseconds of a thread and 19 MiB: so only a few run at
// once, the queue is bounded, and who fails often for one handle from one address waits. A
// password for an unknown handle is compared with a dummy hash, so that the time tells nothing.

import argon2 from 'argon2'
import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import type { PasswordTask } from './operations/implement.ts'

/** At most this many at once: each takes a thread of the pool (4 by default) and 19 MiB. */
export const passwordsAtOnceMax = 2
/** Waiting beyond that: about 10 s of work; more are answered `unavailable`. */
export const passwordsQueuedMax = 512
/** Wrong passwords for one handle from one address, and the time they are counted in. */
export const failuresMax = 5
export const failureWindowMs = 15 * 60 * 1000
/** Pairs of handle and address that are remembered; the oldest are forgotten first. */
export const failurePairsMax = 100_000

/** What one hash costs. `weak` makes tests quick and protects nobody. */
export const passwordCosts = {
  owasp: { memoryCost: 19_456, timeCost: 2, parallelism: 1 },
  weak: { memoryCost: 1024, timeCost: 2, parallelism: 1 },
} as const

export type PasswordResult =
  | { readonly passwordHash: string; readonly isPasswordRight: boolean }
  | { readonly error: ErrorBody }

export class PasswordDesk {
  readonly #cost: (typeof passwordCosts)[keyof typeof passwordCosts]
  readonly #waiting: (() => void)[] = []
  #running = 0
  #dummy: Promise<string> | undefined
  readonly #failures = new Map<string, { count: number; since: number }>()

  constructor(cost: keyof typeof passwordCosts) {
    this.#cost = passwordCosts[cost]
  }

  async run(
    task: PasswordTask,
    { address, nowMs }: { address: string; nowMs: number },
  ): Promise<PasswordResult> {
    if (task.kind === 'none') return { passwordHash: '', isPasswordRight: false }
    if (this.#waiting.length >= passwordsQueuedMax) {
      return { error: failure('unavailable', { retryAfterMs: 5_000 }) }
    }
    if (task.kind === 'hash') {
      const passwordHash = await this.#inTurn(() => argon2.hash(task.password, this.#cost))
      return { passwordHash, isPasswordRight: false }
    }
    const pair = `${task.handle.toLowerCase()} ${address}`
    const waitMs = this.#waitMs(pair, nowMs)
    if (waitMs > 0) return { error: failure('rate_limited', { retryAfterMs: waitMs }) }
    // A try counts as wrong until it is right, so that many at once are no way round the limit.
    this.#countFailure(pair, nowMs)
    const isPasswordRight = await this.#inTurn(() => this.#verify(task.password, task.hash))
    if (isPasswordRight) this.#failures.delete(pair)
    return { passwordHash: task.hash ?? '', isPasswordRight }
  }

  async #verify(password: string, hash: string | undefined): Promise<boolean> {
    if (hash !== undefined) return argon2.verify(hash, password)
    this.#dummy ??= argon2.hash('nobody has this password', this.#cost)
    await argon2.verify(await this.#dummy, password)
    return false
  }

  #waitMs(pair: string, nowMs: number): number {
    const failures = this.#failures.get(pair)
    if (failures === undefined || failures.count < failuresMax) return 0
    return Math.max(0, failures.since + failureWindowMs - nowMs)
  }

  #countFailure(pair: string, nowMs: number): void {
    const failures = this.#failures.get(pair)
    const isRecent = failures !== undefined && failures.since + failureWindowMs > nowMs
    // Deleted first, so that the order of the map is that of the last failure.
    this.#failures.delete(pair)
    const count = isRecent ? failures.count + 1 : 1
    this.#failures.set(pair, { count, since: isRecent ? failures.since : nowMs })
    if (this.#failures.size <= failurePairsMax) return
    const [oldest] = this.#failures.keys()
    this.#failures.delete(oldest as string)
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.#take()
    try {
      return await work()
    } finally {
      this.#giveBack()
    }
  }

  async #take(): Promise<void> {
    if (this.#running < passwordsAtOnceMax) {
      this.#running++
      return
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** Hands the place on to the next in line, or frees it. */
  #giveBack(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#running--
    else next()
  }
}
