// All shards as a gateway sees them: a link to each, and which of them serves which partition.
//
// Shards say themselves what they serve, and the newest word counts. Until a shard has spoken, the
// ring that all sides share says where its partitions ought to be.

import type { ShardStatus } from '../protocol/cluster.ts'
import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import type { Partition } from '../protocol/ids.ts'
import type { Placement } from '../protocol/placement.ts'
import { place } from '../protocol/placement.ts'
import type { Log } from '../protocol/std/log.ts'
import { retryUnservedMs } from './limits.ts'
import type { LinkListener, ShardRequest, Waiter } from './shard-link.ts'
import { ShardLink } from './shard-link.ts'

/** What concerns the sockets of this gateway. */
export type ShardEvents = {
  onPush(body: Buffer): void
  onSessionEnded(tokenHash: string): void
  onReadEnded(): void
  /** Nothing subscribed through this link is sent any more; all partitions, or only these. */
  onPositionsLost(link: ShardLink, partitions: ReadonlySet<Partition> | undefined): void
}

export type ShardsOptions = {
  readonly partitionCount: number
  readonly gatewayName: string
  readonly secret: string
  readonly log: Log
  readonly events: ShardEvents
}

export class Shards {
  readonly partitionCount: number
  readonly #options: ShardsOptions
  readonly #listener: LinkListener
  readonly #links = new Map<string, ShardLink>()
  /** By partition: the link whose shard said last that it serves it. */
  readonly #serving: (ShardLink | undefined)[]
  /** Links whose shard has said what it serves since it connected. */
  readonly #known = new Set<ShardLink>()
  #placement: Placement = []

  constructor(options: ShardsOptions) {
    this.partitionCount = options.partitionCount
    this.#options = options
    this.#serving = new Array(options.partitionCount).fill(undefined)
    this.#listener = {
      onStatus: (link, status) => this.#onStatus(link, status),
      onPush: options.events.onPush,
      onSessionEnded: options.events.onSessionEnded,
      onReadEnded: options.events.onReadEnded,
      onDown: (link) => {
        this.#known.delete(link)
        options.events.onPositionsLost(link, undefined)
      },
    }
  }

  /** Makes these the shards of the cluster, by name: `host:port`. */
  setAddresses(addresses: Readonly<Record<string, string>>): void {
    for (const [name, link] of this.#links) {
      if (Object.hasOwn(addresses, name)) continue
      this.#links.delete(name)
      this.#forget(link)
      link.close()
    }
    for (const [name, address] of Object.entries(addresses)) {
      const split = address.lastIndexOf(':')
      const host = address.slice(0, split).replace(/^\[|\]$/g, '')
      this.#linkNamed(name).connectTo(host, Number(address.slice(split + 1)))
    }
    const names = [...this.#links.keys()]
    this.#placement = names.length === 0 ? [] : place(names, this.partitionCount)
  }

  /** Sends a request to whoever serves its partition; the waiter hears of it in any case. */
  request(request: ShardRequest, waiter: Waiter): void {
    const link = this.linkFor(request.partition)
    if (link === undefined) waiter.failed(unserved())
    else link.request(request, waiter)
  }

  linkFor(partition: Partition): ShardLink | undefined {
    const serving = this.#serving[partition]
    if (serving !== undefined) return serving
    const placed = this.#links.get(this.#placement[partition] ?? '')
    return placed === undefined || this.#known.has(placed) ? undefined : placed
  }

  /** Why not every request could be answered now; undefined where it could. */
  whyNotReady(): string | undefined {
    if (this.#links.size === 0) return 'no shard is known'
    for (const link of this.#links.values()) {
      if (!link.isUp) return `${link.name} is away`
    }
    const unservedPartition = this.#serving.indexOf(undefined)
    return unservedPartition < 0 ? undefined : `nobody serves partition ${unservedPartition}`
  }

  get inFlight(): number {
    let count = 0
    for (const link of this.#links.values()) count += link.inFlight
    return count
  }

  close(): void {
    for (const link of this.#links.values()) link.close()
  }

  #linkNamed(name: string): ShardLink {
    const { gatewayName, secret, log } = this.#options
    let link = this.#links.get(name)
    if (link === undefined) {
      link = new ShardLink({ name, gatewayName, secret, log, listener: this.#listener })
      this.#links.set(name, link)
    }
    return link
  }

  #onStatus(link: ShardLink, status: ShardStatus): void {
    this.#known.add(link)
    const served = new Set(status.partitions)
    const lostBy = new Map<ShardLink, Set<Partition>>()
    for (let partition = 0; partition < this.partitionCount; partition++) {
      const before = this.#serving[partition]
      const after = served.has(partition) ? link : before === link ? undefined : before
      this.#serving[partition] = after
      if (before === undefined || before === after) continue
      const lost = lostBy.get(before) ?? new Set()
      lostBy.set(before, lost.add(partition))
    }
    for (const [loser, lost] of lostBy) this.#options.events.onPositionsLost(loser, lost)
  }

  #forget(link: ShardLink): void {
    this.#known.delete(link)
    for (let partition = 0; partition < this.partitionCount; partition++) {
      if (this.#serving[partition] === link) this.#serving[partition] = undefined
    }
    this.#options.events.onPositionsLost(link, undefined)
  }
}

function unserved(): ErrorBody {
  return failure('unavailable', {
    message: 'Nobody serves this partition at the moment.',
    retryAfterMs: retryUnservedMs,
  })
}
