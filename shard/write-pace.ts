// WritePace: when a process may write more.
//
// Under more posts than the machine can bear a primary would see to its own clients first, and what others have
// written would wait ever longer: seconds, in which each tweet that comes late has to be put in front of more and more newer
// ones, which takes longer still. So while it is behind, it writes less than its part: a quarter of what it applies of
// others, partition for partition. Who is not behind writes on meanwhile, so with as much as its part it would never
// come near them.

/** What was found in other logs takes longer than this only where the process cannot keep up. */
const behindMsMax = 100
/** Of what it applies of as many partitions of others, while it is behind. */
const shareBehind = 1 / 4
/** What waits for that waits no longer than this: a tail that gets nowhere must not hold it up. */
const nearWaitMsMax = 1_000
/** Entries that it may write beyond its share: who has just come, and is behind for that, writes few. */
const entriesAhead = 64
const nearLookMs = 1

export type WritePacePorts = {
  /** Since when there has been more to apply than there was time for, by `performance.now()`. */
  behindSinceMs(): number | undefined
  /** How many partitions are written here for each of the others. */
  ownPerOther(): number
  pause(ms: number): Promise<void>
}

export class WritePace {
  readonly #ports: WritePacePorts
  /** What waits until the process may write more, the longest first. */
  readonly #waiting: { readonly task: () => void; readonly latestMs: number }[] = []
  /** Entries of partitions whose primary is here, and of all others. */
  #ownCount = 0
  #othersCount = 0
  /** What those were when the process got behind. */
  #behind = { sinceMs: 0, own: 0, others: 0 }

  constructor(ports: WritePacePorts) {
    this.#ports = ports
  }

  /** So many entries of partitions whose primary is here have been written. */
  wrote(count: number): void {
    this.#ownCount += count
  }

  /** So many entries of other partitions have been applied. */
  applied(count: number): void {
    this.#othersCount += count
  }

  /** Runs a task that writes: at once, or when enough of what was found in other logs is applied. */
  whenNear(task: () => void): void {
    if (this.#waiting.length === 0 && !this.#isAhead()) {
      task()
      return
    }
    this.#waiting.push({ task, latestMs: performance.now() + nearWaitMsMax })
    if (this.#waiting.length === 1) void this.#comeNear()
  }

  get #isBehind(): boolean {
    const sinceMs = this.#ports.behindSinceMs()
    return sinceMs !== undefined && performance.now() - sinceMs >= behindMsMax
  }

  /** Whether the process is behind the others, and has written more than its share since. */
  #isAhead(): boolean {
    if (!this.#isBehind) return false
    const sinceMs = this.#ports.behindSinceMs()!
    if (this.#behind.sinceMs !== sinceMs) {
      this.#behind = { sinceMs, own: this.#ownCount, others: this.#othersCount }
    }
    const others = this.#othersCount - this.#behind.others
    const allowed = entriesAhead + others * this.#ports.ownPerOther() * shareBehind
    return this.#ownCount - this.#behind.own >= allowed
  }

  /** One after the other while it is behind: each writes many, which do not count before the log has them. */
  async #comeNear(): Promise<void> {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (!this.#isAhead() || performance.now() >= first.latestMs) {
        this.#waiting.shift()
        first.task()
      }
      if (this.#waiting.length > 0 && this.#isBehind) await this.#ports.pause(nearLookMs)
    }
  }
}
