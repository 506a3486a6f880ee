// One signed-in client of a cluster whose gateways come and go: a socket to whichever gateway is there.
//
// It makes one attempt for each call and says how it failed; whether to go on is the caller's to decide,
// because every failure belongs into the history.

import type { CallAnswer, CallParams, ClientOptions } from '../../../loadtest/client/client.ts'
import { CallFailure, Client } from '../../../loadtest/client/client.ts'
import type { OperationName } from '../../../protocol/registry.ts'

/** More than a gateway waits for a shard: whoever is answered by this has been left hanging. */
export const hangMs = 20_000
const inFlightMax = 256

export type CallerOptions = Pick<ClientOptions, 'token' | 'onPush' | 'onLost'> & {
  /** A gateway to be tried next: like a load balancer, it leaves out those that are known to be gone. */
  readonly url: () => string
}

export class Caller {
  readonly #options: CallerOptions
  #token: string | undefined
  #client: Client | undefined
  #opening: Promise<Client> | undefined
  #isClosed = false

  constructor(options: CallerOptions) {
    this.#options = options
    this.#token = options.token
  }

  get token(): string | undefined {
    return this.#client?.token ?? this.#token
  }

  /** One attempt. Throws CallFailure. */
  async call<N extends OperationName>(name: N, params: CallParams<N>): Promise<CallAnswer<N>> {
    const client = await this.#opened()
    const answer = await client.call(name, params)
    this.#token = client.token
    return answer
  }

  close(): void {
    this.#isClosed = true
    this.#client?.close()
    this.#client = undefined
  }

  async #opened(): Promise<Client> {
    if (this.#client !== undefined) return this.#client
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined
    })
    return await this.#opening
  }

  async #open(): Promise<Client> {
    const { url, onPush, onLost } = this.#options
    const client: Client = await Client.open({
      url: url(),
      token: this.#token,
      retriesMax: 0,
      timeoutMs: hangMs,
      inFlightMax,
      ...(onPush === undefined ? {} : { onPush }),
      onLost: (close) => {
        if (this.#client !== client) return
        this.#client = undefined
        client.close()
        onLost?.(close)
      },
    })
    if (this.#isClosed) client.close()
    else this.#client = client
    return client
  }
}

/** What an error was: its code, or how the socket ended under the request. */
export function codeOf({ body }: CallFailure): string {
  const closed = /^closed with (\d+)$/.exec(body.message)
  return closed === null ? body.code : `closed ${closed[1]}`
}

/** @returns the failure; throws whatever else it is */
export function failureOf(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error
  throw error
}
