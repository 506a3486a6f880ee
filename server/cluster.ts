// `npm start`: a whole cluster on this machine. What it does stands in run-cluster.ts.

import { cacheCode } from '../protocol/std/code-cache.ts'

cacheCode()
await import('./run-cluster.ts')
