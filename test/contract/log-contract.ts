// What every replication log must do: the exact meaning of shard/replication/log.ts.
//
// It is where the log's part of I1 (what was appended is there), I2 (a repeated append lands once) and I6
// (whoever lost the lease writes nothing) is shown, for every implementation.
//
// Each test opens handles on a medium of its own. Time passes by `advance` alone, so that nothing
// here sleeps: an implementation whose leases live elsewhere lets them run out its own way.

import { describe } from 'vitest'
import { describeAppends } from './log-contract-appends.ts'
import { eachOnItsOwnMedium, type LogMedium } from './log-contract-harness.ts'
import { describeLeases } from './log-contract-leases.ts'
import { describeTails } from './log-contract-tails.ts'

export { contractPartitions, type LogMedium } from './log-contract-harness.ts'

export function describeReplicationLog(name: string, create: () => Promise<LogMedium>): void {
  describe(`The replication log: ${name}`, () => {
    const subject = eachOnItsOwnMedium(create)
    describeAppends(subject)
    describeLeases(subject)
    describeTails(subject)
  })
}
