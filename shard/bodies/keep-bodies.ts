// Where the bodies of a shard's tweets are kept: in memory up to the budget, beyond it in the cold store,
// in a directory of this shard below the data directory.

import { join } from 'node:path'
import type { ProcessContext } from '../../protocol/std/run.ts'
import { openCacheTable } from '../replication/embedded/embedded.ts'
import { readDiskSpace } from '../replication/embedded/embedded-room.ts'
import type { ShardSettings } from '../settings.ts'
import type { Tweets } from '../state/tweets/tweets.ts'
import { ColdStore } from './cold-store.ts'

/**
 * Holds the bodies within their budget from now on: call it before any tweet comes.
 * @returns the cold store, to be closed when no body will be read any more
 */
export function keepBodies(
  tweets: Tweets,
  shard: {
    readonly settings: Pick<ShardSettings, 'name' | 'dataDirectory' | 'tweetCacheBytes'>
    readonly context: Pick<ProcessContext, 'fail'>
    onError(error: unknown, message: string): void
  },
): ColdStore {
  const { settings, context } = shard
  const cold = new ColdStore({
    directory: join(settings.dataDirectory, 'bodies', settings.name),
    cacheBytes: settings.tweetCacheBytes,
    open: openCacheTable,
    readSpace: readDiskSpace,
    now: () => performance.now(),
    onError: (error, message) => shard.onError(error, message),
    onFatal: (error) => context.fail(error),
  })
  tweets.keepWithin({ bytesMax: settings.tweetCacheBytes, cold })
  return cold
}
