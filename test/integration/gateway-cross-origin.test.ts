// What browsers are told about pages of other origins; that they go by it is shown in test/browser/cross-origin.test.ts.

import { expect, test } from 'vitest'
import { startGatewayWorld } from '../helpers/gateway-world.ts'

const named = 'https://app.example'
const env = { ROOKERY_ORIGINS: named }
const path = '/v1/users/65536'

async function ask(url: string, method: string, headers: Record<string, string>) {
  const response = await fetch(url, { method, headers, redirect: 'manual' })
  await response.arrayBuffer()
  const allowed = [...response.headers].filter(([name]) => name.startsWith('access-control-'))
  return { status: response.status, allowed: new Map(allowed), headers: response.headers }
}

function askAhead(url: string, origin: string) {
  const headers = { origin, 'access-control-request-method': 'PUT' }
  return ask(url, 'OPTIONS', headers)
}

test('a page of a named origin may read every answer, refusals as well', async () => {
  await using world = await startGatewayWorld({ env })
  for (const [method, at] of [
    ['GET', path],
    ['GET', '/v1/nothing/of/the/kind'],
    ['PUT', path],
    ['GET', '/livez'],
    ['POST', '/v1/media'],
  ] as const) {
    const { allowed, headers } = await ask(`${world.httpUrl}${at}`, method, { origin: named })
    expect(allowed.get('access-control-allow-origin')).toBe(named)
    expect(allowed.get('access-control-allow-credentials')).toBe('true')
    expect(allowed.get('access-control-expose-headers')).toContain('X-Request-Id')
    expect(headers.get('vary')).toContain('Origin')
  }
})

test('a page of another origin may not, whatever it is like', async () => {
  await using world = await startGatewayWorld({ env })
  for (const origin of ['https://evil.example', `${named}.evil.example`, 'null', '*', '']) {
    const { allowed, headers } = await ask(`${world.httpUrl}${path}`, 'GET', { origin })
    expect(allowed.size).toBe(0)
    expect(headers.get('vary')).toContain('Origin')
  }
})

test('what a browser asks ahead is answered for named origins, at every path', async () => {
  await using world = await startGatewayWorld({ env })
  for (const at of [path, '/v1/media', '/v1/sessions', '/']) {
    const { status, allowed } = await askAhead(`${world.httpUrl}${at}`, named)
    expect(status).toBe(204)
    expect(allowed.get('access-control-allow-origin')).toBe(named)
    expect(allowed.get('access-control-allow-methods')).toContain('PUT')
    for (const name of ['Authorization', 'Idempotency-Key', 'Content-Type'])
      expect(allowed.get('access-control-allow-headers')).toContain(name)
  }
})

test('for all others OPTIONS is a method as any other, which is not there', async () => {
  await using world = await startGatewayWorld({ env })
  const { status, allowed } = await askAhead(`${world.httpUrl}${path}`, 'https://evil.example')
  expect(status).toBe(405)
  expect(allowed.size).toBe(0)
  expect((await ask(`${world.httpUrl}${path}`, 'OPTIONS', { origin: named })).status).toBe(405)
})

test('without named origins answers say nothing of it', async () => {
  await using world = await startGatewayWorld()
  const { allowed, headers } = await ask(`${world.httpUrl}${path}`, 'GET', { origin: named })
  expect(allowed.size).toBe(0)
  expect(headers.get('vary') ?? '').not.toContain('Origin')
  expect((await askAhead(`${world.httpUrl}${path}`, named)).status).toBe(405)
})
