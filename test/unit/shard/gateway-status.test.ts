import { expect, test } from 'vitest'
import { GatewayStatus } from '../../../shard/gateway-status.ts'

test('a shard tells gateways its name, from its first word on', () => {
  const shard = { status: () => ({ serving: [[3, 7] as const], hosted: [3, 4] }) }
  const membership = { name: 'shard-3', isHeard: true, addresses: { 'shard-3': '10.0.0.3:4001' } }
  const status = new GatewayStatus({ shard, membership })
  const members = membership.addresses
  expect(status.now()).toEqual({ serving: [], hosted: [], members, name: 'shard-3' })
  status.isReady = true
  expect(status.now()).toEqual({ serving: [[3, 7]], hosted: [3, 4], members, name: 'shard-3' })
})
