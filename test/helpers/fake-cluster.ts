// The supervisor's real main over stand-in children, for test/integration/supervisor.test.ts.

import { fileURLToPath } from 'node:url'
import { runProcess } from '../../protocol/std/run.ts'
import { startCluster } from '../../server/supervisor/start-cluster.ts'

const child = fileURLToPath(new URL('fake-child.ts', import.meta.url))
runProcess((context) => startCluster(context, { gateway: child, shard: child }))
