// Brings a graph in: users first, then their follows, in batches that each become one entry of a log.
//
//   window of edges -> new users, by partition -> follows, by partition of the follower -> full batches go out
//
// The batches of one window are still on their way while the next window is read, up to a bound. What is
// acknowledged is counted; the first batch that fails for good ends the run.

import { FollowBatchWriter, unpackIds } from '../../protocol/batches.ts'
import { partitionOfHandle, partitionOfId } from '../../protocol/ids.ts'
import { importFollowsMax, importUsersMax } from '../../protocol/limits.ts'
import type { OperatorClient } from '../client/operator.ts'
import { forEachBounded, Places } from '../std/bounded.ts'
import type { Edges, EdgeWindow } from './edges.ts'
import { NodeTable } from './node-table.ts'

export type ImportOptions = {
  readonly client: Pick<OperatorClient, 'call'>
  readonly partitionCount: number
  /** Of all handles: prefix and label. */
  readonly prefix: string
  /** With it all users can sign in. */
  readonly password: string | undefined
  /** Batches without an answer yet. */
  readonly inFlight: number
  /** Called for each batch of follows that was acknowledged. */
  readonly onFollows: (count: number) => void
}

export type ImportResult = {
  readonly nodes: NodeTable
  /** Follows that were sent and acknowledged: loops are left out. */
  readonly follows: number
  /** How many of them were not there before. */
  readonly added: number
  /** Time in which users were made and nothing else was begun. */
  readonly usersMs: number
}

/** Follows by users of one partition that wait for their batch to be full. */
type Waiting = {
  readonly followers: Float64Array
  readonly followees: Float64Array
  count: number
}

export class Importer {
  readonly nodes = new NodeTable()
  readonly #options: ImportOptions
  readonly #places: Places
  readonly #waiting: readonly Waiting[]
  readonly #order = new Uint32Array(importFollowsMax)
  readonly #writer = new FollowBatchWriter()
  #usersKnown = 0
  #usersMs = 0
  #follows = 0
  #added = 0
  #failed: { readonly error: unknown } | undefined

  constructor(options: ImportOptions) {
    this.#options = options
    this.#places = new Places(options.inFlight)
    this.#waiting = Array.from({ length: options.partitionCount }, () => ({
      followers: new Float64Array(importFollowsMax),
      followees: new Float64Array(importFollowsMax),
      count: 0,
    }))
  }

  /** Throws CallFailure for a batch that could not be brought in. */
  async run(edges: Edges): Promise<ImportResult> {
    for await (const window of edges.windows) await this.#bringIn(window)
    for (let partition = 0; partition < this.#waiting.length; partition++) {
      if (this.#waiting[partition]!.count > 0) await this.#send(partition)
    }
    for (let place = 0; place < this.#options.inFlight; place++) await this.#places.take()
    this.#assertWell()
    const { nodes } = this
    return { nodes, follows: this.#follows, added: this.#added, usersMs: this.#usersMs }
  }

  async #bringIn(window: EdgeWindow): Promise<void> {
    const { nodes } = this
    const { from, to, count } = window
    // The labels give way to their indexes in place: each is looked up once.
    for (let edge = 0; edge < count; edge++) {
      from[edge] = nodes.indexOf(from[edge]!)
      to[edge] = nodes.indexOf(to[edge]!)
    }
    if (nodes.count > this.#usersKnown) await this.#makeUsers()
    for (let edge = 0; edge < count; edge++) {
      const [follower, followee] = [from[edge]!, to[edge]!]
      if (follower === followee) continue
      nodes.following[follower]!++
      nodes.followers[followee]!++
      const followerId = nodes.userIds[follower]!
      const partition = partitionOfId(followerId)
      const waiting = this.#waiting[partition]!
      waiting.followers[waiting.count] = followerId
      waiting.followees[waiting.count++] = nodes.userIds[followee]!
      if (waiting.count === importFollowsMax) await this.#send(partition)
    }
  }

  /** Makes the users of all nodes that have none yet. */
  async #makeUsers(): Promise<void> {
    const startedMs = performance.now()
    const { partitionCount, prefix, inFlight, client, password } = this.#options
    const byPartition: number[][] = Array.from({ length: partitionCount }, () => [])
    for (let node = this.#usersKnown; node < this.nodes.count; node++) {
      const handle = `${prefix}${this.nodes.labels[node]}`
      byPartition[partitionOfHandle(handle, partitionCount)]!.push(node)
    }
    await forEachBounded(batchesOf(byPartition), inFlight, async ({ partition, batch }) => {
      const handles = batch.map((node) => `${prefix}${this.nodes.labels[node]}`)
      const { userIds } = await client.call('import.users', {
        partition,
        handles,
        ...(password === undefined ? {} : { password }),
      })
      const ids = unpackIds(userIds)
      for (const [place, node] of batch.entries()) this.nodes.userIds[node] = ids[place]!
    })
    this.#usersKnown = this.nodes.count
    this.#usersMs += performance.now() - startedMs
  }

  /** Waits for a place, and sends what waits for a partition; the answer comes later. */
  async #send(partition: number): Promise<void> {
    const { client, onFollows } = this.#options
    const { count } = this.#waiting[partition]!
    const follows = this.#encode(this.#waiting[partition]!)
    this.#waiting[partition]!.count = 0
    await this.#places.take()
    this.#assertWell()
    client.call('import.follows', { partition, follows }).then(
      ({ added }) => {
        this.#follows += count
        this.#added += added
        onFollows(count)
        this.#places.giveBack()
      },
      (error: unknown) => {
        this.#failed ??= { error }
        this.#places.giveBack()
      },
    )
  }

  /** Sorts a batch as its form wants it, and leaves out what is there twice. */
  #encode({ followers, followees, count }: Waiting): Buffer {
    const order = this.#order.subarray(0, count)
    for (let place = 0; place < count; place++) order[place] = place
    order.sort(
      (left, right) => followers[left]! - followers[right]! || followees[left]! - followees[right]!,
    )
    this.#writer.reset()
    for (let start = 0; start < count; ) {
      const follower = followers[order[start]!]!
      let end = start
      let distinct = 0
      for (let last = -1; end < count && followers[order[end]!] === follower; end++) {
        const followee = followees[order[end]!]!
        if (followee !== last) order[start + distinct++] = order[end]!
        last = followee
      }
      this.#writer.begin(follower, distinct)
      for (let place = start; place < start + distinct; place++) {
        this.#writer.add(followees[order[place]!]!)
      }
      start = end
    }
    return this.#writer.copy()
  }

  #assertWell(): void {
    if (this.#failed !== undefined) throw this.#failed.error
  }
}

function* batchesOf(
  byPartition: readonly (readonly number[])[],
): Iterable<{ readonly partition: number; readonly batch: readonly number[] }> {
  for (const [partition, nodes] of byPartition.entries()) {
    for (let start = 0; start < nodes.length; start += importUsersMax) {
      yield { partition, batch: nodes.slice(start, start + importUsersMax) }
    }
  }
}
