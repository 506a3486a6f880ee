// The log on Redis as anybody with redis-cli can read it: XRANGE over the stream of each partition.

import { decodeEntry, keysOf, type RawEntry } from '../../../shard/replication/redis/redis-codec.ts'
import type { RedisServer } from '../../helpers/redis-server.ts'
import type { Position, SeenEntry, SeenLog } from './observation.ts'

export type LogPlace = {
  readonly redis: RedisServer
  readonly cluster: string
  readonly partitionCount: number
}

/** Entries of one answer of XRANGE. */
const pageEntries = 5_000

/** Every entry that is there, of all partitions. */
export async function readLogs(place: LogPlace): Promise<SeenLog[]> {
  const client = place.redis.client()
  try {
    const logs: SeenLog[] = []
    for (let partition = 0; partition < place.partitionCount; partition++) {
      const key = keysOf(place.cluster, partition).log
      logs.push({ partition, ...(await readLog(client, key)) })
    }
    return logs
  } finally {
    client.disconnect()
  }
}

/** The last entry of each of the partitions. */
export async function logEnds(
  { redis, cluster }: LogPlace,
  partitions: readonly number[],
): Promise<Map<number, Position>> {
  const client = redis.client()
  try {
    const ends = new Map<number, Position>()
    for (const partition of partitions) {
      const { log } = keysOf(cluster, partition)
      const [last] = (await client.xrevrangeBuffer(log, '+', '-', 'COUNT', 1)) as RawEntry[]
      if (last !== undefined) ends.set(partition, decodeEntry(last, log).position)
    }
    return ends
  } finally {
    client.disconnect()
  }
}

async function readLog(
  client: ReturnType<RedisServer['client']>,
  key: string,
): Promise<Pick<SeenLog, 'isWhole' | 'entries'>> {
  const entries: SeenEntry[] = []
  let after = '-'
  for (;;) {
    const page = (await client.xrangeBuffer(key, after, '+', 'COUNT', pageEntries)) as RawEntry[]
    for (const raw of page) {
      const { position, previous, payload } = decodeEntry(raw, key)
      entries.push({ position, previous, keys: keysIn(payload) })
    }
    if (page.length < pageEntries) break
    after = `(${page.at(-1)?.[0].toString('latin1')}`
  }
  const first = entries[0]?.previous
  return { isWhole: first === undefined || (first.epoch === 0 && first.sequence === 0), entries }
}

/** A post names its write twice, in its text and as operation id: the text is taken. */
function keysIn(payload: Uint8Array): string[] {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString(
    'latin1',
  )
  return [...text.matchAll(writeText)].map((match) => match[1] as string)
}

/** The words of `textOf`; a key ends where its characters end. */
const writeText = /Write ([a-z0-9]+-[a-z0-9]+)/g
