// What the benchmark and a process of its swarm say to each other.

/** How sockets of a swarm talk to their server. */
export type Dialect = 'rookery' | 'bare' | 'socket.io'

export type SwarmOrder =
  /** Opens sockets, and subscribes them where that is asked for. */
  | {
      readonly kind: 'open'
      readonly dialect: Dialect
      readonly port: number
      readonly localAddress: string
      /** For each socket; of servers that want none, empty ones. */
      readonly tokens: readonly string[]
    }
  /** Counts pushes anew: answers `received` once there are so many. */
  | { readonly kind: 'expect'; readonly count: number }

export type SwarmReport =
  | { readonly kind: 'opened' }
  | { readonly kind: 'expecting' }
  | ({ readonly kind: 'received' } & Received)
  | { readonly kind: 'failed'; readonly message: string }

/** Times by the clock that all processes of a machine share. */
export type Received = {
  readonly firstUs: number
  readonly lastUs: number
  /** From when a tweet was to be sent to when it was there; 0 where tweets do not say it. */
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
}
