// Which application is it? The keys that shards have confirmed (confirmed.ts), and what each may still ask.
//
// A request that carries a key is counted against its user and against the key. Where nothing is held of the
// key's quota it waits for a grant, in order, so that requests of one socket do not overtake each other on it.

import { userOfKey } from '../../protocol/apps.ts'
import { hashToken } from '../../protocol/credentials.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import { f } from '../../protocol/fields.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import { appIdentify } from '../../protocol/operations/app-identify.ts'
import { appTakeQuota } from '../../protocol/operations/app-take-quota.ts'
import { pickValue } from '../../protocol/pick.ts'
import { keysCachedMax, quotaWaitingMax } from '../limits.ts'
import type { Asked, ConfirmedOptions } from './confirmed.ts'
import { askShard, ConfirmedSecrets } from './confirmed.ts'
import type { KeyEntry } from './identity.ts'
import type { Grant } from './key-quota.ts'
import { KeyQuota } from './key-quota.ts'

type Waiter = (problem: ErrorBody | undefined) => void

export class Keys extends ConfirmedSecrets<KeyEntry> {
  /** Who waits for a grant, in order. An entry without any is not here. */
  readonly #waiting = new Map<KeyEntry, Waiter[]>()

  constructor(options: ConfirmedOptions<KeyEntry>) {
    super(options, keysCachedMax)
  }

  override resolve(key: string, onResolved: (resolved: KeyEntry | ErrorBody) => void): void {
    super.resolve(key, (resolved) => {
      const isUnknown = 'code' in resolved && resolved.code === 'unauthenticated'
      onResolved(isUnknown ? unknownKey() : resolved)
    })
  }

  /**
   * Counts one request against a key.
   * @param onTaken hears, now or after a word of the shard, why it may not go on; undefined where it may
   */
  take(entry: KeyEntry, onTaken: Waiter): void {
    const nowMs = performance.now()
    const { quota } = entry
    const waiting = this.#waiting.get(entry)
    const isTaken = waiting === undefined && quota.take(nowMs)
    const exhaustedForMs = isTaken ? 0 : quota.exhaustedForMs(nowMs)
    if (isTaken) onTaken(undefined)
    else if (exhaustedForMs > 0) onTaken(exhausted(exhaustedForMs))
    else if (waiting === undefined) this.#waiting.set(entry, [onTaken])
    else if (waiting.length < quotaWaitingMax) waiting.push(onTaken)
    else onTaken(failure('unavailable', { retryAfterMs: retryMs }))
    if (quota.wantsMore(nowMs)) this.#askFor(entry)
  }

  protected questionAbout(key: string): Asked | ErrorBody {
    const userId = userOfKey(key)
    if (userId === undefined) return unknownKey()
    return { operation: appIdentify, params: { userId, keyHash: hashToken(key) } }
  }

  protected entryFor(key: string, result: Buffer): KeyEntry | ErrorBody {
    const userId = userOfKey(key)
    if (userId === undefined) return unknownKey()
    const appId = pickValue(appIdentify.answer, result, ['appId']) as number
    return this.keep(key, (entry) => ({ ...entry, userId, appId, quota: new KeyQuota() }))
  }

  #askFor(entry: KeyEntry): void {
    const { userId, tokenHash: keyHash, quota } = entry
    quota.isAsking = true
    const asked = { operation: appTakeQuota, params: { userId, keyHash } }
    const refused = askShard(this.options.shards, asked, {
      answered: (result) => {
        quota.isAsking = false
        const grant = decodeValue(f.record(appTakeQuota.answer), result) as Grant
        quota.granted(grant, performance.now())
        this.#serve(entry)
      },
      failed: (error) => this.#failed(entry, error),
    })
    if (refused !== undefined) this.#failed(entry, refused)
  }

  #failed(entry: KeyEntry, error: ErrorBody): void {
    entry.quota.isAsking = false
    const isOver = error.code === 'unauthenticated'
    if (isOver) this.ended(entry.tokenHash)
    const problem = isOver ? unknownKey() : failure('unavailable', { retryAfterMs: retryMs })
    const waiting = this.#waiting.get(entry) ?? []
    this.#waiting.delete(entry)
    for (const onTaken of waiting) onTaken(problem)
  }

  /** Lets those go on who waited, as far as what is held reaches; the rest are asked for, or refused. */
  #serve(entry: KeyEntry): void {
    const waiting = this.#waiting.get(entry) ?? []
    this.#waiting.delete(entry)
    for (const onTaken of waiting) this.take(entry, onTaken)
  }
}

/** What a client is advised to wait where nobody can say what is left. */
const retryMs = 200

function unknownKey(): ErrorBody {
  return failure('unauthenticated', { message: 'The API key is unknown, or was revoked.' })
}

function exhausted(retryAfterMs: number): ErrorBody {
  const message = 'The application has used up its quota for this window.'
  return failure('rate_limited', { message, retryAfterMs })
}
