// A page that is made by another shard than the reader's own, and what the reader has to do with its tweets.
//
//   favorites.list -> the shard that hosts whose favorites they are   -> tweets without `viewer`
//   tweet.marks    -> the shard that hosts the reader                 -> `viewer` of each
//
// Whoever waits for the page sees one request. Where the second shard does not answer, neither does the page come: a
// list that says of nothing that the reader has marked it would be wrong.

import type { Tweet } from '../../protocol/entities.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import type { RecordField } from '../../protocol/fields.ts'
import { pack } from '../../protocol/frame.ts'
import { partitionOfId } from '../../protocol/ids.ts'
import { encodeFields } from '../../protocol/message-pack.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import type { Answer, Operation } from '../../protocol/operation.ts'
import { tweetMarks } from '../../protocol/operations/tweet-marks.ts'
import type { TraceContext } from '../../protocol/trace-context.ts'
import type { ShardCall } from '../links/shard-request.ts'
import { ShardRequest } from '../links/shard-request.ts'

type Shards = { request(request: ShardRequest): void }
type Page = { tweets: readonly Tweet[]; referenced?: readonly Tweet[] }

/** The request as it has to be sent: itself, unless somebody else has to be asked as well. */
export function withMarks(request: ShardRequest, shards: Shards): ShardRequest {
  const { operation, call } = request
  return operation.lacksViewer === true && call.actor !== 0
    ? new MarkedRequest(request, shards)
    : request
}

/** Stands for another request on the way to a shard. */
abstract class InPlaceOf extends ShardRequest {
  readonly slot = 0
  readonly startedAtMs: number
  protected readonly inner: ShardRequest

  constructor(inner: ShardRequest) {
    super()
    this.inner = inner
    this.startedAtMs = inner.startedAtMs
  }

  get isWanted(): boolean {
    return this.inner.isWanted
  }

  override get requestId(): string | undefined {
    return this.inner.requestId
  }

  override get trace(): TraceContext | undefined {
    return this.inner.trace
  }

  failed(error: ErrorBody): void {
    this.wasSent()
    this.inner.failed(error)
  }

  /** The log names the shard that was asked last. */
  protected wasSent(): void {
    this.inner.sends += this.sends
    this.inner.sentTo = this.sentTo
    this.inner.sentNumber = this.sentNumber
  }
}

class MarkedRequest extends InPlaceOf {
  readonly operation: Operation
  readonly call: ShardCall
  readonly #shards: Shards

  constructor(inner: ShardRequest, shards: Shards) {
    super(inner)
    this.operation = inner.operation
    this.call = inner.call
    this.#shards = shards
  }

  answered(result: Buffer): void {
    const page = decodeValue(answerOf(this.operation), result) as Page
    this.wasSent()
    const unmarked = tweetsOf(page).some(({ viewer }) => viewer === undefined)
    // On a page of their own the shard was the reader's.
    if (unmarked) this.#shards.request(new Marks(this.inner, page))
    else this.inner.answered(result)
  }
}

class Marks extends InPlaceOf {
  readonly operation = tweetMarks
  readonly call: ShardCall
  readonly #page: Page

  constructor(inner: ShardRequest, page: Page) {
    super(inner)
    const { actor, context } = inner.call
    const params = { userId: actor, tweetIds: tweetsOf(page).map(({ id }) => id) }
    this.call = { partition: partitionOfId(actor), actor: 0, context, params: pack(params) }
    this.#page = page
  }

  answered(result: Buffer): void {
    const field = { kind: 'record', fields: tweetMarks.answer } as const
    const { marks } = decodeValue(field, result) as Answer<typeof tweetMarks>
    const { tweets, referenced } = this.#page
    const marked = (tweet: Tweet, place: number): Tweet => ({ ...tweet, viewer: marks[place]! })
    const page = {
      ...this.#page,
      tweets: tweets.map(marked),
      ...(referenced === undefined
        ? {}
        : { referenced: referenced.map((tweet, place) => marked(tweet, tweets.length + place)) }),
    }
    this.wasSent()
    this.inner.answered(encodeFields(this.inner.operation.answer, page as never))
  }
}

function tweetsOf({ tweets, referenced = [] }: Page): readonly Tweet[] {
  return [...tweets, ...referenced]
}

function answerOf({ answer }: Operation): RecordField {
  return { kind: 'record', fields: answer }
}
