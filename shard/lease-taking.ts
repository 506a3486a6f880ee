// How a lease is taken and given back.
//
// Whoever is granted a lease first reads what the log holds up to its own barrier: it then knows all that
// any primary before it has acknowledged, and may serve. Where another one has reigned since, whose entries
// have come here already, that lease is of no use any more, and the next one is asked for.

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
  /** Begins to reign: called at most once, in the same step as the last look at the position. */
  open(epoch: number): void
}

/** Tries until the lease is here and everything is applied, and opens; or until it is not wanted any more. */
export async function takeLease(ports: PrimaryPorts, taking: Taking): Promise<void> {
  const { partition } = taking
  while (taking.isWanted()) {
    try {
      const epoch = await tryToTake(ports, taking)
      if (epoch === undefined || isOver(ports, { partition, epoch })) continue
      if (taking.isWanted()) return taking.open(epoch)
      await giveLeaseBack(ports, { partition, epoch })
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
      if (!taking.isWanted()) return
      ports.onError(error, 'the log is away; trying again')
      await taking.wait(lookPauseMsMax)
    }
  }
}

/** Whether entries of a later reign have been applied here: to go back behind them would bring them again. */
function isOver(
  { position }: PrimaryPorts,
  { partition, epoch }: { partition: Partition; epoch: number },
): boolean {
  return comparePositions(position(partition), { epoch, sequence: 1 }) > 0
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
    const read = await log.read({ partition, after, limit: readEntriesMax })
    // What comes behind is the tail's to bring, or this primary's own.
    const entries = read.filter((entry) => comparePositions(entry.position, last) <= 0)
    // The tail may have brought some of them meanwhile; the position decides. Where it has brought something
    // else, this reads again from there.
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
