// An operator's calls over the admin port of a gateway, for the moderators' tool.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure, RequestFailure } from '../../protocol/errors.ts'
import { f } from '../../protocol/fields.ts'
import { encodeFields } from '../../protocol/message-pack.ts'
import { decodeValue } from '../../protocol/message-pack-reader.ts'
import type { Answer, Params } from '../../protocol/operation.ts'
import type { Operations } from '../../protocol/registry.ts'
import { operations } from '../../protocol/registry.ts'

/** Where an operator is let in: the admin port of a gateway, such as `http://127.0.0.1:9100`. */
export type OperatorDoor = { readonly url: string; readonly token: string }

type OperatorOperation =
  | 'advertiser.fund'
  | 'app.setQuota'
  | 'audit.list'
  | 'reports.list'
  | 'tweet.remove'
  | 'user.suspend'
  | 'user.unsuspend'

export interface Operator {
  partitionCount(): Promise<number>
  /** Rejects with a RequestFailure that says why it was not done. */
  call<N extends OperatorOperation>(
    name: N,
    params: Params<Operations[N]>,
  ): Promise<Answer<Operations[N]>>
}

const timeoutMs = 15_000

export class OperatorClient implements Operator {
  readonly #door: OperatorDoor

  constructor(door: OperatorDoor) {
    this.#door = door
  }

  async partitionCount(): Promise<number> {
    const response = await this.#fetch('/partitions', {})
    const count = Number(await response.text())
    if (response.ok && Number.isInteger(count) && count > 0) return count
    const message = `${this.#door.url} is not the admin port of a gateway`
    throw new RequestFailure(failure('bad_request', { message }))
  }

  async call<N extends OperatorOperation>(
    name: N,
    params: Params<Operations[N]>,
  ): Promise<Answer<Operations[N]>> {
    const { request, answer } = operations[name]
    const body = new Uint8Array(encodeFields(request as never, params as never))
    const headers = { authorization: `Bearer ${this.#door.token}` }
    const response = await this.#fetch(`/operations/${name}`, { method: 'POST', headers, body })
    if (!response.ok) throw new RequestFailure(errorOf(response.status, await response.text()))
    const bytes = new Uint8Array(await response.arrayBuffer())
    return decodeValue(f.record(answer as never), bytes) as Answer<Operations[N]>
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      return await fetch(new URL(path, this.#door.url), { ...init, signal })
    } catch (cause) {
      const message = `no answer from ${this.#door.url}: nobody knows whether it was done`
      throw new RequestFailure(failure('unknown_outcome', { message }), { cause })
    }
  }
}

function errorOf(status: number, text: string): ErrorBody {
  if (text.startsWith('{')) return JSON.parse(text) as ErrorBody
  const message =
    status === 403 || status === 401
      ? 'the token is not that of the operators'
      : `the admin port answers ${status}: ${text.trim()}`
  return failure(status < 500 ? 'forbidden' : 'unavailable', { message })
}
