// A request to a shard, and who waits for its answer.
//
// One object from the client's frame to the answer: the caller makes it, the links pass it around, and
// it is still there when it has to be sent again to another shard. Nothing else is allocated for it.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import type { Partition } from '../../protocol/ids.ts'
import type { Operation } from '../../protocol/operation.ts'
import type { RequestContext } from '../../protocol/request-context.ts'
import type { TraceContext } from '../../protocol/trace-context.ts'
import { retryUnservedMs } from '../limits.ts'
import type { CachedPage } from './page-cache.ts'

/** What is asked of whose partition. */
export type ShardCall = {
  readonly partition: Partition
  /** The signed-in user's id; 0 for nobody. */
  readonly actor: number
  readonly context: RequestContext | undefined
  /** The checked parameters, packed. */
  readonly params: Uint8Array
}

/** The way to one shard, as far as a request has to know it. */
export interface RequestLink {
  /** The name of the shard. */
  readonly name: string
  /** Whether requests can be sent. */
  readonly isUp: boolean
  request(request: ShardRequest): void
  /** Tells the shard that pushes to this slot have nowhere to go any more. */
  disconnected(slot: number): void
}

/** Exactly one of `answered` and `failed` is called, once. */
export abstract class ShardRequest {
  abstract readonly operation: Operation
  abstract readonly call: ShardCall
  /** Where pushes for the sender go; 0 for HTTP. */
  abstract readonly slot: number
  /** When the request was read, on the clock of `performance.now()`. */
  abstract readonly startedAtMs: number
  /** Whether anybody still waits for it: otherwise it is not sent again. */
  abstract readonly isWanted: boolean
  /** How often it was sent; counted by the links. */
  sends = 0
  /** The shard that it was sent to last, and its number on the way there: its name in both logs. */
  sentTo = ''
  sentNumber = 0
  /** What the gateway has for it already: it is asked whether that is as it was. */
  page: CachedPage | undefined = undefined
  /** Until when it may wait for somebody to serve its partition; 0 where it never had to. */
  heldUntilMs = 0

  /** The link it has to take whoever serves: that of the live stream which it is about. */
  get pinned(): RequestLink | undefined {
    return undefined
  }

  /** What its sender calls it, for logs; undefined where it has no name of its own. */
  get requestId(): string | undefined {
    return undefined
  }

  /** The trace that it belongs to. */
  get trace(): TraceContext | undefined {
    return undefined
  }

  /** It leaves through this link now. */
  sentBy(_link: RequestLink): void {
    // Only what is about a live stream has to know.
  }

  /** The shard of this link has surely not carried it out; it is sent again, or `failed` follows. */
  notServedBy(_link: RequestLink): void {
    // Only what is about a live stream has to know.
  }

  /**
   * Throws, before anything else has happened, where the result cannot be read: `failed` follows.
   * @param result the encoded answer: a view that lives until the link has told `readEnded`
   */
  abstract answered(result: Buffer): void
  abstract failed(error: ErrorBody): void
}

/** Whether it changes nothing: it may then be sent again at will, and to any host of its partition. */
export function isRead(request: ShardRequest): boolean {
  return request.operation.event === undefined
}

/** The error of a request that was surely not carried out, because nobody serves its partition. */
export function unserved(): ErrorBody {
  return failure('unavailable', {
    message: 'Nobody serves this partition at the moment.',
    retryAfterMs: retryUnservedMs,
  })
}

/** The error of a request whose link broke: a read can simply be sent again; of a write nobody knows. */
export function lostAnswer(request: ShardRequest): ErrorBody {
  return isRead(request)
    ? failure('unavailable', { retryAfterMs: retryUnservedMs })
    : failure('unknown_outcome')
}
