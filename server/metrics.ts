// What a gateway counts, under the names of the operators' interface. Every series exists from the
// start with 0, so that a rate over it is right from the first event on; label children are made once.

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { closeCodes } from '../protocol/errors.ts'
import type { Operation } from '../protocol/operation.ts'
import type { Histogram, OperationReport } from '../protocol/reports.ts'
import { DurationCounts, showFamily } from '../protocol/std/metric-families.ts'
import type { ShardRequest } from './links/shard-request.ts'
import { RequestCounts } from './request-counts.ts'

const pushLatencyName = 'rookery_push_latency_seconds'
/** From the whole milliseconds of the clocks up to a shard that has been away. */
const pushLatencyBounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]

type Counted = { inc(): void }

/** A push that was handed to its sockets. */
export type Pushed = {
  readonly sockets: number
  /**
   * When what it tells was accepted: milliseconds since 1970 by the clock of the shard that did; undefined
   * where it tells of no single moment.
   */
  readonly acceptedAtMs: number | undefined
}

/** Close codes of the standard that a gateway or a client's stack uses; others are told as `other`. */
const standardCloseCodes = [1000, 1001, 1005, 1006, 1007, 1009, 1011]

export class GatewayMetrics {
  readonly registry = new Registry()
  /** From how long on a request is told of. */
  slowMs = Infinity
  onSlow: (request: ShardRequest, end: { outcome: string; tookMs: number }) => void = () =>
    undefined
  readonly slowConsumers: Counter
  /** Streams that were resumed from a position, and whether all that was missed could be told. */
  readonly resumes: { readonly recovered: Counted; readonly lost: Counted }
  /** Requests that waited for somebody to serve their partition, by what came of it. */
  readonly held: { readonly sent: Counted; readonly failed: Counted }
  readonly #pushes: Counter
  readonly #pushLatency = new DurationCounts(pushLatencyBounds)
  readonly #connections: Gauge
  readonly #closedCounter: Counter<'code'>
  readonly #closed = new Map<number, Counted>()
  readonly #closedOther: Counted
  readonly #requests = new RequestCounts()

  constructor() {
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry })
    this.#connections = new Gauge({
      name: 'rookery_gateway_connections',
      help: 'WebSockets that are open now.',
      registers,
    })
    this.#closedCounter = new Counter({
      name: 'rookery_gateway_connections_closed_total',
      help: 'WebSockets that were closed, by close code.',
      labelNames: ['code'],
      registers,
    })
    const ours = Object.values(closeCodes).map((reason) => reason.code)
    for (const code of [...standardCloseCodes, ...ours]) {
      this.#closed.set(code, primed(this.#closedCounter.labels(String(code))))
    }
    this.#closedOther = primed(this.#closedCounter.labels('other'))
    this.slowConsumers = new Counter({
      name: 'rookery_gateway_slow_consumers_total',
      help: 'WebSockets closed because they read too slowly.',
      registers,
    })
    this.#pushes = new Counter({
      name: 'rookery_gateway_pushes_total',
      help: 'Messages sent to WebSockets without being asked.',
      registers,
    })
    showFamily(this.registry, {
      name: pushLatencyName,
      help:
        'From accepting a tweet at its shard to handing it to the last WebSocket here that gets it, once for ' +
        'each tweet. By two wall clocks, in whole milliseconds: where shard and gateway are on different ' +
        'machines it is as right as their clocks agree, and less than 0 counts as 0.',
      type: 'histogram',
      read: () => this.#pushLatency.samples(pushLatencyName),
    })
    this.resumes = this.#makeResumes()
    this.held = this.#makeHeld()
    for (const family of this.#requests.families()) showFamily(this.registry, family)
  }

  #makeResumes(): GatewayMetrics['resumes'] {
    const resumes = new Counter({
      name: 'rookery_resume_total',
      help: 'Live streams resumed from a position; recovered is false where a fresh page was sent.',
      labelNames: ['recovered'],
      registers: [this.registry],
    })
    return {
      recovered: primed(resumes.labels('true')),
      lost: primed(resumes.labels('false')),
    }
  }

  #makeHeld(): GatewayMetrics['held'] {
    const held = new Counter({
      name: 'rookery_requests_held_total',
      help: 'Requests that waited for somebody to serve their partition: sent then, or failed.',
      labelNames: ['outcome'],
      registers: [this.registry],
    })
    return { sent: primed(held.labels('sent')), failed: primed(held.labels('failed')) }
  }

  /** Shows what the page cache does. */
  watchPages(pages: {
    readonly bytes: number
    readonly counts: { readonly notModified: number; readonly made: number }
  }): void {
    const registers = [this.registry]
    new Counter({
      name: 'rookery_gateway_pages_total',
      help: 'Home timelines from shards: sent once more as not modified, or made anew for the page cache.',
      labelNames: ['outcome'],
      registers,
      collect() {
        this.reset()
        this.inc({ outcome: 'not_modified' }, pages.counts.notModified)
        this.inc({ outcome: 'made' }, pages.counts.made)
      },
    })
    new Gauge({
      name: 'rookery_gateway_page_cache_bytes',
      help: 'What the page cache holds, about.',
      registers,
      collect() {
        this.set(pages.bytes)
      },
    })
  }

  /** Shows what clients have not shown to have read. */
  watchUnread(unread: { readonly bytes: number }): void {
    new Gauge({
      name: 'rookery_gateway_unread_bytes',
      help: 'What was sent to WebSockets whose clients have not answered the ping behind it yet.',
      registers: [this.registry],
      collect() {
        this.set(unread.bytes)
      },
    })
  }

  /** Shows how many requests wait for somebody to serve their partition. */
  watchHeld(count: () => number): void {
    new Gauge({
      name: 'rookery_requests_held_now',
      help: 'Requests that wait now for somebody to serve their partition.',
      registers: [this.registry],
      collect() {
        this.set(count())
      },
    })
  }

  connectionOpened(): void {
    this.#connections.inc()
  }

  connectionClosed(code: number): void {
    this.#connections.dec()
    const counter = this.#closed.get(code) ?? this.#closedOther
    counter.inc()
  }

  /** @param nowMs milliseconds since 1970, by the clock of this machine */
  pushed({ sockets, acceptedAtMs }: Pushed, nowMs: number): void {
    this.#pushes.inc(sockets)
    if (acceptedAtMs === undefined) return
    this.#pushLatency.add(Math.max(0, nowMs - acceptedAtMs) / 1000)
  }

  /** A request that went to a shard, or should have, is over. */
  settled(request: ShardRequest, outcome: string): void {
    const tookMs = performance.now() - request.startedAtMs
    this.answered(request.operation, outcome, tookMs)
    if (tookMs >= this.slowMs) this.onSlow(request, { outcome, tookMs })
  }

  /** What has been answered so far, of each operation that was asked for at all. */
  operationReports(): OperationReport[] {
    return this.#requests.reports()
  }

  /** From accepting a tweet to its last WebSocket. */
  pushSeconds(): Histogram {
    return this.#pushLatency.report()
  }

  /** Numbers of now, and numbers that only rise, by name. */
  async counts(): Promise<Record<string, number>> {
    const sumOf = async (metric: Counter<string> | Gauge): Promise<number> =>
      (await metric.get()).values.reduce((sum, { value }) => sum + value, 0)
    return {
      connections: await sumOf(this.#connections),
      slowConsumersTotal: await sumOf(this.slowConsumers),
      pushesTotal: await sumOf(this.#pushes),
      closedTotal: await sumOf(this.#closedCounter),
    }
  }

  /** @param outcome `ok`, or the code of the error */
  answered(operation: Operation, outcome: string, tookMs: number): void {
    this.#requests.add(operation, { outcome, tookMs })
  }
}

function primed<C extends { inc(value?: number): void }>(child: C): Counted {
  child.inc(0)
  return child
}
