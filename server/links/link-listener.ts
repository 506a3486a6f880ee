// Whom a link to a shard tells of what comes by it.

import type { ShardStatus } from '../../protocol/cluster-status.ts'
import type { ShardRequest } from './shard-request.ts'

export type LinkListener<Link> = {
  onStatus(link: Link, status: ShardStatus): void
  onPush(body: Buffer): void
  onSessionEnded(tokenHash: string): void
  /** What was read in one go has been handed out. */
  onReadEnded(): void
  /** The shard has surely not carried the request out. */
  onNotServed(link: Link, request: ShardRequest): void
  /** The link has broken; nobody knows what became of these requests. */
  onDown(link: Link, unanswered: readonly ShardRequest[]): void
}
