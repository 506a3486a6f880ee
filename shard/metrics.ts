// The metrics of a shard. Hot paths raise plain numbers; they become metrics when somebody asks.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { measureEventLoopLag } from '../protocol/std/event-loop-lag.ts'
import type { Shard } from './shard.ts'

const appendBuckets = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 1]

export class ShardMetrics {
  readonly register = new Registry()
  readonly #appends: Histogram
  readonly #entries: Counter<'outcome'>
  readonly #lag: { close(): void }

  constructor() {
    const registers = [this.register]
    collectDefaultMetrics({ register: this.register })
    this.#appends = new Histogram({
      name: 'rookery_log_append_duration_seconds',
      help: 'From handing a batch to the log to its answer.',
      buckets: appendBuckets,
      registers,
    })
    this.#entries = new Counter({
      name: 'rookery_log_entries_total',
      help: 'Entries that were handed to the log, by what became of them.',
      labelNames: ['outcome'],
      registers,
    })
    for (const outcome of ['appended', 'duplicate', 'fenced', 'no-lease', 'gap', 'unavailable']) {
      this.#entries.inc({ outcome }, 0)
    }
    this.#lag = measureEventLoopLag(this.register)
  }

  /** @returns what to call with the outcome when the log has answered. */
  appendStarted(entries: number): (outcome: string) => void {
    const stop = this.#appends.startTimer()
    return (outcome) => {
      stop()
      this.#entries.inc({ outcome }, entries)
    }
  }

  /** Shows what this shard holds and does. Call it once. */
  observe(shard: Shard): void {
    const { state, live } = shard
    this.#gauge('shard_users', 'Users known here.', () => state.users.handles.size)
    this.#gauge('shard_tweets', 'Tweets known here.', () => state.tweets.count)
    this.#gauge('shard_follow_edges', 'Follow edges kept here.', () => state.followers.edgeCount)
    this.#gauge('shard_timeline_bytes', 'Memory of home timelines.', () => state.timelineBytes)
    this.#gauge('shard_subscribers', 'Sockets subscribed here.', () => live.subscriberCount)
    this.#total('shard_pushes_total', 'Pushes, one for each recipient.', () => live.pushCount)
    this.#total(
      'fanout_deliveries_total',
      'Tweets written into home timelines.',
      () => state.deliveryCount,
    )
    const registers = [this.register]
    new Gauge({
      name: 'rookery_partition_epoch',
      help: 'The epoch of each partition of which this shard is the primary.',
      labelNames: ['partition'],
      registers,
      collect() {
        for (const { partition, epoch } of shard.epochs()) this.set({ partition }, epoch)
      },
    })
  }

  close(): void {
    this.#lag.close()
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
