// An operator's calls: what brings users and follows in and credits advertisers, and suspends accounts, over the admin port of a gateway.
//
// A call ends with its answer, or with a CallFailure after the retries that are worth it. A retry sends
// the same bytes: the operations of operators take effect once, however often they come.

import { setTimeout as delay } from 'node:timers/promises'
import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import { f } from '../../protocol/fields.ts'
import { encodeFields } from '../../protocol/message-pack.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import type { Answer, Params } from '../../protocol/operation.ts'
import type { advertiserFund } from '../../protocol/operations/advertiser-fund.ts'
import type { importFollows } from '../../protocol/operations/import-follows.ts'
import type { importUsers } from '../../protocol/operations/import-users.ts'
import type { userSuspend } from '../../protocol/operations/user-suspend.ts'
import { operations } from '../../protocol/registry.ts'
import { CallFailure } from './client.ts'

/** Where an operator is let in. */
export type OperatorDoor = {
  /** Of the admin port of a gateway, such as `http://127.0.0.1:9100`. */
  readonly url: string
  readonly token: string
}

type OperatorOperations = {
  readonly 'import.users': typeof importUsers
  readonly 'import.follows': typeof importFollows
  readonly 'advertiser.fund': typeof advertiserFund
  readonly 'user.suspend': typeof userSuspend
}

/** Enough to outlast a restart of the server. */
const retriesMaxDefault = 40
const pauseMsFirst = 25
const pauseMsMax = 1_000
const timeoutMs = 15_000

export class OperatorClient {
  readonly #door: OperatorDoor
  readonly #retriesMax: number

  constructor(door: OperatorDoor, { retriesMax = retriesMaxDefault } = {}) {
    this.#door = door
    this.#retriesMax = retriesMax
  }

  /** How many partitions the cluster has. Throws CallFailure where nobody tells. */
  async partitionCount(): Promise<number> {
    const response = await fetch(new URL('/partitions', this.#door.url))
    const count = Number(await response.text())
    if (response.ok && Number.isInteger(count) && count > 0) return count
    const message = `${this.#door.url} is not the admin port of a gateway`
    throw new CallFailure(failure('bad_request', { message }), 1)
  }

  /** Throws CallFailure for a refusal, or a failure that outlasts the retries. */
  async call<N extends keyof OperatorOperations>(
    name: N,
    params: Params<OperatorOperations[N]>,
  ): Promise<Answer<OperatorOperations[N]>> {
    const { request, answer } = operations[name]
    const body = new Uint8Array(encodeFields(request as never, params as never))
    for (let attempts = 1; ; attempts++) {
      const outcome = await this.#attempt(name, body)
      if (outcome instanceof Uint8Array) {
        const value = decodeValue(f.record(answer), outcome)
        return value as Answer<OperatorOperations[N]>
      }
      if (outcome.retry === 'never' || attempts > this.#retriesMax) {
        throw new CallFailure(outcome, attempts)
      }
      await delay(outcome.retryAfterMs ?? Math.min(pauseMsFirst * 2 ** attempts, pauseMsMax))
    }
  }

  async #attempt(name: string, body: Uint8Array<ArrayBuffer>): Promise<Uint8Array | ErrorBody> {
    try {
      const response = await fetch(new URL(`/operations/${name}`, this.#door.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${this.#door.token}` },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (response.ok) return new Uint8Array(await response.arrayBuffer())
      return errorOf(response.status, await response.text())
    } catch (cause) {
      // Nobody knows whether it arrived: fetch throws TypeError without a connection, and at its timeout.
      return failure('unknown_outcome', { message: String(cause) })
    }
  }
}

function errorOf(status: number, text: string): ErrorBody {
  if (text.startsWith('{')) return JSON.parse(text) as ErrorBody
  const isWrong = status >= 400 && status < 500
  return failure(status === 403 ? 'forbidden' : isWrong ? 'bad_request' : 'unavailable', {
    message: `the admin port answers ${status}: ${text.trim()}`,
  })
}
