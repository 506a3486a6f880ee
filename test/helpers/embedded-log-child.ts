// A process of its own that appends to an embedded log, for tests that kill it or fill its disk.
//
//   node embedded-log-child.ts <directory> <partition> <acknowledge> <payload bytes>
//
// It acquires the partition and appends batches of 5 without end. Each line on its output is one
// event: `granted <epoch>`, `acknowledged <sequence>`, `unavailable` (after which it trims what it
// has written and goes on), `recovered <sequence>`, or `failed <reason>`.

import type { Acknowledge } from '../../shard/replication/embedded/embedded.ts'
import { openEmbeddedLog } from '../../shard/replication/embedded/embedded.ts'
import { LogUnavailable, type ReplicationLog } from '../../shard/replication/log.ts'
import type { LogPosition } from '../../shard/replication/position.ts'

export const childPartitionCount = 8
const batchCount = 5
/** Room that a trim has made may need a few commits until it can be used. */
const failuresMax = 20

function report(line: string): void {
  process.stdout.write(`${line}\n`)
}

async function appendForever(
  log: ReplicationLog,
  { partition, bytes }: { partition: number; bytes: number },
): Promise<never> {
  const node = `child-${process.pid}`
  const lease = await log.acquire({ partition, node, ttlMs: 3_600_000, minEpoch: 0 })
  if (lease.outcome !== 'granted') throw new Error(`The lease is held by ${lease.holder}.`)
  const { epoch } = lease
  report(`granted ${epoch}`)
  let previous: LogPosition = { epoch, sequence: 1 }
  let failures = 0
  for (;;) {
    const payloads = Array.from({ length: batchCount }, (_, index) =>
      Buffer.alloc(bytes, `${epoch}-${previous.sequence + 1 + index};`),
    )
    try {
      const result = await log.append({ partition, node, epoch, previous, payloads })
      if (result.outcome !== 'appended') throw new Error(result.outcome)
      previous = result.last
      report(`${failures > 0 ? 'recovered' : 'acknowledged'} ${previous.sequence}`)
      failures = 0
    } catch (error) {
      if (!(error instanceof LogUnavailable) || failures === failuresMax) throw error
      failures++
      report('unavailable')
      await log.trim(partition, previous)
    }
  }
}

const [directory, partition, acknowledge, bytes] = process.argv.slice(2)
if (directory !== undefined) {
  try {
    const log = await openEmbeddedLog({
      directory,
      partitionCount: childPartitionCount,
      acknowledge: acknowledge as Acknowledge,
    })
    await appendForever(log, { partition: Number(partition), bytes: Number(bytes) })
  } catch (error) {
    report(`failed ${String(error)}`)
    process.exitCode = 1
  }
}
