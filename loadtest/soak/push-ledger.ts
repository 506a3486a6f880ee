// Which pushes have to come, and whether they did: the ledger of a run of hours. Pure.
//
// It forgets what is settled, so that the run can go on for as long as one likes. A push may come before the
// answer to its post; a watcher who was away gets it when he is back. So a tweet is kept for some time after
// its post was acknowledged, and then everybody must have had it, once.

type Entry = {
  /** When it is settled. */
  readonly dueMs: number
  /** Who has to get it; undefined until the post is acknowledged. */
  watchers?: ReadonlySet<number>
  readonly arrived: Set<number>
}

export class PushLedger {
  missed = 0
  doubled = 0
  /** Pushes that came to those who had to get them, or whose post was not acknowledged yet. */
  arrived = 0
  readonly #graceMs: number
  /** In the order of their times. Bounded: `sweep` takes the old ones out. */
  readonly #entries = new Map<number, Entry>()

  /** @param options.graceMs longer than anybody is away */
  constructor(options: { readonly graceMs: number }) {
    this.#graceMs = options.graceMs
  }

  /** Tweets that are not settled. */
  get open(): number {
    return this.#entries.size
  }

  /** A post was acknowledged. */
  posted(post: {
    readonly tweetId: number
    readonly watchers: ReadonlySet<number>
    readonly nowMs: number
  }): void {
    this.#entry(post.tweetId, post.nowMs).watchers = post.watchers
  }

  /** A tweet came to a watcher. */
  pushed(push: {
    readonly tweetId: number
    readonly watcher: number
    readonly nowMs: number
  }): void {
    const { arrived } = this.#entry(push.tweetId, push.nowMs)
    if (arrived.has(push.watcher)) {
      this.doubled++
      return
    }
    arrived.add(push.watcher)
    this.arrived++
  }

  /** Whether everything that was acknowledged has come. */
  get isComplete(): boolean {
    for (const entry of this.#entries.values()) if (missing(entry) > 0) return false
    return true
  }

  /** Settles what is old enough: with `Infinity`, everything. */
  sweep(nowMs: number): void {
    for (const [tweetId, entry] of this.#entries) {
      if (entry.dueMs > nowMs) return
      this.missed += missing(entry)
      this.#entries.delete(tweetId)
    }
  }

  #entry(tweetId: number, nowMs: number): Entry {
    let entry = this.#entries.get(tweetId)
    if (entry === undefined) {
      entry = { dueMs: nowMs + this.#graceMs, arrived: new Set() }
      this.#entries.set(tweetId, entry)
    }
    return entry
  }
}

function missing({ watchers, arrived }: Entry): number {
  let count = 0
  for (const watcher of watchers ?? []) if (!arrived.has(watcher)) count++
  return count
}
