// Whose token is this? A cache of the answers that shards gave, and the sockets that use each token.
//
// A token's user is asked of the shard that keeps the session, once; after that the answer is used for
// a minute (a setting), and while sockets use the token it is asked again every minute. A shard that
// ends a session says so at once, and the entry is gone. Keys are hashes, so a lookup tells nothing
// about a token by its time.

import type { ErrorBody } from '../protocol/errors.ts'
import { failure } from '../protocol/errors.ts'
import { pack } from '../protocol/frame.ts'
import type { UserId } from '../protocol/ids.ts'
import type { Operation } from '../protocol/operation.ts'
import { hashToken, userOfToken } from '../protocol/operations/credentials.ts'
import { pickValue } from '../protocol/pick.ts'
import { operationsByCode } from '../protocol/registry.ts'
import type { Closable, SessionEntry } from './identity.ts'
import { sessionChecksPerSweepMax, sessionsCachedMax } from './limits.ts'
import { routeOf } from './router.ts'
import type { ShardCall } from './shard-request.ts'
import { ShardRequest } from './shard-request.ts'

export type Resolved = SessionEntry | ErrorBody

export function isEntry(resolved: Resolved): resolved is SessionEntry {
  return 'tokenHash' in resolved
}

/** The operation that says who a token is, by its definition. */
const resumeOperation = [...operationsByCode.values()].find(
  (operation) => operation.session === 'resumes',
) as Operation

type Asker = {
  readonly partitionCount: number
  request(request: ShardRequest): void
}

/** Whose token is it? */
class Question extends ShardRequest {
  readonly operation = resumeOperation
  readonly call: ShardCall
  readonly slot = 0
  readonly startedAtMs = performance.now()
  readonly isWanted = true
  readonly #asker: Pick<ShardRequest, 'answered' | 'failed'>

  constructor(call: ShardCall, asker: Pick<ShardRequest, 'answered' | 'failed'>) {
    super()
    this.call = call
    this.#asker = asker
  }

  answered(result: Buffer): void {
    this.#asker.answered(result)
  }

  failed(error: ErrorBody): void {
    this.#asker.failed(error)
  }
}

export class Sessions {
  readonly #shards: Asker
  readonly #checkPeriodMs: number
  readonly #onEnded: (entry: SessionEntry) => void
  readonly #entries = new Map<string, SessionEntry>()
  /** By hash: who waits for the same question. */
  readonly #asking = new Map<string, ((resolved: Resolved) => void)[]>()

  /** @param options.onEnded called once for an entry that is no session any more */
  constructor(options: {
    readonly shards: Asker
    readonly checkPeriodMs: number
    readonly onEnded: (entry: SessionEntry) => void
  }) {
    this.#shards = options.shards
    this.#checkPeriodMs = options.checkPeriodMs
    this.#onEnded = options.onEnded
  }

  get count(): number {
    return this.#entries.size
  }

  /** The entry of a token that was checked lately enough. */
  cached(token: string, nowMs: number): SessionEntry | undefined {
    const entry = this.#entries.get(hashToken(token))
    return entry !== undefined && nowMs - entry.checkedAtMs < this.#checkPeriodMs
      ? entry
      : undefined
  }

  /** Tells whose token this is: at once where it is known, else when the shard has answered. */
  resolve(token: string, onResolved: (resolved: Resolved) => void): void {
    const entry = this.cached(token, performance.now())
    if (entry !== undefined) onResolved(entry)
    else this.#ask(token, onResolved)
  }

  /** A shard has just said that this token is this user's. */
  adopt(token: string, userId: UserId): SessionEntry {
    const tokenHash = hashToken(token)
    const known = this.#entries.get(tokenHash)
    if (known !== undefined) {
      known.checkedAtMs = performance.now()
      return known
    }
    this.#makeRoom()
    const entry = {
      token,
      tokenHash,
      userId,
      checkedAtMs: performance.now(),
      sockets: new Set<Closable>(),
    }
    this.#entries.set(tokenHash, entry)
    return entry
  }

  /** The session is over: forgets it, and tells its sockets' owner. */
  ended(tokenHash: string): void {
    const entry = this.#entries.get(tokenHash)
    if (entry === undefined) return
    this.#entries.delete(tokenHash)
    this.#onEnded(entry)
  }

  /** A shard was away, and may have ended sessions without our hearing of it: ask again about all. */
  doubtAll(): void {
    for (const entry of this.#entries.values()) entry.checkedAtMs = Number.NEGATIVE_INFINITY
  }

  /** Asks again about tokens that sockets use, and forgets old ones that none does. */
  sweep(nowMs: number): void {
    let checks = 0
    for (const entry of this.#entries.values()) {
      if (nowMs - entry.checkedAtMs < this.#checkPeriodMs) continue
      if (entry.sockets.size === 0) {
        this.#entries.delete(entry.tokenHash)
        continue
      }
      if (++checks > sessionChecksPerSweepMax) return
      this.#ask(entry.token, noop)
    }
  }

  #ask(token: string, onResolved: (resolved: Resolved) => void): void {
    const params = { token }
    const route = routeOf(resumeOperation, { actor: 0, params }, this.#shards.partitionCount)
    if (typeof route !== 'number') {
      onResolved(route)
      return
    }
    const tokenHash = hashToken(token)
    const waiting = this.#asking.get(tokenHash)
    if (waiting !== undefined) {
      waiting.push(onResolved)
      return
    }
    this.#asking.set(tokenHash, [onResolved])
    const call = { partition: route, actor: 0, context: undefined, params: pack(params) }
    const question = new Question(call, {
      answered: (result) => this.#answered(token, result),
      failed: (error) => this.#failed(tokenHash, error),
    })
    this.#shards.request(question)
  }

  #answered(token: string, result: Buffer): void {
    const userId = pickValue(resumeOperation.answer, result, ['user', 'id']) as UserId
    const resolved =
      userId === userOfToken(token) ? this.adopt(token, userId) : failure('unauthenticated')
    this.#tell(hashToken(token), resolved)
  }

  /** Only a clear no ends a session; while a shard is away, what is known goes on to count. */
  #failed(tokenHash: string, error: ErrorBody): void {
    if (error.code === 'unauthenticated') this.ended(tokenHash)
    this.#tell(tokenHash, error)
  }

  #tell(tokenHash: string, resolved: Resolved): void {
    const waiting = this.#asking.get(tokenHash) ?? []
    this.#asking.delete(tokenHash)
    for (const onResolved of waiting) onResolved(resolved)
  }

  /** Entries in use move to the back of the order, so that an unused one is soon in front. */
  #makeRoom(): void {
    for (const entry of this.#entries.values()) {
      if (this.#entries.size < sessionsCachedMax) return
      this.#entries.delete(entry.tokenHash)
      if (entry.sockets.size > 0) {
        this.#entries.set(entry.tokenHash, entry)
        return
      }
    }
  }
}

function noop(): void {
  // The answer itself has already moved or removed the entry.
}
