// Prolonging the leases of all partitions that a process serves, with one request; taking one is in lease-taking.ts.

import type { LeaseClock } from './lease-clock.ts'
import type { Primary } from './primary.ts'
import { LogUnavailable, type ReplicationLog } from './replication/log.ts'

export type LeaseRenewalPorts = {
  readonly log: Pick<ReplicationLog, 'renew'>
  readonly node: string
  readonly leaseMs: number
  onError(error: unknown, message: string): void
}

/** Afterwards no primary reigns whose lease was lost, or may have run out. */
export async function renewLeases(
  serving: readonly Pick<Primary, 'partition' | 'epoch' | 'lose'>[],
  clock: LeaseClock,
  { log, node, leaseMs, onError }: LeaseRenewalPorts,
): Promise<void> {
  if (serving.length === 0) return
  const renewed = clock.asked()
  const leases = serving.map(({ partition, epoch }) => ({ partition, epoch }))
  try {
    const lost = new Set(await log.renew({ node, ttlMs: leaseMs, leases }))
    for (const primary of serving) {
      if (lost.has(primary.partition)) primary.lose()
      else renewed(primary.partition)
    }
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error
    onError(error, 'the leases could not be prolonged')
  }
  // Steps down before anybody else can reign, whatever the log says or does not say.
  for (const primary of serving) if (!clock.isSafe(primary.partition)) primary.lose()
}
