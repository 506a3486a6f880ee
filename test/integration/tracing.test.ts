// A request can be followed: it goes by one name in the logs of gateway and shard, and a trace that it belongs
// to is passed on. Nothing of what people wrote, and nothing that would let somebody in, is in any line.

import { expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { handleOn, sharedCluster } from '../helpers/running-cluster.ts'

const operatorToken = 'a token of operators'
/** Every request counts as slow: all of them are told. */
const cluster = sharedCluster({
  env: {
    ROOKERY_SLOW_REQUEST_MS: '0',
    ROOKERY_LOG_LEVEL: 'trace',
    ROOKERY_OPERATOR_TOKEN: operatorToken,
  },
})

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const caller = '00f067aa0ba902b7'
const password = 'correct-horse-battery'
const text = 'the quiet words of a tweet that nobody may log'

type Line = Readonly<Record<string, unknown>>

function slowLines(wanted: (line: Line) => boolean): Line[] {
  return cluster().lines.filter((line) => line['msg'] === 'a slow request' && wanted(line))
}

/** The line of the gateway, and that of the shard. */
async function bothSides(wanted: (line: Line) => boolean): Promise<readonly [Line, Line]> {
  return await eventually(
    () => {
      const lines = slowLines(wanted)
      const at = lines.find(({ name }) => String(name).startsWith('gateway'))
      const behind = lines.find(({ name }) => String(name).startsWith('shard'))
      return at === undefined || behind === undefined ? undefined : ([at, behind] as const)
    },
    { withinMs: 10_000, elseDump: () => cluster().output.slice(-5_000) },
  )
}

async function signUp(headers: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(`${cluster().url}/v1/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ handle: handleOn('shard-1'), name: 'Ann', password }),
  })
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { token: string }).token
}

test('a request over HTTP goes by the name that its sender gave it, in the trace of the sender', async () => {
  await signUp({ 'x-request-id': 'mine-1', traceparent: `00-${traceId}-${caller}-01` })
  const [gateway, shard] = await bothSides(({ requestId }) => requestId === 'mine-1')
  expect(gateway).toMatchObject({
    operation: 'account.create',
    outcome: 'ok',
    peer: 'shard-1',
    traceId,
    parentSpanId: caller,
  })
  expect(gateway['spanId']).toMatch(/^[0-9a-f]{16}$/)
  expect(shard).toMatchObject({
    operation: 'account.create',
    peer: 'gateway-0',
    traceId,
    // The hop of the gateway is the caller of the shard.
    parentSpanId: gateway['spanId'],
  })
})

test('a request over a WebSocket has one name on both sides as well, and no secret is in any line', async () => {
  const token = await signUp({ 'x-request-id': 'mine-2' })
  const client = await TestClient.open(cluster().liveUrl, { token })
  await client.request('tweet.post', { text })
  const isPost = ({ operation }: Line) => operation === 'tweet.post'
  const [gateway, shard] = await bothSides(isPost)
  expect(gateway['requestId']).toMatch(/^gateway-0\.shard-1\.\d+$/)
  expect(shard['requestId']).toBe(gateway['requestId'])
  client.close()
  const { output } = cluster()
  for (const secret of [token, password, text, operatorToken]) {
    expect(output).not.toContain(secret)
  }
})
