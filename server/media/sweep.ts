// The sweep: removes files that no tweet shows and that can no longer be attached to one.
//
//   store -> old enough? -> a shard: unused? -> the shards of all partitions: unused? -> still as old? -> gone
//
// Every shard process has counted the tweets of the whole cluster, so the first word leaves few files over;
// but it may be late. Each partition's primary is sure of the tweets of that partition, so only what all of them
// call unused is. A deleted tweet needs nobody to tell of its files: they are unused, and go the same way.
//
// Several gateways may sweep one store at the same time: a file that is gone is no harm.

import { RequestFailure } from '../../protocol/errors.ts'
import { pack } from '../../protocol/frame.ts'
import type { Partition } from '../../protocol/ids.ts'
import { mediaAskedMax } from '../../protocol/limits.ts'
import { mediaTypeOf } from '../../protocol/media.ts'
import { mediaUnused } from '../../protocol/operations/media-unused.ts'
import { pickValue } from '../../protocol/pick.ts'
import type { Log } from '../../protocol/std/log.ts'
import type { ShardCall } from '../links/shard-request.ts'
import { ShardRequest } from '../links/shard-request.ts'
import type { Shards } from '../links/shards.ts'
import { removeLeftovers } from './incoming-file.ts'
import { incomingAgeMaxMs, sweepMarginMs, sweepPeriodMs } from './limits.ts'
import type { MediaStore } from './media-store.ts'
import { mediaIdOfName } from './media-store.ts'

export type MediaSweepOptions = {
  readonly store: MediaStore
  /** Where uploads are on their way. */
  readonly directory: string
  readonly shards: Pick<Shards, 'request' | 'partitionCount'>
  /** How long after its upload a file can be attached. */
  readonly unattachedMs: number
  readonly log: Log
}

export class MediaSweep {
  readonly #options: MediaSweepOptions
  readonly #ageMinMs: number
  #timer: NodeJS.Timeout | undefined
  #isSweeping = false

  constructor(options: MediaSweepOptions) {
    this.#options = options
    const { unattachedMs } = options
    this.#ageMinMs = unattachedMs + Math.min(unattachedMs, sweepMarginMs)
  }

  /** Sweeps now and then, until it is closed. */
  start(): void {
    const periodMs = Math.min(this.#options.unattachedMs, sweepPeriodMs)
    this.#timer = setInterval(() => this.#sweepQuietly(), periodMs).unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  /**
   * Sweeps once.
   * @returns how many files were removed
   * @throws Error where the store or a shard cannot be asked: what is left waits for the next time
   */
  async sweep(): Promise<number> {
    const { store, directory } = this.#options
    await removeLeftovers(directory, Date.now() - incomingAgeMaxMs)
    let removed = 0
    let names: string[] = []
    for await (const { name, storedAtMs } of store.files()) {
      // What is not ours is left alone.
      if (mediaTypeOf(mediaIdOfName(name)) === undefined || !this.#isOld(storedAtMs)) continue
      names.push(name)
      if (names.length < mediaAskedMax) continue
      removed += await this.#removeUnused(names)
      names = []
    }
    return removed + (await this.#removeUnused(names))
  }

  #sweepQuietly(): void {
    if (this.#isSweeping) return
    this.#isSweeping = true
    const { log } = this.#options
    this.sweep()
      .then(
        (removed) => {
          if (removed > 0) log.info({ removed }, 'media that nobody shows were removed')
        },
        (error: unknown) => log.warn({ err: error }, 'media could not be swept: later again'),
      )
      .finally(() => {
        this.#isSweeping = false
      })
  }

  async #removeUnused(names: readonly string[]): Promise<number> {
    const { store, shards } = this.#options
    let unused: readonly string[] = [...new Set(names.map(mediaIdOfName))]
    for (let partition = 0; partition < shards.partitionCount && unused.length > 0; partition++) {
      unused = await this.#unusedBy(partition, unused)
    }
    const isUnused = new Set(unused)
    let removed = 0
    for (const name of names.filter((one) => isUnused.has(mediaIdOfName(one)))) {
      // Somebody may have uploaded it anew while the shards were asked.
      const file = await store.find(name)
      if (file === undefined || !this.#isOld(file.storedAtMs)) continue
      await store.remove(name)
      removed++
    }
    return removed
  }

  #isOld(storedAtMs: number): boolean {
    return storedAtMs < Date.now() - this.#ageMinMs
  }

  #unusedBy(partition: Partition, mediaIds: readonly string[]): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      this.#options.shards.request(new Question({ partition, mediaIds }, { resolve, reject }))
    })
  }
}

type Asker = {
  readonly resolve: (unused: readonly string[]) => void
  readonly reject: (error: Error) => void
}

/** Asks one partition which of these files no tweet shows. */
class Question extends ShardRequest {
  readonly operation = mediaUnused
  readonly call: ShardCall
  /** Nothing is pushed to a sweep. */
  readonly slot = 0
  readonly startedAtMs = performance.now()
  readonly isWanted = true
  readonly #asker: Asker

  constructor(
    params: { readonly partition: Partition; readonly mediaIds: readonly string[] },
    asker: Asker,
  ) {
    super()
    const { partition } = params
    this.call = { partition, actor: 0, context: undefined, params: pack(params) }
    this.#asker = asker
  }

  answered(result: Buffer): void {
    this.#asker.resolve(pickValue(mediaUnused.answer, result, ['unused']) as readonly string[])
  }

  failed(error: RequestFailure['body']): void {
    this.#asker.reject(new RequestFailure(error))
  }
}
