// All shards as a gateway sees them: a link to each, and the way of each request to one of them.
//
//   is about a live stream   -> the link of the stream
//   somebody serves          -> them
//   nobody does, a read      -> anyone who hosts the partition: late by the lag of a log, as readers may be
//   nobody does, a write     -> held, for a short time and in order, until somebody does
//
// A partition that moves is served by nobody for some milliseconds: the old shard answers `notServed`,
// which is as good as never having been asked, and the new one says that it serves. So a planned move
// loses and refuses nothing. A write whose link broke is another thing: nobody knows whether it
// happened, so its sender is told so, and it is never sent again from here.

import type { ShardStatus } from '../../protocol/cluster-status.ts'
import type { Partition } from '../../protocol/ids.ts'
import type { OperatorAnswer, OperatorAsk } from '../../protocol/reports.ts'
import type { Log } from '../../protocol/std/log.ts'
import { notServedPauseMs, requestSendsMax, youngMs } from '../limits.ts'
import { HeldRequests } from './held-requests.ts'
import type { LinkListener } from './link-listener.ts'
import type { GatewayOperators } from './link-operators.ts'
import type { Addresses } from './members.ts'
import { Members } from './members.ts'
import type { PageCache } from './page-cache.ts'
import { ShardLink } from './shard-link.ts'
import { ShardMap } from './shard-map.ts'
import type { RequestLink, ShardRequest } from './shard-request.ts'
import { isRead, lostAnswer, unserved } from './shard-request.ts'

/** What concerns the sockets of this gateway, and its operator. */
export type ShardEvents = {
  onPush(body: Buffer): void
  onSessionEnded(tokenHash: string): void
  onReadEnded(): void
  /** Nothing subscribed through this link is sent any more; all partitions, or only these. */
  onPositionsLost(link: RequestLink, partitions: ReadonlySet<Partition> | undefined): void
  /** A request was held, and is so no longer. */
  onHeldEnded(outcome: 'sent' | 'failed'): void
}

export type ShardsOptions = {
  readonly partitionCount: number
  readonly gatewayName: string
  readonly secret: string
  readonly log: Log
  readonly events: ShardEvents
  readonly operators: GatewayOperators
  readonly pages: PageCache
}

/** A shard as operators reach it. */
export type OperatedShard = {
  readonly name: string
  readonly isUp: boolean
  ask(what: OperatorAsk): Promise<OperatorAnswer>
}

export class Shards {
  readonly partitionCount: number
  readonly #options: ShardsOptions
  readonly #listener: LinkListener<ShardLink>
  readonly #links = new Map<string, ShardLink>()
  readonly #members = new Members()
  readonly #map: ShardMap<ShardLink>
  readonly #held: HeldRequests
  /** By partition: who says that it serves it and did not, and until when it is not asked again. */
  readonly #doubts = new Map<Partition, { readonly link: RequestLink; readonly untilMs: number }>()
  readonly #startedAtMs = performance.now()
  /** Whether all partitions were served at some time. */
  #wasComplete = false
  #isClosed = false

  constructor(options: ShardsOptions) {
    const { events } = options
    this.partitionCount = options.partitionCount
    this.#options = options
    this.#map = new ShardMap(options.partitionCount)
    this.#held = new HeldRequests({
      onExpired: (request) => this.#failHeld(request),
      onWaiting: (partition) => this.#release(partition),
    })
    this.#listener = {
      onStatus: (link, status) => this.#onStatus(link, status),
      onPush: events.onPush,
      onSessionEnded: events.onSessionEnded,
      onReadEnded: events.onReadEnded,
      onNotServed: (link, request) => this.#onNotServed(link, request),
      onDown: (link, unanswered) => this.#onDown(link, unanswered),
    }
  }

  /** Says where shards of the cluster are, by name: `host:port`. They tell of the others themselves. */
  setAddresses(seeds: Addresses): void {
    this.#members.setSeeds(seeds)
    this.#followMembers()
  }

  /** Sends a request to a shard that can answer it; it hears of the outcome in any case. */
  request(request: ShardRequest): void {
    const link = this.#linkFor(request, undefined)
    if (link === undefined) this.#hold(request)
    else link.request(request)
  }

  /** Why not every request could be answered now; undefined where it could. */
  whyNotReady(): string | undefined {
    if (this.#links.size === 0) return 'no shard is known'
    const [first, ...others] = this.#map.unserved()
    if (first === undefined) return undefined
    const more = others.length === 0 ? '' : ` and ${others.length} others`
    return `nobody serves partition ${first}${more}`
  }

  /** Requests that wait for somebody to serve their partition. */
  get heldCount(): number {
    return this.#held.count
  }

  /** All shards that are known, there or not. */
  operated(): OperatedShard[] {
    return [...this.#links.values()].map((link) => ({
      name: link.name,
      isUp: link.isUp,
      ask: (what) => link.operators.ask(what),
    }))
  }

  close(): void {
    this.#isClosed = true
    this.#failAllHeld()
    for (const link of this.#links.values()) link.close()
  }

  /** @param except a link that has just not served it; undefined: wait for somebody to serve. */
  #linkFor(request: ShardRequest, except: RequestLink | undefined): RequestLink | undefined {
    if (request.pinned !== undefined) return request.pinned
    const { partition } = request.call
    const serving = this.#map.serving(partition)
    if (serving !== undefined && serving !== except) {
      // Who came earlier and waits is sent earlier.
      if (isRead(request) || !this.#held.isWaiting(partition)) return serving
    }
    return isRead(request) ? this.#map.hosts(partition).find((host) => host !== except) : undefined
  }

  /** Lets a request wait where it is likely that somebody will serve its partition soon. */
  #hold(request: ShardRequest): void {
    const isLikely =
      !this.#isClosed &&
      request.isWanted &&
      request.sends < requestSendsMax &&
      (this.#isYoung() || (this.#map.wasServed(request.call.partition) && this.#isAnyUp()))
    if (!isLikely || !this.#held.hold(request)) request.failed(unserved())
  }

  #onNotServed(link: ShardLink, request: ShardRequest): void {
    const { partition } = request.call
    request.notServedBy(link)
    if (this.#map.serving(partition) === link) {
      const untilMs = performance.now() + notServedPauseMs
      this.#doubts.set(partition, { link, untilMs })
    }
    const other = this.#linkFor(request, link)
    const isAgain = other !== undefined && request.isWanted && request.sends < requestSendsMax
    if (isAgain) other.request(request)
    else this.#hold(request)
  }

  /** Sends what waits for a partition, if somebody serves it who is not in doubt. */
  #release(partition: Partition): void {
    const serving = this.#map.serving(partition)
    if (serving === undefined) return
    const doubt = this.#doubts.get(partition)
    if (doubt?.link === serving && performance.now() < doubt.untilMs) return
    this.#doubts.delete(partition)
    for (const request of this.#held.take(partition)) this.#sendHeld(request, serving)
  }

  #sendHeld(request: ShardRequest, link: RequestLink): void {
    if (!request.isWanted) {
      this.#failHeld(request)
      return
    }
    this.#options.events.onHeldEnded('sent')
    const { pinned = link } = request
    pinned.request(request)
  }

  #failHeld(request: ShardRequest): void {
    this.#options.events.onHeldEnded('failed')
    request.failed(unserved())
  }

  #failAllHeld(): void {
    for (const partition of this.#held.partitions()) {
      for (const request of this.#held.take(partition)) this.#failHeld(request)
    }
  }

  #onStatus(link: ShardLink, status: ShardStatus): void {
    const lost = this.#map.tell(link, status)
    this.#wasComplete ||= this.#map.unserved().length === 0
    for (const partition of this.#held.partitions()) {
      // What it says now is newer than what it did not serve before.
      if (this.#doubts.get(partition)?.link === link) this.#doubts.delete(partition)
      this.#release(partition)
      if (!this.#map.isHost(link, partition)) continue
      for (const request of this.#held.take(partition, isRead)) this.#sendHeld(request, link)
    }
    this.#members.tell(link.name, status.members)
    this.#followMembers()
    if (lost.size > 0) this.#options.events.onPositionsLost(link, lost)
  }

  #onDown(link: ShardLink, unanswered: readonly ShardRequest[]): void {
    this.#map.forget(link)
    this.#members.forget(link.name)
    for (const request of unanswered) {
      const isAgain = isRead(request) && request.pinned === undefined && request.isWanted
      if (isAgain && request.sends < requestSendsMax) this.request(request)
      else request.failed(lostAnswer(request))
    }
    if (this.#isClosed) return
    // Without anyone to hear from, nothing is about to change: whoever waits is told so.
    if (this.#isAnyUp()) this.#followMembers()
    else this.#failAllHeld()
    this.#options.events.onPositionsLost(link, undefined)
  }

  /**
   * Links to all members. A shard that nobody tells of any more is given up, unless it is there: whoever
   * answers is a shard, and it may be the only one that still knows.
   */
  #followMembers(): void {
    const members = this.#members.addresses()
    for (const [name, link] of this.#links) {
      if (members.has(name) || link.isUp) continue
      this.#links.delete(name)
      link.close()
    }
    for (const [name, addresses] of members) this.#linkNamed(name).follow(addresses)
  }

  /** Whether it may not have heard of everybody yet. */
  #isYoung(): boolean {
    return !this.#wasComplete && performance.now() - this.#startedAtMs < youngMs
  }

  #isAnyUp(): boolean {
    for (const link of this.#links.values()) if (link.isUp) return true
    return false
  }

  #linkNamed(name: string): ShardLink {
    const { gatewayName, secret, log, operators, pages } = this.#options
    let link = this.#links.get(name)
    if (link === undefined) {
      link = new ShardLink({
        name,
        gatewayName,
        secret,
        log,
        operators,
        pages,
        listener: this.#listener,
      })
      this.#links.set(name, link)
    }
    return link
  }
}
