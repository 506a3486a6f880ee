// What the log needs of a Redis client: to send a command and to hear when a connection comes.
//
// redis.ts makes these from the client library; tests may make them from nothing.

export type Argument = string | number | Buffer

/** One connection, or one to each node of a Redis Cluster. Replies are bytes, numbers and arrays. */
export type Connection = {
  /** Resolves once commands can be sent. Rejects where that fails; what came before it is undone. */
  connect(): Promise<void>
  /**
   * Sends a command now or rejects now: nothing waits for a connection, nothing is sent twice, and
   * without a reply it rejects in time.
   */
  call(command: string, args: readonly Argument[]): Promise<unknown>
  /** The same command to each master. */
  callEach(command: string, args: readonly Argument[]): Promise<readonly unknown[]>
  /** Drops the connection; calls without a reply reject. */
  close(): void
}

export type ConnectionOptions = {
  /** What CLIENT LIST shows. */
  readonly name: string
  /** Called whenever commands can be sent, the first time and after each reconnection. */
  onReady(): void
  /** Called with the reason, as far as there is one, when they no longer can. */
  onDown(reason: Error | undefined): void
}

export type Connector = {
  readonly isCluster: boolean
  /** The hosts, for messages. */
  readonly where: string
  /** A connection that comes back by itself. */
  open(options: ConnectionOptions): Connection
  /**
   * A connection for one blocking command at a time, which does not come back by itself. On a Redis
   * Cluster it leads to the node that holds `key`.
   */
  openForBlocking(options: { name: string; key: string }): Promise<Connection>
  close(): void
}

/** How long the other side may take for a reply, in milliseconds. */
export const commandMsMax = 700
/** How long a connection with an open question may be silent before it counts as dead. */
export const silenceMsMax = 1_000
export const connectMsMax = 1_000
/** How long a tail's question stays open where there is nothing new. */
export const blockMs = 400
/** The longest pause before the next try to connect. */
export const reconnectPauseMsMax = 500

/** The pause before a try to connect: short at first, and never the same for all who lost Redis. */
export function reconnectPauseMs(attempt: number): number {
  const base = Math.min(25 * 2 ** Math.min(attempt, 10), reconnectPauseMsMax)
  return base / 2 + Math.random() * (base / 2)
}
