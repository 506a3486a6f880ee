// Every scenario, a line each, in the order of the table.

import type { Scenario } from './scenario.ts'
import { allKilled } from './scenarios/all-killed.ts'
import { diskFullEmbedded, diskFullRedis } from './scenarios/disk-full.ts'
import { filesDamaged } from './scenarios/files-damaged.ts'
import { gatewayKilled } from './scenarios/gateway-killed.ts'
import { membershipChanged } from './scenarios/membership-changed.ts'
import { networkToRedis, networkToShard } from './scenarios/network-cut.ts'
import { redisKilledAlways, redisKilledEverySecond } from './scenarios/redis-killed.ts'
import { redisPromoted } from './scenarios/redis-promoted.ts'
import { rollingRestart } from './scenarios/rolling-restart.ts'
import { shardKilled } from './scenarios/shard-killed.ts'
import { shardPaused } from './scenarios/shard-paused.ts'

/** Processes of the cluster that die, stand still, come and go. */
export const faultsOfProcesses: readonly Scenario[] = [
  shardKilled,
  shardPaused,
  allKilled,
  gatewayKilled,
  membershipChanged,
  rollingRestart,
]

/** What the cluster stands on: Redis, the network, the disk. */
export const faultsAround: readonly Scenario[] = [
  redisKilledEverySecond,
  redisKilledAlways,
  redisPromoted,
  networkToRedis,
  networkToShard,
  diskFullEmbedded,
  diskFullRedis,
  filesDamaged,
]

export const scenarios: readonly Scenario[] = [...faultsOfProcesses, ...faultsAround]
