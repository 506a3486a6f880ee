// What the parts of the replication log's contract share: media to open, and short ways to ask.

import { afterEach, beforeEach } from 'vitest'
import type {
  AppendResult,
  Lease,
  LogEntry,
  ReplicationLog,
  Tail,
} from '../../shard/replication/log.ts'
import { type LogPosition, logStart } from '../../shard/replication/position.ts'

/** One place where logs live, as several processes would share it. */
export type LogMedium = {
  /** Another handle on the same entries and leases. */
  open(): Promise<ReplicationLog>
  /** Makes leases, and what members have said, this much older. */
  advance(ms: number): Promise<void>
  /** Called after every handle was closed. */
  dispose(): Promise<void>
}

/** At least this many partitions must exist on the media under test. */
export const contractPartitions = 8

/** Far longer than any test: Redis goes by its own clock, and only `advance` lets a lease run out. */
export const ttlMs = 60_000

type Collector = {
  readonly tail: Tail
  readonly entries: Map<number, LogEntry[]>
  /** Resolves once the condition holds, looked at after every delivery. */
  until(condition: () => boolean): Promise<void>
  /** Rejects nothing: resolves with the error that stopped the tail. */
  readonly failure: Promise<Error>
}

export function collect(log: ReplicationLog, from: ReadonlyMap<number, LogPosition>): Collector {
  const entries = new Map<number, LogEntry[]>()
  const waiting = new Set<() => void>()
  const failure = Promise.withResolvers<Error>()
  const tail = log.tail(from, {
    onEntries(partition, batch) {
      const kept = batch.map((entry) => ({ ...entry, payload: Buffer.from(entry.payload) }))
      entries.set(partition, [...(entries.get(partition) ?? []), ...kept])
      for (const look of [...waiting]) look()
    },
    onError: failure.resolve,
  })
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!condition()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return { tail, entries, until, failure: failure.promise }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (entry: LogEntry): string =>
  entry.isBarrier ? '|' : new TextDecoder().decode(entry.payload)
export const texts = (entries: readonly LogEntry[] | undefined): string[] =>
  (entries ?? []).map(text)
export const at = (epoch: number, sequence: number): LogPosition => ({ epoch, sequence })

type Granted = Extract<Lease, { outcome: 'granted' }>

export async function granted(
  log: ReplicationLog,
  request: { partition?: number; node?: string; minEpoch?: number },
): Promise<Granted> {
  const { partition = 0, node = 'a', minEpoch = 0 } = request
  const lease = await log.acquire({ partition, node, ttlMs, minEpoch })
  if (lease.outcome !== 'granted') throw new Error(`The lease is held by ${lease.holder}.`)
  return lease
}

export function append(
  log: ReplicationLog,
  request: {
    partition?: number
    node?: string
    previous: LogPosition
    texts: readonly string[]
  },
): Promise<AppendResult> {
  const { partition = 0, node = 'a', previous } = request
  const payloads = request.texts.map(bytes)
  return log.append({ partition, node, epoch: previous.epoch, previous, payloads })
}

/** Reigns over partition 0 and appends these batches. @returns the last position. */
export async function write(
  log: ReplicationLog,
  { node = 'a', batches }: { node?: string; batches: readonly (readonly string[])[] },
): Promise<LogPosition> {
  let last = at((await granted(log, { node })).epoch, 1)
  for (const batch of batches) {
    const result = await append(log, { node, previous: last, texts: batch })
    if (result.outcome !== 'appended') throw new Error(`The append was ${result.outcome}.`)
    last = result.last
  }
  return last
}

export const readAll = (log: ReplicationLog, after = logStart): Promise<readonly LogEntry[]> =>
  log.read({ partition: 0, after, limit: 1_000_000 })

/** What a test works on: a medium of its own, and a first handle on it. */
export type Subject = {
  readonly medium: LogMedium
  readonly log: ReplicationLog
  /** Another handle; all of them are closed when the test is over. */
  open(): Promise<ReplicationLog>
}

/** Makes a new medium for each of the tests around this call. */
export function eachOnItsOwnMedium(create: () => Promise<LogMedium>): Subject {
  const opened: ReplicationLog[] = []
  const current: { medium?: LogMedium; log?: ReplicationLog } = {}
  const subject: Subject = {
    get medium() {
      return current.medium as LogMedium
    },
    get log() {
      return current.log as ReplicationLog
    },
    async open() {
      const handle = await subject.medium.open()
      opened.push(handle)
      return handle
    },
  }
  beforeEach(async () => {
    current.medium = await create()
    current.log = await subject.open()
  })
  afterEach(async () => {
    for (const handle of opened.splice(0)) await handle.close()
    await subject.medium.dispose()
  })
  return subject
}
