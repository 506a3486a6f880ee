// What clients prove themselves with, and a shard has confirmed: a cache of its answers, and the sockets that use
// each. Tokens (sessions.ts) and keys of applications (keys.ts) are the two kinds.
//
// Whose a secret is is asked of the shard that keeps it, once; after that the answer is used for
// a minute (a setting), and while sockets use the secret it is asked again every minute. A shard that
// ends one says so at once, and the entry is gone. An entry is found in a hash table, whose seed is another one in each
// process: the time that a lookup takes tells nothing about a secret.

import { hashToken } from '../../protocol/credentials.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import { pack } from '../../protocol/frame.ts'
import type { Operation } from '../../protocol/operation.ts'
import { sessionChecksPerSweepMax } from '../limits.ts'
import { routeOf } from '../links/router.ts'
import type { ShardCall } from '../links/shard-request.ts'
import { ShardRequest } from '../links/shard-request.ts'
import type { ConfirmedEntry } from './identity.ts'

export type Asker = {
  readonly partitionCount: number
  request(request: ShardRequest): void
}

/** What a shard is asked, in the gateway's own name. */
export type Asked = {
  readonly operation: Operation
  readonly params: Record<string, unknown>
}

type Heard = Pick<ShardRequest, 'answered' | 'failed'>

/** A question of the gateway itself, until its answer. */
class Question extends ShardRequest {
  readonly operation: Operation
  readonly call: ShardCall
  readonly slot = 0
  readonly startedAtMs = performance.now()
  readonly isWanted = true
  readonly #heard: Heard

  constructor(operation: Operation, call: ShardCall, heard: Heard) {
    super()
    this.operation = operation
    this.call = call
    this.#heard = heard
  }

  answered(result: Buffer): void {
    this.#heard.answered(result)
  }

  failed(error: ErrorBody): void {
    this.#heard.failed(error)
  }
}

/** Asks a shard in the gateway's own name. @returns why it cannot be asked; undefined where it was. */
export function askShard(
  shards: Asker,
  { operation, params }: Asked,
  heard: Heard,
): ErrorBody | undefined {
  const request = { actor: 0, params, isOperator: true }
  const partition = routeOf(operation, request, shards.partitionCount)
  if (typeof partition !== 'number') return partition
  const call = { partition, actor: 0, context: undefined, params: pack(params) }
  shards.request(new Question(operation, call, heard))
  return undefined
}

export type ConfirmedOptions<E> = {
  readonly shards: Asker
  readonly checkPeriodMs: number
  /** Called once for an entry that is good no more. */
  readonly onEnded: (entry: E) => void
}

export abstract class ConfirmedSecrets<E extends ConfirmedEntry> {
  protected readonly options: ConfirmedOptions<E>
  readonly #countMax: number
  /** By hash, the one that was used least recently in front; and the same by what the client sends. */
  readonly #entries = new Map<string, E>()
  readonly #byToken = new Map<string, E>()
  /** By hash: who waits for the same question. */
  readonly #asking = new Map<string, ((resolved: E | ErrorBody) => void)[]>()

  /** @param countMax entries; the one that was used least recently makes room */
  constructor(options: ConfirmedOptions<E>, countMax: number) {
    this.options = options
    this.#countMax = countMax
  }

  /** What to ask about a secret; or why there is nothing to ask. */
  protected abstract questionAbout(token: string): Asked | ErrorBody
  /** The entry for an answer, by `keep`; or why there is none. */
  protected abstract entryFor(token: string, result: Buffer): E | ErrorBody

  get count(): number {
    return this.#entries.size
  }

  /** The entry of a secret that was checked lately enough. */
  cached(token: string, nowMs: number): E | undefined {
    const entry = this.#byToken.get(token)
    return entry !== undefined && nowMs - entry.checkedAtMs < this.options.checkPeriodMs
      ? entry
      : undefined
  }

  /** Tells whose secret this is: at once where it is known, else when the shard has answered. */
  resolve(token: string, onResolved: (resolved: E | ErrorBody) => void): void {
    const entry = this.cached(token, performance.now())
    if (entry !== undefined) onResolved(entry)
    else this.#ask(token, onResolved)
  }

  /** The secret is good no more: forgets it, and tells its sockets' owner. */
  ended(tokenHash: string): void {
    const entry = this.#entries.get(tokenHash)
    if (entry === undefined) return
    this.#forget(entry)
    entry.isEnded = true
    this.options.onEnded(entry)
  }

  /** A shard was away, and may have ended some without our hearing of it: ask again about all. */
  doubtAll(): void {
    for (const entry of this.#entries.values()) entry.checkedAtMs = Number.NEGATIVE_INFINITY
  }

  /** Asks again about secrets that sockets use, and forgets old ones that none does. */
  sweep(nowMs: number): void {
    let checks = 0
    for (const entry of this.#entries.values()) {
      if (nowMs - entry.checkedAtMs < this.options.checkPeriodMs) continue
      if (entry.sockets.size === 0) {
        this.#forget(entry)
        continue
      }
      if (++checks > sessionChecksPerSweepMax) return
      this.#ask(entry.token, noop)
    }
  }

  /** A shard has just confirmed a secret: the entry that is there, or the one that `make` makes. */
  protected keep(token: string, make: (entry: Omit<ConfirmedEntry, 'userId'>) => E): E {
    const tokenHash = hashToken(token)
    const checkedAtMs = performance.now()
    const known = this.#entries.get(tokenHash)
    if (known !== undefined) {
      known.checkedAtMs = checkedAtMs
      return known
    }
    this.#makeRoom()
    const entry = make({ token, tokenHash, checkedAtMs, sockets: new Set(), isEnded: false })
    this.#add(entry)
    return entry
  }

  #ask(token: string, onResolved: (resolved: E | ErrorBody) => void): void {
    const question = this.questionAbout(token)
    if ('code' in question) {
      onResolved(question)
      return
    }
    const tokenHash = hashToken(token)
    const waiting = this.#asking.get(tokenHash)
    if (waiting !== undefined) {
      waiting.push(onResolved)
      return
    }
    this.#asking.set(tokenHash, [onResolved])
    const refused = askShard(this.options.shards, question, {
      answered: (result) => this.#tell(tokenHash, this.entryFor(token, result)),
      failed: (error) => this.#failed(tokenHash, error),
    })
    if (refused !== undefined) this.#tell(tokenHash, refused)
  }

  /** Only a clear no ends an entry; while a shard is away, what is known goes on to count. */
  #failed(tokenHash: string, error: ErrorBody): void {
    if (error.code === 'unauthenticated') this.ended(tokenHash)
    this.#tell(tokenHash, error)
  }

  #tell(tokenHash: string, resolved: E | ErrorBody): void {
    const waiting = this.#asking.get(tokenHash) ?? []
    this.#asking.delete(tokenHash)
    for (const onResolved of waiting) onResolved(resolved)
  }

  /** Entries in use move to the back of the order, so that an unused one is soon in front. */
  #makeRoom(): void {
    for (const entry of this.#entries.values()) {
      if (this.#entries.size < this.#countMax) return
      this.#forget(entry)
      if (entry.sockets.size > 0) {
        this.#add(entry)
        return
      }
    }
  }

  #add(entry: E): void {
    this.#entries.set(entry.tokenHash, entry)
    this.#byToken.set(entry.token, entry)
  }

  #forget(entry: E): void {
    this.#entries.delete(entry.tokenHash)
    this.#byToken.delete(entry.token)
  }
}

/** Whether a secret was found to be good. */
export function isEntry<E extends ConfirmedEntry>(resolved: E | ErrorBody): resolved is E {
  return 'tokenHash' in resolved
}

function noop(): void {
  // The answer itself has already moved or removed the entry.
}
