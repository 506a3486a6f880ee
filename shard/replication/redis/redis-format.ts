// What a log on Redis says of itself: its format and its number of partitions, under one key.

import { partitionsMax } from '../../../protocol/ids.ts'
import type { Connection } from './redis-connection.ts'
import { RedisUnfit } from './redis-errors.ts'
import type { Link } from './redis-link.ts'

export type LogIdentity = {
  readonly cluster: string
  readonly partitionCount: number
  /** The hosts, for messages. */
  readonly where: string
}

const formatVersion = 1
/** No braces, which would move the hash tag, and nothing that would need quotes in a pattern. */
const clusterPattern = /^[A-Za-z0-9_.-]{1,64}$/

/** @throws Error where a log cannot be called so, or have so many partitions. */
export function checkIdentity({
  cluster,
  partitionCount,
}: Pick<LogIdentity, 'cluster' | 'partitionCount'>): void {
  if (!Number.isInteger(partitionCount) || partitionCount < 1 || partitionCount > partitionsMax) {
    throw new RangeError(`A log has 1 to ${partitionsMax} partitions, not ${partitionCount}.`)
  }
  if (clusterPattern.test(cluster)) return
  throw new Error(
    'ROOKERY_CLUSTER must be 1 to 64 letters, digits, dots, dashes or underscores, not ' +
      `${JSON.stringify(cluster)}.`,
  )
}

/** Writes the format of a new log, or compares that of an old one. */
export async function checkFormat(
  link: Link,
  { cluster, partitionCount }: LogIdentity,
): Promise<void> {
  const key = keyOf(cluster)
  await link.call('set', [key, contentOf(partitionCount), 'NX'])
  const [format, count] = String(await link.call('get', [key]))
    .split(' ')
    .map(Number)
  if (format !== formatVersion) {
    throw new Error(
      `The log "${cluster}" on this Redis has format ${format} and this version reads format ` +
        `${formatVersion}: start the version that wrote it, or set another ROOKERY_CLUSTER.`,
    )
  }
  if (count !== partitionCount) {
    throw new Error(
      `ROOKERY_PARTITIONS is ${partitionCount} but the log "${cluster}" on this Redis was created ` +
        `with ${count}: set ROOKERY_PARTITIONS=${count}, or set another ROOKERY_CLUSTER.`,
    )
  }
}

/** A Redis that has come back without anything is not the one whose log this process has read. */
export async function checkNotEmptied(
  connection: Connection,
  { cluster, partitionCount, where }: LogIdentity,
): Promise<void> {
  const found = String(await connection.call('get', [keyOf(cluster)]))
  if (found === contentOf(partitionCount)) return
  throw new RedisUnfit(
    `Redis at ${where} has come back without the log: restore its data, or start all shards again ` +
      'to begin a new one.',
  )
}

function keyOf(cluster: string): string {
  return `${cluster}:format`
}

function contentOf(partitionCount: number): string {
  return `${formatVersion} ${partitionCount}`
}
