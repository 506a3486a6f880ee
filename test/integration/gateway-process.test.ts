// The gateway as a process: how it starts, how it refuses to, and how it goes.

import { expect, test } from 'vitest'
import { firstIdAt } from '../../protocol/ids.ts'
import { eventually } from '../helpers/eventually.ts'
import { FakeShard } from '../helpers/fake-shard.ts'
import { GatewayProcess } from '../helpers/gateway-process.ts'
import { TestClient } from '../helpers/gateway-world.ts'

const userId = firstIdAt(Date.UTC(2026, 3, 1)) + 5 * 16

test('a gateway learns from its supervisor where the shards are, and drains on SIGTERM', async () => {
  const shard = await FakeShard.start({ secret: '' })
  await using gateway = new GatewayProcess({})
  const { port, adminPort } = await gateway.ready()
  const readiness = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status
  expect(await readiness()).toBe(503)
  gateway.child.send({ type: 'shards', addresses: { 'shard-0': shard.address } })
  await eventually(async () => (await readiness()) === 200, { withinMs: 10_000 })
  expect((await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status).toBe(200)
  const token = shard.makeToken(userId)
  const clients = await Promise.all(
    Array.from({ length: 5 }, () => TestClient.open(`ws://127.0.0.1:${port}/v1/live`, { token })),
  )
  gateway.child.kill('SIGTERM')
  for (const client of clients) expect((await client.untilClosed()).code).toBe(4200)
  expect(await gateway.ended).toMatchObject({ code: 0, stderr: '' })
  await shard.close()
})

test('a port that is taken, or a setting that is wrong, is one sentence and exit code 1', async () => {
  await using first = new GatewayProcess({})
  const { port } = await first.ready()
  const second = await new GatewayProcess({ ROOKERY_PORT: String(port) }).ended
  expect(second.code).toBe(1)
  expect(second.stderr).toMatch(new RegExp(`^The gateway cannot listen on port ${port} .*\\n$`))
  const wrong = await new GatewayProcess({ ROOKERY_SHARD_ADDRESSES: 'nonsense' }).ended
  expect(wrong.code).toBe(1)
  expect(wrong.stderr).toMatch(/^ROOKERY_SHARD_ADDRESSES must hold entries .*\n$/)
})
