// How a lease is taken and given back.
//
// Whoever is granted a lease first reads what the log holds beyond its own position: it then knows all
// that any primary before it has acknowledged, and may serve.

import type { Partition } from '../protocol/ids.ts'
import type { PrimaryPorts } from './primary-ports.ts'
import { LogUnavailable } from './replication/log.ts'
import type { LogPosition } from './replication/position.ts'
import { comparePositions } from './replication/position.ts'

/** Between two looks at a lease that somebody else holds, and at a log that is away. */
const lookPauseMsMax = 100
/** Entries of one read. */
const readEntriesMax = 512

type Taking = {
  readonly partition: Partition
  /** Asked again and again: nobody wants the lease any more once this is false. */
  isWanted(): boolean
  /** The highest epoch that this primary has ever reigned in. */
  epochSeen(): number
  /** Waits before the next look, or until there is reason for one. */
  wait(ms: number): Promise<void>
}

/** Tries until the lease is here and everything is applied. @returns its epoch; undefined if not wanted. */
export async function takeLease(ports: PrimaryPorts, taking: Taking): Promise<number | undefined> {
  const { partition } = taking
  while (taking.isWanted()) {
    try {
      const epoch = await tryToTake(ports, taking)
      if (epoch === undefined) continue
      if (taking.isWanted()) return epoch
      await giveLeaseBack(ports, { partition, epoch })
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
      if (!taking.isWanted()) return undefined
      ports.onError(error, 'the log is away; trying again')
      await taking.wait(lookPauseMsMax)
    }
  }
  return undefined
}

async function tryToTake(ports: PrimaryPorts, taking: Taking): Promise<number | undefined> {
  const { log, node, leaseMs, position } = ports
  const { partition } = taking
  const granted = ports.leaseAsked()
  const minEpoch = Math.max(taking.epochSeen(), position(partition).epoch)
  const lease = await log.acquire({ partition, node, ttlMs: leaseMs, minEpoch })
  if (lease.outcome === 'held') {
    await taking.wait(Math.min(lease.remainingMs, lookPauseMsMax))
    return undefined
  }
  granted(partition)
  await catchUp(ports, { partition, last: lease.last })
  return lease.epoch
}

async function catchUp(
  { log, position, applyEntries }: PrimaryPorts,
  { partition, last }: { partition: Partition; last: LogPosition },
): Promise<void> {
  while (comparePositions(position(partition), last) < 0) {
    const after = position(partition)
    const entries = await log.read({ partition, after, limit: readEntriesMax })
    // The tail may have brought some of them meanwhile; the position decides.
    applyEntries(partition, entries)
    if (entries.length === 0) throw new LogUnavailable(`partition ${partition} ends too early`)
  }
}

/** A lease that cannot be given back ends by itself. */
export async function giveLeaseBack(
  { log, node, onError }: PrimaryPorts,
  { partition, epoch }: { partition: Partition; epoch: number },
): Promise<void> {
  try {
    await log.release({ partition, node, epoch })
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error
    onError(error, 'a lease could not be given back')
  }
}
