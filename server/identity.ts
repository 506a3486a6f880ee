// Who a client is, as long as it uses one token.

import type { CloseReason } from '../protocol/errors.ts'
import type { UserId } from '../protocol/ids.ts'

/** A socket, as far as those are concerned who may have to close it. */
export type Closable = { close(reason: CloseReason): void }

/** A token that a shard has confirmed, and the sockets that use it. */
export type SessionEntry = {
  readonly token: string
  readonly tokenHash: string
  readonly userId: UserId
  /** When a shard last said that the session exists. */
  checkedAtMs: number
  readonly sockets: Set<Closable>
}
