// The digest run: random operations of every kind on a primary, which a replica follows and a late host
// catches up with; every so many entries all of them have to hold the same. (I2, I7)
//
//   round: some deeds at once -> answers -> some of the log arrives at the others -> time passes
//   every `compareEvery` entries: everything arrives; digests, stock and pages are compared
//
// The same seed gives the same run.

import { MessagePackReader } from '../../../protocol/message-pack-reader.ts'
import { operationsByCode } from '../../../protocol/registry.ts'
import { handlersByCode } from '../../../shard/handlers.ts'
import { isDigestEntry } from '../../../shard/replication/digest-entry.ts'
import type { LogPosition } from '../../../shard/replication/position.ts'
import { logStart } from '../../../shard/replication/position.ts'
import { randomFrom } from '../simulated-cluster.ts'
import { compareDigests, comparePages, compareStock } from './comparison.ts'
import type { Deed } from './deed.ts'
import { Hosts, partitionCount, partitions } from './hosts.ts'
import { People } from './people.ts'

/** Requests that are under way at once. */
const deedsPerRound = 192
const readersPerRound = 8
const firstUsers = 50
const roundMsMax = 2_000
const sweepEveryRounds = 400
/** How far the run is, of 1, when the snapshots are written and when the late host starts from them. */
const snapshotsAt = 0.4
const joinAt = 0.5
/** Failures that say that something is wrong, rather than that a deed came too late. */
const wrongCodes = new Set(['internal', 'unavailable', 'unknown_outcome', 'timeout', 'bad_request'])

export type RunOptions = {
  readonly seed: number
  /** Entries of the log to write. */
  readonly operations: number
  /** Entries between two comparisons. */
  readonly compareEvery: number
  readonly onComparison: (figures: Figures) => void
}

export type Figures = {
  /** Entries of the log, by the operation that wrote them. */
  readonly byOperation: ReadonlyMap<string, number>
  readonly operations: number
  /** Requests that were refused, or changed nothing. */
  readonly withoutEntry: number
  readonly comparisons: number
  /** Digests of whole partitions, and answers, that were equal to the primary's. */
  readonly digests: number
  readonly answers: number
  /** Comparisons that the shards made by themselves, by the digests in the log. */
  readonly digestsInLog: number
  /** Digests of the late host among `digests`, after it hosted everything. */
  readonly lateComparisons: number
  readonly users: number
  readonly tweets: number
  readonly edges: number
}

/** @throws Error with the first difference */
export async function runDigests(options: RunOptions): Promise<Figures> {
  const run = new Run(options)
  try {
    await run.hosts.start()
    await run.run()
    return run.figures()
  } finally {
    run.hosts.close()
  }
}

/** The names of all operations that write to the log. */
export function writingOperations(): string[] {
  const handlers = [...handlersByCode.values()].filter(({ kind }) => kind === 'write')
  return handlers.map(({ operation }) => operation.name)
}

class Run {
  readonly hosts: Hosts
  readonly #options: RunOptions
  readonly #random: () => number
  readonly #people: People
  readonly #counted: LogPosition[] = partitions.map(() => logStart)
  readonly #byOperation = new Map<string, number>()
  #operations = 0
  #asked = 0
  #rounds = 0
  #comparisons = 0
  /** Users whom all hosts know. */
  #heardOf = firstUsers
  #digests = 0
  #answers = 0
  #lateComparisons = 0
  /** Whether the log has to keep what the snapshots do not hold, for the late host. */
  #isLogKept = false
  #late: Promise<void> | undefined

  constructor(options: RunOptions) {
    this.#options = options
    this.#random = randomFrom(options.seed)
    this.hosts = new Hosts(this.#random)
    this.#people = new People({ random: this.#random, partitionCount })
  }

  async run(): Promise<void> {
    const { operations, compareEvery } = this.#options
    for (let user = 0; user < firstUsers; user++) await this.#do(this.#people.signUp())
    await this.hosts.settle()
    let nextComparison = compareEvery
    while (this.#operations < operations) {
      await this.#round()
      if (this.#operations < nextComparison) continue
      nextComparison += compareEvery
      await this.#compare()
      await this.#seeToLateHost(this.#operations / operations)
    }
    await this.#late
    await this.#compare()
  }

  figures(): Figures {
    const { users, tweets, followings } = this.hosts.primary.shard.state
    const checked = this.hosts.all.map(({ shard }) => shard.digests.checkedCount)
    return {
      byOperation: this.#byOperation,
      operations: this.#operations,
      withoutEntry: this.#asked - this.#operations,
      comparisons: this.#comparisons,
      digests: this.#digests,
      answers: this.#answers,
      digestsInLog: checked.reduce((sum, count) => sum + count, 0),
      lateComparisons: this.#lateComparisons,
      users: users.handles.size,
      tweets: tweets.count,
      edges: followings.edgeCount,
    }
  }

  async #round(): Promise<void> {
    const { hosts } = this
    const asked: Promise<void>[] = []
    for (let count = 0; count < deedsPerRound; count++) {
      const deed = this.#people.next()
      if (deed !== undefined) asked.push(this.#do(deed))
    }
    await Promise.all(asked)
    hosts.check()
    for (const host of hosts.all) {
      if (host.isLagging) host.deliver(this.#random(), this.#random)
    }
    await this.#readTimelines()
    hosts.nowMs += Math.ceil(this.#random() * roundMsMax)
    // Forgetting what is over shows in no digest, whoever has done it already.
    if (++this.#rounds % sweepEveryRounds === 0) await hosts.primary.shard.sweep(1)
    await this.#countEntries()
    hosts.check()
  }

  /** Timelines are delivered to at every host only where somebody reads them there now and then. */
  async #readTimelines(): Promise<void> {
    const { replica, late, primary, isLateWhole } = this.hosts
    const hosts = isLateWhole ? [primary, replica, late!] : [primary, replica]
    for (let count = 0; count < readersPerRound; count++) {
      const deed = this.#people.readHome(this.#heardOf)
      for (const host of hosts) await host.ask(deed)
    }
  }

  async #do(deed: Deed): Promise<void> {
    this.#asked++
    const answered = await this.hosts.primary.ask(deed)
    this.hosts.check()
    if (answered instanceof Uint8Array) deed.learn?.(answered)
    else if (wrongCodes.has(answered.code)) {
      throw new Error(`${deed.name}: ${JSON.stringify(answered)}`)
    }
  }

  async #compare(): Promise<void> {
    await this.hosts.settle()
    this.#heardOf = this.#people.users.length
    if (this.hosts.isLateWhole) this.#lateComparisons++
    this.#digests += compareDigests(this.hosts)
    compareStock(this.hosts)
    this.#answers += await comparePages(this.hosts, this.#people)
    this.#comparisons++
    await this.#trim()
    this.#options.onComparison(this.figures())
  }

  /** Everything has arrived everywhere when this is called. */
  async #seeToLateHost(progress: number): Promise<void> {
    const { hosts } = this
    if (progress >= snapshotsAt && !this.#isLogKept) {
      this.#isLogKept = true
      hosts.takeSnapshots()
    } else if (progress >= joinAt && hosts.late === undefined) {
      await hosts.join()
      this.#late = hosts.completeLate()
      this.#late.catch((error: Error) => hosts.failed(error))
    }
  }

  /** Takes away what nobody reads any more, as happens behind snapshots: a long run fits into memory. */
  async #trim(): Promise<void> {
    if (this.#isLogKept && !this.hosts.isLateWhole) return
    for (const partition of partitions) {
      await this.hosts.log.trim(partition, this.#counted[partition]!)
    }
  }

  async #countEntries(): Promise<void> {
    for (const partition of partitions) {
      const after = this.#counted[partition]!
      const entries = await this.hosts.log.read({ partition, after, limit: Infinity })
      for (const { payload, isBarrier, position } of entries) {
        this.#counted[partition] = position
        if (isBarrier || isDigestEntry(payload)) continue
        const { name } = operationsByCode.get(codeOf(payload))!
        this.#byOperation.set(name, (this.#byOperation.get(name) ?? 0) + 1)
        this.#operations++
      }
    }
  }
}

function codeOf(payload: Uint8Array): number {
  const reader = new MessagePackReader(payload)
  reader.arrayCount()
  return reader.number()
}
