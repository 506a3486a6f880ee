// Fan-out as a shard process sets it up: by its settings, with its metrics, pushing through its links.

import type { TweetId } from '../../protocol/ids.ts'
import type { Live } from '../live/live.ts'
import type { ShardMetrics } from '../metrics.ts'
import type { ShardSettings } from '../settings.ts'
import type { ShardState } from '../state/shard-state.ts'
import { FanOut } from './fan-out.ts'
import { sharedMemoryOf, startFanOutPool } from './pool.ts'

export type FanOutSetUp = {
  readonly settings: Pick<ShardSettings, 'fanOutWorkers' | 'fanOutFollowers'>
  readonly metrics: ShardMetrics
  readonly onError: (error: unknown, message: string) => void
  readonly onFatal: (error: Error) => void
}

/** From now on tweets with very many followers are delivered by threads. Close it at the end. */
export function startFanOut(
  { state, live }: { readonly state: ShardState; readonly live: Live },
  { settings, metrics, onError, onFatal }: FanOutSetUp,
): FanOut {
  const { fanOutWorkers: workers, fanOutFollowers } = settings
  if (workers > 0) state.largeDeliveryMin = fanOutFollowers
  state.onDelivery = () => metrics.fanOutStarted('inline')
  return new FanOut({
    state,
    workers,
    started: () => metrics.fanOutStarted('worker'),
    startPool: () => startFanOutPool(sharedMemoryOf(state), workers),
    onDelivered: (tweetId, online) => live.pushDelivered(tweetId as TweetId, online),
    onError,
    onFatal,
  })
}
