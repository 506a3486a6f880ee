// What autocannon.ts uses of autocannon 9, which brings no types along.

declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  namespace autocannon {
    type Request = {
      readonly method: string
      readonly path: string
      readonly headers: Readonly<Record<string, string>>
      readonly body?: string
      /** Called before each sending. */
      readonly setupRequest?: (request: Request) => Request
      /** Called right before the run's own 'response'. */
      readonly onResponse: (status: number, body: string) => void
    }

    type Options = {
      readonly url: string
      readonly connections: number
      readonly pipelining: number
      /** Seconds. */
      readonly duration: number
      /** Milliseconds between looks at whether it is over. */
      readonly sampleInt: number
      /** Seconds. */
      readonly timeout: number
      readonly overallRate?: number
      readonly requests: readonly Request[]
      /** Called for each connection, before it is opened. */
      readonly setupClient: (client: EventEmitter) => void
    }

    type Result = {
      /** Of connections, timeouts included. */
      readonly errors: number
      readonly timeouts: number
    }

    /** Emits 'response' (client, status, bytes, milliseconds) and 'reqError' (error). */
    type Instance = EventEmitter & PromiseLike<Result> & { stop(): void }
  }

  function autocannon(options: autocannon.Options): autocannon.Instance

  export = autocannon
}
