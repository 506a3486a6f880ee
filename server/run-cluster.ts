// A whole cluster on this machine, as child processes of this one.

import { fileURLToPath } from 'node:url'
import { runProcess } from '../protocol/std/run.ts'
import { startCluster } from './supervisor/start-cluster.ts'

// By path, as a program and not as a module: a shard shares no code with this side but the protocol.
const modules = {
  gateway: fileURLToPath(new URL('main.ts', import.meta.url)),
  shard: fileURLToPath(new URL('../shard/main.ts', import.meta.url)),
}

runProcess((context) => startCluster(context, modules))
