// The gateway process: settings, parts, start, drain.
//
// A gateway holds sockets and nothing that could be lost. It is ready as soon as it listens; `/readyz`
// says whether the shards are there as well. A supervisor may tell it at any time where they are.

import { startAdmin } from '../protocol/std/admin.ts'
import { measureEventLoopLag } from '../protocol/std/event-loop-lag.ts'
import { makeLog } from '../protocol/std/log.ts'
import type { ProcessContext, Running } from '../protocol/std/run.ts'
import { runProcess } from '../protocol/std/run.ts'
import { readSettings, refuseUnknown } from '../protocol/std/settings.ts'
import { consolePages } from './console/console.ts'
import { ClusterWatch } from './console/watch.ts'
import { GatewayServer } from './server.ts'
import { gatewaySettings } from './settings.ts'

runProcess(startGateway)

async function startGateway(context: ProcessContext): Promise<Running> {
  const settings = readSettings(gatewaySettings, context.env)
  refuseUnknown([gatewaySettings], context.env)
  const log = makeLog({
    name: settings.name,
    level: settings.logLevel,
    isPretty: context.isTerminal,
  })
  const server = new GatewayServer(settings, log)
  server.operators.onDrain = () => context.end('an operator asked for it')
  context.parent?.onMessage((message) => {
    if (isShardsMessage(message)) server.shards.setAddresses(message.addresses)
  })
  const { port } = await server.start()
  const { registry } = server.metrics
  const lag = measureEventLoopLag(registry)
  const watch = new ClusterWatch({
    gateway: settings.name,
    shards: () => server.shards.operated(),
    report: () => server.operators.report(),
    now: Date.now,
  })
  const pages = consolePages({
    gateway: settings.name,
    token: settings.operatorToken,
    watch,
    shards: () => server.shards.operated(),
    drain: () => server.operators.drain(),
  })
  const admin = await startAdmin({
    host: settings.adminHost,
    port: settings.adminPort,
    register: registry,
    isReady: async () => server.whyNotReady(),
    routes: { '/partitions': () => ({ body: `${settings.partitions}\n` }), ...pages.routes },
    posts: { ...server.operatorPosts(), ...pages.posts },
  })
  context.parent?.send({ type: 'ready', port, adminPort: admin.port })
  log.info({ host: settings.host, port, adminPort: admin.port }, 'gateway ready')
  return {
    log,
    drain: async () => {
      await server.drain()
      lag.close()
      watch.close()
      await admin.close()
    },
    abandon: () => server.close(),
  }
}

/** What a supervisor sends whenever a shard has a new address. */
type ShardsMessage = { type: 'shards'; addresses: Record<string, string> }

function isShardsMessage(message: unknown): message is ShardsMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    (message as { type?: unknown }).type === 'shards' &&
    typeof (message as { addresses?: unknown }).addresses === 'object'
  )
}
