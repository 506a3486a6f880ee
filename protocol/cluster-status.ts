// What a shard says about itself and the cluster, as a gateway reads it: checked, because a shard of
// another version may say something else, and that must end a link and not a process.

import { unpackOurs } from './cluster.ts'
import { ClusterProtocolError } from './cluster-stream.ts'
import type { Partition } from './ids.ts'

/** Sent by a shard after the handshake, whenever it changes, and every `statusPeriodMs`. */
export type ShardStatus = {
  /** The partitions that this shard serves as primary now, each with the epoch of its reign. */
  readonly serving: readonly (readonly [partition: Partition, epoch: number])[]
  /** The partitions whose users are known here completely, served or not: reads may come here. */
  readonly hosted: readonly Partition[]
  /** All shards that this one knows of, by name: `host:port`. */
  readonly members: Readonly<Record<string, string>>
  /** Of this shard; absent for the release before. */
  readonly name?: string
  /** The version of reports.ts that it speaks. */
  readonly reports?: number
  /** Whether it takes conditional requests. */
  readonly validates?: boolean
  /** Whether it tells of itself though nothing has changed. */
  readonly beats?: boolean
}

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
