// `npm run gateway`: a gateway process. What it does stands in run-gateway.ts.

import { cacheCode } from '../protocol/std/code-cache.ts'

cacheCode()
await import('./run-gateway.ts')
