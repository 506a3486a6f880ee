// `npm run shard`: a shard process. What it does stands in run-shard.ts.

import { cacheCode } from '../protocol/std/code-cache.ts'

cacheCode()
await import('./run-shard.ts')
