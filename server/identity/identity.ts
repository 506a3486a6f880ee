// Who a client is, as long as it uses one token, and by which application, as long as it uses one key.

import type { CloseReason } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { KeyQuota } from './key-quota.ts'

/** A socket, as far as those are concerned who may have to close it. */
export type Closable = { close(reason: CloseReason): void }

/** A secret that a shard has confirmed, and the sockets that use it. */
export type ConfirmedEntry = {
  /** What the client sends. */
  readonly token: string
  readonly tokenHash: string
  readonly userId: UserId
  /** When a shard last said that it is good. */
  checkedAtMs: number
  readonly sockets: Set<Closable>
  /** It is good no more: whoever still holds the entry must not begin anything with it. */
  isEnded: boolean
}

/** A token: `userId` is who signed in. */
export type SessionEntry = ConfirmedEntry

/** The key of an application: `userId` is its developer. */
export type KeyEntry = ConfirmedEntry & { readonly appId: number; readonly quota: KeyQuota }
