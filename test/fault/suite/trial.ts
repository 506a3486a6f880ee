// One round around a fault, the same for all scenarios: people, load, live readers, watchers; then the fault,
// which is the scenario's own; then rest, and the checker over everything that was promised and seen.

import { Random } from '../../../loadtest/std/random.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { elapse, eventually } from '../../helpers/eventually.ts'
import { check } from './checker.ts'
import { countMissed, countShownAgain } from './checks/streams.ts'
import type { Deployment } from './deployment.ts'
import { EpochWatch } from './epoch-watch.ts'
import type { History } from './history.ts'
import { LiveReader } from './live-reader.ts'
import { Load } from './load.ts'
import type { Observation } from './observation.ts'
import { observe } from './observe.ts'
import type { Person } from './person.ts'
import { signUpPeople } from './person.ts'
import type { Pause, Window } from './recorder.ts'
import { Recorder } from './recorder.ts'
import type { Figures, RoundContext } from './scenario.ts'
import type { Violation } from './violation.ts'

export type TrialOptions = {
  readonly deployment: Deployment
  readonly context: RoundContext
  readonly writesPerSecond?: number
  readonly readers?: number
  /** How many writers each reader follows. */
  readonly followsPerReader?: number
  readonly mix?: { readonly posts: number; readonly favorites: number }
  /** The gateway of the readers, where it is not that of everybody. */
  readonly readerUrl?: () => string
}

const writesPerSecondDefault = 2_000
const readersDefault = 12
const followsDefault = 4
/** Writes acknowledged in each partition before the fault, and again after it. */
const warmWritesPerPartition = 5
const warmWithinMs = 30_000
/** Timelines, counters and replicas follow a write within a moment, not at once. */
const settleWithinMs = 15_000
const healWithinMs = 60_000

export class Trial {
  readonly deployment: Deployment
  readonly recorder: Recorder
  readonly readers: LiveReader[] = []
  readonly #options: TrialOptions
  readonly #load: Load
  readonly #watch: EpochWatch
  readonly #writers: readonly Person[]
  readonly #people: Person[]
  readonly #startedAtMs = performance.now()
  #observation: Observation | undefined

  private constructor(options: TrialOptions, writers: readonly Person[], recorder: Recorder) {
    const { deployment, context, writesPerSecond = writesPerSecondDefault, mix } = options
    this.#options = options
    this.deployment = deployment
    this.recorder = recorder
    this.#writers = writers
    this.#people = [...writers]
    this.#watch = new EpochWatch(deployment)
    this.#load = new Load({
      writers,
      recorder,
      url: deployment.url,
      writesPerSecond,
      seed: context.seed,
      ...(mix === undefined ? {} : { mix }),
    })
  }

  /** Signs everybody up, subscribes the readers, starts the load, and waits until it runs everywhere. */
  static async begin(options: TrialOptions): Promise<Trial> {
    const { deployment, context } = options
    const { partitionCount, url } = deployment
    const prefix = `r${context.round}`
    const count = partitionCount
    const writers = await signUpPeople({ url, partitionCount, prefix: `${prefix}w`, count })
    const trial = new Trial(options, writers, new Recorder({ prefix, partitionCount }))
    try {
      await trial.#openReaders(prefix)
      trial.#load.start()
      await trial.untilWritten({ withinMs: warmWithinMs })
      return trial
    } catch (error) {
      trial.close()
      throw error
    }
  }

  /** Resolves when each of the partitions has had some more writes acknowledged. */
  async untilWritten(options: {
    readonly withinMs: number
    readonly partitions?: Iterable<number>
  }): Promise<void> {
    const { withinMs, partitions = this.allPartitions } = options
    const fromMs = performance.now()
    const missing = new Set(partitions)
    const hasAll = (): boolean => {
      for (const partition of missing) {
        if (this.recorder.countAfter(partition, fromMs) >= warmWritesPerPartition) {
          missing.delete(partition)
        }
      }
      return missing.size === 0
    }
    await eventually(hasAll, {
      withinMs,
      elseDump: () => ({ missing: [...missing], failures: this.recorder.failures.slice(-3) }),
    }).catch((error: unknown) => this.#explained(error))
  }

  /** Adds what the processes have written to what went wrong. */
  async #explained(error: unknown): Promise<never> {
    const ready = await this.deployment.readiness()
    this.#options.context.evidence(`${this.deployment.dump()}\n${ready.join('\n')}\n`)
    throw error
  }

  /**
   * Waits until every partition writes again.
   * @returns when the last of them had its first acknowledgement, in milliseconds from `fromMs`
   */
  async untilWritingAgain({
    fromMs,
    withinMs,
  }: {
    readonly fromMs: number
    readonly withinMs: number
  }): Promise<number> {
    await this.untilWritten({ withinMs })
    const firsts = this.allPartitions.map((partition) =>
      this.recorder.acknowledgedAfter(partition, fromMs),
    )
    return Math.round(Math.max(...firsts) - fromMs)
  }

  /** Resolves when so many more writes were acknowledged, wherever. */
  async untilAcknowledged(count: number): Promise<void> {
    const before = this.recorder.acknowledged
    await eventually(() => this.recorder.acknowledged >= before + count, { withinMs: warmWithinMs })
  }

  /** Those whose pages are looked at. */
  get people(): readonly Person[] {
    return this.#people
  }

  get allPartitions(): number[] {
    return Array.from({ length: this.deployment.partitionCount }, (_, index) => index)
  }

  /** How long each of the partitions was silent from a moment until now. */
  pausesSince(fromMs: number, partitions: readonly number[] = this.allPartitions): Pause[] {
    return this.recorder.pauses(partitions, { fromMs, toMs: performance.now() })
  }

  /** Ends the load, waits for rest, and hands everything to the checker. */
  async finish(): Promise<Figures> {
    const { context } = this.#options
    try {
      const endedAtMs = performance.now()
      await this.#load.stop()
      await this.deployment.untilServing()
      await this.deployment.untilSettled()
      await eventually(() => this.readers.every(({ isUpToDate }) => isUpToDate), {
        withinMs: healWithinMs,
        elseDump: () => this.deployment.dump(),
      })
      const violations = await this.#settled()
      context.violated(...violations)
      if (violations.length > 0) context.evidence(this.deployment.dump())
      return this.#figures({ fromMs: this.#startedAtMs, toMs: endedAtMs })
    } catch (error) {
      return await this.#explained(error)
    } finally {
      this.close()
    }
  }

  /** What the checker looked at; there once the trial is finished. */
  get observation(): Observation {
    if (this.#observation === undefined) throw new Error('nothing was looked at yet')
    return this.#observation
  }

  close(): void {
    this.#watch.close()
    this.#load.close()
    for (const reader of this.readers) reader.close()
  }

  /** The readers follow before anybody writes, and nobody else after that. */
  async #openReaders(prefix: string): Promise<void> {
    const { context, readers = readersDefault, followsPerReader = followsDefault } = this.#options
    const { url, partitionCount } = this.deployment
    const readerUrl = this.#options.readerUrl ?? url
    const random = new Random(`readers ${context.seed}`)
    const people = await signUpPeople({
      url,
      partitionCount,
      prefix: `${prefix}l`,
      count: readers,
    })
    this.#people.push(...people.slice(0, readersLookedAtMax))
    const open = async (person: Person): Promise<void> => {
      const followed = random.shuffle([...this.#writers]).slice(0, followsPerReader)
      const follows = await this.#follow(person, followed)
      this.readers.push(await LiveReader.open({ person, follows, url: readerUrl }))
    }
    await inGroups(people, open)
  }

  async #follow(person: Person, followed: readonly Person[]): Promise<ReadonlySet<UserId>> {
    const load = new Load({
      writers: [person],
      recorder: this.recorder,
      url: this.deployment.url,
      writesPerSecond: 0,
      seed: person.handle,
    })
    for (const followee of followed) await load.follow(person, followee)
    load.close()
    return new Set(followed.map(({ id }) => id))
  }

  /** Looks again as long as something is different: what stays different is wrong. */
  async #settled(): Promise<Violation[]> {
    const history = this.#history
    const deadlineMs = performance.now() + settleWithinMs
    for (;;) {
      const observed = await observe(this.deployment, this.#people)
      this.#observation = { ...observed, epochs: this.#watch.seen }
      const violations = check(history, this.#observation)
      if (violations.length === 0 || performance.now() > deadlineMs) return violations
      await elapse(settlePauseMs)
    }
  }

  get #history(): History {
    const streams = this.readers.map(({ stream }) => stream)
    return { writes: this.recorder.writes, streams }
  }

  #figures(window: Window): Figures {
    const { recorder } = this
    const streams = this.readers.map(({ stream }) => stream)
    const segments = streams.flatMap((stream) => stream.segments.slice(1))
    const seconds = (window.toMs - window.fromMs) / 1000
    return {
      writes: recorder.acknowledged,
      writesPerSecond: Math.round(recorder.acknowledgedWithin(window) / seconds),
      heldBack: this.#load.heldBack,
      unknown: recorder.writes.filter(({ outcome }) => outcome === 'unknown').length,
      failed: recorder.failures.length,
      failedByCode: JSON.stringify(recorder.failuresByCode(window)),
      pushed: streams.flatMap((stream) => stream.segments.flatMap(({ items }) => items)).length,
      resumed: segments.length,
      holesTold: segments.filter(({ isRecovered }) => !isRecovered).length,
      shownAgain: countShownAgain(this.#history),
      missed: countMissed(this.#history, this.observation),
      ...digestFigures(this.observation),
    }
  }
}

const settlePauseMs = 300
/** Readers whose pages are looked at; what is pushed is looked at for all of them. */
const readersLookedAtMax = 200
const groupSize = 16

async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += groupSize) {
    await Promise.all(items.slice(start, start + groupSize).map(work))
  }
}

/** How many partitions were compared between two processes at one position. */
function digestFigures({ digests }: Observation): Figures {
  const groups = Map.groupBy(digests, ({ partition, position }) => `${partition} ${position}`)
  return { digestsCompared: [...groups.values()].filter(({ length }) => length > 1).length }
}

/** The longest of some pauses, in whole milliseconds. */
export function longest(pauses: readonly Pause[]): number {
  return Math.round(Math.max(0, ...pauses.map(({ ms }) => ms)))
}
