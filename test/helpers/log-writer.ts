// Writes to one partition of a log as a primary does, through whatever befalls the log, and remembers
// what it was told. `checkHistory` then holds the log against that.

import { expect } from 'vitest'
import {
  type LogEntry,
  LogUnavailable,
  type ReplicationLog,
  type Tail,
} from '../../shard/replication/log.ts'
import type { LogPosition } from '../../shard/replication/position.ts'
import { eventually } from './eventually.ts'

export type WriterOptions = {
  readonly log: ReplicationLog
  readonly partition: number
  readonly node: string
  readonly ttlMs?: number
  readonly batchEntries?: number
}

const betweenTriesMs = 20

export class LogWriter {
  readonly #options: Required<WriterOptions>
  /** Texts in the order in which the log acknowledged them. */
  readonly acknowledged: string[] = []
  /** Texts whose appends failed: they may be in the log or not. */
  readonly unknown: string[] = []
  /** Of each reign. */
  readonly epochs: number[] = []
  /** How often each outcome was seen, `unavailable` included. */
  readonly outcomes: Record<string, number> = {}
  /** The longest time that a failing append took, in milliseconds. */
  failedMsMax = 0
  #written = 0
  #isStopped = false
  #running: Promise<void> | undefined

  constructor(options: WriterOptions) {
    this.#options = { ttlMs: 500, batchEntries: 5, ...options }
  }

  start(): this {
    this.#running = this.#run()
    return this
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
  }

  /** Waits until so many more entries were acknowledged. */
  async more(count: number, withinMs = 10_000): Promise<void> {
    const goal = this.acknowledged.length + count
    await eventually(() => this.acknowledged.length >= goal, {
      withinMs,
      elseDump: () => ({ outcomes: this.outcomes, acknowledged: this.acknowledged.length, goal }),
    })
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        await this.#reign()
      } catch (error) {
        if (!(error instanceof LogUnavailable)) throw error
        this.#count('away')
      }
      await new Promise((resolve) => {
        setTimeout(resolve, betweenTriesMs)
      })
    }
  }

  async #reign(): Promise<void> {
    const { log, partition, node, ttlMs } = this.#options
    const minEpoch = this.epochs.at(-1) ?? 0
    const lease = await log.acquire({ partition, node, ttlMs, minEpoch })
    if (lease.outcome === 'held') return
    const { epoch } = lease
    this.epochs.push(epoch)
    let previous: LogPosition = { epoch, sequence: 1 }
    let renewedAtMs = performance.now()
    while (!this.#isStopped) {
      if (performance.now() - renewedAtMs > ttlMs / 4) {
        renewedAtMs = performance.now()
        const leases = [{ partition, epoch }]
        if ((await log.renew({ node, ttlMs, leases })).length > 0) return this.#count('lease lost')
      }
      const last = await this.#append({ epoch, previous })
      if (last === undefined) return
      previous = last
    }
  }

  /** @returns undefined where this reign is over. */
  async #append({
    epoch,
    previous,
  }: {
    epoch: number
    previous: LogPosition
  }): Promise<LogPosition | undefined> {
    const { log, partition, node, batchEntries } = this.#options
    const texts = Array.from({ length: batchEntries }, () => `${node}:${this.#written++}`)
    const payloads = texts.map((text) => Buffer.from(text))
    const startedAtMs = performance.now()
    try {
      const result = await log.append({ partition, node, epoch, previous, payloads })
      this.#count(result.outcome)
      if (result.outcome !== 'appended') return undefined
      this.acknowledged.push(...texts)
      return result.last
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
      this.#count('unavailable')
      this.failedMsMax = Math.max(this.failedMsMax, performance.now() - startedAtMs)
      this.unknown.push(...texts)
      return undefined
    }
  }

  #count(outcome: string): void {
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1
  }
}

/**
 * Holds the entries of one partition against what its writers were told: nothing acknowledged is
 * missing, nothing is there twice, each writer's entries are in order, nothing came from nowhere, and
 * no epoch falls.
 */
export function checkHistory(entries: readonly LogEntry[], writers: readonly LogWriter[]): void {
  const texts = entries
    .filter(({ isBarrier }) => !isBarrier)
    .map(({ payload }) => Buffer.from(payload).toString())
  const places = new Map(texts.map((text, place) => [text, place]))
  expect(places.size, 'entries that are there twice').toBe(texts.length)
  const known = new Set<string>()
  for (const { acknowledged, unknown, epochs } of writers) {
    expect(acknowledged.filter((text) => !places.has(text))).toEqual([])
    const order = acknowledged.map((text) => places.get(text) ?? -1)
    expect(order).toEqual([...order].sort((left, right) => left - right))
    expect(epochs).toEqual([...new Set(epochs)].sort((left, right) => left - right))
    for (const text of [...acknowledged, ...unknown]) known.add(text)
  }
  expect(texts.filter((text) => !known.has(text))).toEqual([])
  const reigns = entries.map(({ position }) => position.epoch)
  expect(reigns).toEqual([...reigns].sort((left, right) => left - right))
}

/** Collects what a tail brings for one partition; `failure` is set when the tail stops for good. */
export class TailRecord {
  readonly entries: LogEntry[] = []
  readonly tail: Tail
  failure: Error | undefined

  constructor(
    log: ReplicationLog,
    { partition, after }: { partition: number; after: LogPosition },
  ) {
    this.tail = log.tail(new Map([[partition, after]]), {
      onEntries: (_, entries) => {
        for (const entry of entries) {
          this.entries.push({ ...entry, payload: Buffer.from(entry.payload) })
        }
      },
      onError: (error) => {
        this.failure = error
      },
    })
  }

  /** Waits until the tail has brought the entry at this position. */
  async reaches(position: LogPosition, withinMs = 10_000): Promise<void> {
    const { epoch, sequence } = position
    await eventually(
      () => {
        const last = this.entries.at(-1)?.position
        return last?.epoch === epoch && last.sequence >= sequence
      },
      { withinMs, elseDump: () => ({ last: this.entries.at(-1), position, error: this.failure }) },
    )
  }
}
