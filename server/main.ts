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
  context.parent?.onMessage((message) => {
    if (isShardsMessage(message)) server.shards.setAddresses(message.addresses)
  })
  const { port } = await server.start()
  const { registry } = server.metrics
  const lag = measureEventLoopLag(registry)
  const admin = await startAdmin({
    host: settings.adminHost,
    port: settings.adminPort,
    register: registry,
    isReady: async () => server.whyNotReady(),
    routes: { '/partitions': () => ({ body: `${settings.partitions}\n` }) },
    posts: server.operatorPosts(),
  })
  context.parent?.send({ type: 'ready', port, adminPort: admin.port })
  log.info({ host: settings.host, port, adminPort: admin.port }, 'gateway ready')
  return {
    log,
    drain: async () => {
      await server.drain()
      lag.close()
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
