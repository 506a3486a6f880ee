// What processes tell of themselves, and what is made of it where their names say nothing: those of --url are called
// by their addresses.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Health } from '../../../../loadtest/cluster/health.ts'
import { checkMemory } from '../../../../loadtest/scenarios/slow.ts'

const mebibyte = 1024 * 1024

/** Serves a page of metrics. @returns the process as a run with --url and --metrics knows it */
async function doorOf(...lines: readonly string[]) {
  const server = createServer((_, response) => response.end(`${lines.join('\n')}\n`))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { name, url: `http://${name}` }
}

test('of processes that are told by address, gateways alone may hold what clients do not read', async () => {
  const grown = `process_resident_memory_bytes ${700 * mebibyte}`
  const gateway = await doorOf(grown, 'rookery_gateway_connections 10000')
  const shard = await doorOf(grown, 'rookery_shard_users 10000')
  const errors: string[] = []
  const error = (message: string): void => void errors.push(message)
  const health = new Health({ doors: [gateway, shard], onError: error })
  await health.read()
  const before = { [gateway.name]: 150 * mebibyte, [shard.name]: 150 * mebibyte }
  checkMemory({ error, note: () => undefined }, { before, health, slowCount: 500 })
  expect(errors).toEqual([`${shard.name} grew without bounds`])
})
