// Conditional requests of one link: which pages the gateway has from the shard behind it, and what the shard says of
// them. Validators hold on the connection that they came by; a new one begins without any.

import { frameKinds } from '../../protocol/cluster.ts'
import {
  notModifiedTailAt,
  readNotModified,
  readValidatedAnswer,
} from '../../protocol/cluster-pages.ts'
import type { ShardStatus } from '../../protocol/cluster-status.ts'
import { ClusterProtocolError } from '../../protocol/cluster-stream.ts'
import { failure } from '../../protocol/errors.ts'
import type { PageCache, PageKey } from './page-cache.ts'
import type { PendingRequests } from './pending-requests.ts'
import type { ShardRequest } from './shard-request.ts'

export type Settled = { readonly request: ShardRequest; readonly result: Buffer }

export class LinkPages {
  readonly #pages: PageCache
  /** Names the connection. */
  #source = {}
  #validates = false

  constructor(pages: PageCache) {
    this.#pages = pages
  }

  /** The shard has told of itself: whether it takes conditional requests. */
  told({ validates }: ShardStatus): void {
    this.#validates = this.#pages.isOn && validates === true
  }

  lost(): void {
    this.#source = {}
    this.#validates = false
  }

  /**
   * The validator of what is here for a conditional request; 0 for none, where what comes is to be kept. Undefined for
   * any other request.
   */
  validatorFor(request: ShardRequest): number | undefined {
    request.page = undefined
    if (!this.#validates || request.operation.isConditional !== true) return undefined
    const { actor } = request.call
    request.page = this.#pages.find(actor, this.#keyOf(request))
    if (request.page !== undefined) return request.page.validator
    return this.#pages.isWorth(actor) ? 0 : undefined
  }

  /** The shard gives an ordinary answer, also to who has asked about a page: that one is good no more. */
  answered(request: ShardRequest): void {
    if (request.page === undefined) return
    this.#pages.drop(request.call.actor, request.page)
    request.page = undefined
  }

  /**
   * The request that an answer of one of the two kinds is for, and its result; undefined where nobody waits any more.
   * @throws ClusterProtocolError for one that no shard of ours gives
   */
  settle(kind: number, body: Buffer, pending: PendingRequests): Settled | undefined {
    return kind === frameKinds.notModified
      ? this.#settleNotModified(body, pending)
      : this.#settleValidated(body, pending)
  }

  #settleValidated(body: Buffer, pending: PendingRequests): Settled | undefined {
    const { requestId, ...page } = readValidatedAnswer(body)
    this.#pages.counts.made++
    const request = pending.take(requestId)
    if (request === undefined) return undefined
    const kept = { ...this.#keyOf(request), ...page }
    request.page = this.#pages.put(request.call.actor, kept, request.page)
    return { request, result: request.page?.answer ?? page.result }
  }

  #keyOf({ operation, call }: ShardRequest): PageKey {
    return { operation: operation.code, params: call.params, source: this.#source }
  }

  #settleNotModified(body: Buffer, pending: PendingRequests): Settled | undefined {
    const request = pending.take(readNotModified(body))
    if (request === undefined) return undefined
    const { page } = request
    if (page === undefined) {
      request.failed(failure('internal'))
      throw new ClusterProtocolError('not modified, of what nobody has')
    }
    this.#pages.hit(request.call.actor, page)
    return { request, result: page.endedWith(body, notModifiedTailAt) }
  }
}
