// A stand-in for a gateway or a shard, for tests of the supervisor: it listens, says that it is ready,
// and shows on stdout, a JSON object a line, what it was told and how it ended.
//
// ROOKERY_DATA_DIR holds files that make it misbehave: `<name>.refuse` (its text is the reason),
// `<name>.silent` (never says that it is ready), `<name>.stuck` (never drains), `<name>.bug` (throws where
// nobody catches it).

import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { silentLog } from '../../protocol/std/log.ts'
import type { ProcessContext, Running } from '../../protocol/std/run.ts'
import { runProcess, StartError } from '../../protocol/std/run.ts'

runProcess(startFake)

async function startFake(context: ProcessContext): Promise<Running> {
  const { env, parent } = context
  const name = env['ROOKERY_GATEWAY_NAME'] ?? env['ROOKERY_SHARD_NAME'] ?? 'nobody'
  const marker = (kind: string) => join(env['ROOKERY_DATA_DIR'] ?? '.', `${name}.${kind}`)
  const show = (event: object) => context.print(JSON.stringify({ name, ...event }))
  if (existsSync(marker('refuse'))) throw new StartError(readFileSync(marker('refuse'), 'utf8'))
  parent?.onMessage((message) => show({ told: message }))
  const server = createServer((_, response) => response.end('ready'))
  const port = name.startsWith('gateway') ? Number(env['ROOKERY_PORT']) : 0
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  show({
    started: process.pid,
    parts: env['ROOKERY_PARTITIONS'],
    names: env['ROOKERY_SHARD_NAMES'],
    secret: env['ROOKERY_CLUSTER_SECRET'],
    addresses: [env['ROOKERY_SHARD_ADDRESS'], env['ROOKERY_SHARD_ADDRESSES']],
  })
  const { port: ownPort } = server.address() as AddressInfo
  if (!existsSync(marker('silent'))) {
    parent?.send({ type: 'ready', port: ownPort, adminPort: ownPort })
  }
  if (existsSync(marker('bug'))) {
    setImmediate(() => {
      throw new Error('a bug')
    })
  }
  return {
    log: silentLog(),
    drain: (reason) => {
      if (existsSync(marker('stuck'))) return new Promise(() => undefined)
      show({ drained: reason })
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}
