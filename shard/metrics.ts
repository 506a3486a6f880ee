// The metrics of a shard. Hot paths raise plain numbers; they become metrics when somebody asks.

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Histogram } from '../protocol/reports.ts'
import { measureEventLoopLag } from '../protocol/std/event-loop-lag.ts'
import { DurationCounts, showFamily } from '../protocol/std/metric-families.ts'
import type { Membership } from './placement/membership.ts'
import type { PlacementKeeper } from './placement/placement-keeper.ts'
import type { AppendOutcome } from './replication/log.ts'
import type { Shard } from './shard.ts'
import type { SnapshotService } from './snapshots/service.ts'

const appendName = 'rookery_log_append_duration_seconds'
const fanOutName = 'rookery_fanout_duration_seconds'
const fanOutBounds = [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5]
const appendBounds = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 1]

/** What a shard process shows of itself. */
export type Observed = {
  readonly shard: Shard
  readonly keeper: PlacementKeeper
  readonly membership: Membership
  readonly snapshots: SnapshotService
}

export class ShardMetrics {
  readonly register = new Registry()
  readonly #appends = new DurationCounts(appendBounds)
  readonly #fanOuts = {
    inline: new DurationCounts(fanOutBounds),
    worker: new DurationCounts(fanOutBounds),
  }
  readonly #entries = {
    appended: 0,
    duplicate: 0,
    fenced: 0,
    'no-lease': 0,
    gap: 0,
    unavailable: 0,
  }
  readonly #lag: { close(): void }

  constructor() {
    collectDefaultMetrics({ register: this.register })
    this.#showCounts()
    this.#lag = measureEventLoopLag(this.register)
  }

  #showCounts(): void {
    showFamily(this.register, {
      name: appendName,
      help: 'From handing a batch to the log to its answer.',
      type: 'histogram',
      read: () => this.#appends.samples(appendName),
    })
    showFamily(this.register, {
      name: fanOutName,
      help: 'Until a tweet is in every timeline of this process: at once (inline), or by threads (worker).',
      type: 'histogram',
      read: () =>
        Object.entries(this.#fanOuts).flatMap(([path, counts]) =>
          counts.samples(fanOutName, { path }),
        ),
    })
    showFamily(this.register, {
      name: 'rookery_log_entries_total',
      help: 'Entries that were handed to the log, by what became of them.',
      type: 'counter',
      read: () =>
        Object.entries(this.#entries).map(([outcome, value]) => ({ labels: { outcome }, value })),
    })
  }

  /** @returns what to call with the outcome when the log has answered. */
  appendStarted(entries: number): (outcome: AppendOutcome) => void {
    const startedAtMs = performance.now()
    return (outcome) => {
      this.#appends.add((performance.now() - startedAtMs) / 1000)
      this.#entries[outcome] += entries
    }
  }

  /** How long batches took, as plain numbers. */
  appendSeconds(): Histogram {
    return this.#appends.report()
  }

  /** @returns what to call when a tweet is in every timeline */
  fanOutStarted(path: 'inline' | 'worker'): () => void {
    const startedAtMs = performance.now()
    return () => this.#fanOuts[path].add((performance.now() - startedAtMs) / 1000)
  }

  /** Shows what this shard holds and does. Call it once. */
  observe(observed: Observed): void {
    const { shard, keeper } = observed
    const { state, live } = shard
    this.#gauge('shard_users', 'Users known here.', () => state.users.handles.size)
    this.#gauge('shard_tweets', 'Tweets known here.', () => state.tweets.count)
    this.#gauge('shard_body_bytes', 'Memory of tweet bodies.', () => state.tweets.bodyBytes)
    this.#gauge('shard_cold_bodies', 'Bodies on the disk alone.', () => state.tweets.coldCount)
    this.#total('cold_reads_total', 'Bodies read there.', () => state.tweets.coldReadCount)
    this.#gauge('shard_follow_edges', 'Follow edges kept here.', () => state.followers.edgeCount)
    this.#gauge('shard_timeline_bytes', 'Memory of home timelines.', () => state.timelines.bytes)
    this.#gauge('shard_subscribers', 'Sockets subscribed here.', () => live.subscriberCount)
    this.#total('shard_pushes_total', 'Pushes, one for each recipient.', () => live.pushCount)
    this.#observeFanOut(state)
    this.#total(
      'failovers_total',
      'Partitions that were taken over from a primary that had gone without a word.',
      () => keeper.failoverCount,
    )
    this.#total(
      'digests_checked_total',
      'Comparisons with the state of a primary that came out equal.',
      () => shard.digests.checkedCount,
    )
    this.#observePartitions(observed)
    this.#observeSnapshots(observed.snapshots)
  }

  #observeFanOut({ timelines }: Observed['shard']['state']): void {
    new Counter({
      name: 'rookery_fanout_deliveries_total',
      help: 'Tweets written into home timelines: at once (inline), or by threads (worker).',
      labelNames: ['path'],
      registers: [this.register],
      collect() {
        this.reset()
        const { inline, worker } = timelines.deliveryCounts
        this.inc({ path: 'inline' }, inline)
        this.inc({ path: 'worker' }, worker)
      },
    })
  }

  #observePartitions({ shard, membership }: Observed): void {
    this.#gaugeByPartition(
      'partition_epoch',
      'The epoch of each partition of which this shard is the primary.',
      () => shard.status().serving,
    )
    this.#gaugeByPartition(
      'log_lag_entries',
      'Entries that another shard has applied and this one has not, where both are in one epoch.',
      () =>
        shard.follower.positions.map((position, partition) => [
          partition,
          membership.lagBehind(partition, position),
        ]),
    )
  }

  #observeSnapshots(snapshots: SnapshotService): void {
    const read = () => snapshots.counts
    this.#total('snapshots_made_total', 'Snapshots that were made here.', () => read().made)
    this.#total('snapshots_fetched_total', 'Snapshots taken over.', () => read().fetched)
    this.#total('snapshots_corrupt_total', 'Damaged ones set aside.', () => read().corrupt)
    this.#gauge('snapshot_seconds', 'How long the last one took.', () => read().lastMs / 1000)
    this.#gaugeByPartition('snapshot_age_entries', 'Entries since the newest snapshot.', () => [
      ...read().entriesSince,
    ])
  }

  close(): void {
    this.#lag.close()
  }

  #gaugeByPartition(
    name: string,
    help: string,
    read: () => readonly (readonly [partition: number, value: number])[],
  ): void {
    new Gauge({
      name: `rookery_${name}`,
      help,
      labelNames: ['partition'],
      registers: [this.register],
      collect() {
        this.reset()
        for (const [partition, value] of read()) this.set({ partition }, value)
      },
    })
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `rookery_${name}`,
      help,
      registers: [this.register],
      collect() {
        this.set(read())
      },
    })
  }

  #total(name: string, help: string, read: () => number): void {
    new Counter({
      name: `rookery_${name}`,
      help,
      registers: [this.register],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }
}
