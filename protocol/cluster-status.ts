// What a shard says about itself and the cluster, as a gateway reads it: checked, because a shard of
// another version may say something else, and that must end a link and not a process.

import type { ShardStatus } from './cluster.ts'
import { unpackOurs } from './cluster.ts'
import { ClusterProtocolError } from './cluster-stream.ts'

/** Throws ClusterProtocolError for a body that no shard of this version writes. */
export function readStatus(body: Uint8Array): ShardStatus {
  const status = unpackOurs(body)
  if (!isStatus(status)) throw new ClusterProtocolError('a status that cannot be read')
  return status
}

function isStatus(value: unknown): value is ShardStatus {
  if (typeof value !== 'object' || value === null) return false
  const { serving, hosted, members } = value as Partial<Record<keyof ShardStatus, unknown>>
  return (
    Array.isArray(serving) &&
    serving.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isCount)) &&
    Array.isArray(hosted) &&
    hosted.every(isCount) &&
    typeof members === 'object' &&
    members !== null &&
    Object.values(members).every((address) => typeof address === 'string')
  )
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
