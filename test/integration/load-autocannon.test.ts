// The lanes against a small server of this test's own: nothing that happens to a request goes uncounted.

import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Answered, FireOptions, Shot } from '../../loadtest/http/autocannon.ts'
import { fire } from '../../loadtest/http/autocannon.ts'

type Named = Shot & { readonly name: string }

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function fired(origin: string, options: Partial<FireOptions<Named>> = {}) {
  const answers: Answered<Named>[] = []
  const errors: string[] = []
  const result = await fire<Named>({
    origin,
    connections: 3,
    pipelining: 1,
    seconds: 0.5,
    shotsOf: ({ index }) => [
      { name: `get ${index}`, method: 'GET', path: `/lane/${index}`, headers: { 'X-Lane': 'yes' } },
    ],
    onAnswer: (answered) => answers.push(answered),
    onSkipped: () => undefined,
    onError: (message) => errors.push(message),
    ...options,
  })
  return { ...result, answers, errors }
}

describe('fire', () => {
  test('gives each lane its own shots, and each answer to the shot that it belongs to', async () => {
    const origin = await serve((request, response) => {
      response.end(`${request.method} ${request.url} ${request.headers['x-lane']}`)
    })
    const { answers, answered, sent, lost, errors } = await fired(origin)
    expect(new Set(answers.map(({ shot }) => shot.name))).toEqual(
      new Set(['get 0', 'get 1', 'get 2']),
    )
    for (const { shot, body, status, us } of answers) {
      expect([status, body]).toEqual([200, `GET ${shot.path} yes`])
      expect(us).toBeGreaterThan(0)
    }
    expect(answered).toBe(answers.length)
    expect(sent).toBeGreaterThanOrEqual(answered)
    expect([lost, errors]).toEqual([0, []])
  })

  test('renews a shot for each sending, with pipelining as well', async () => {
    const keys: string[] = []
    const bodies: string[] = []
    const origin = await serve((request, response) => {
      keys.push(String(request.headers['idempotency-key']))
      request.setEncoding('utf8').on('data', (text: string) => bodies.push(text))
      request.on('end', () => response.writeHead(201).end(request.headers['authorization']))
    })
    let renewals = 0
    const { answers, sent } = await fired(origin, {
      connections: 2,
      pipelining: 4,
      shotsOf: () => [
        {
          name: 'post',
          method: 'POST',
          path: '/v1/tweets',
          headers: { Authorization: 'Bearer t' },
          renew: () => {
            renewals++
            return {
              headers: { 'Idempotency-Key': `k${renewals}` },
              body: `{"text":"${renewals}"}`,
            }
          },
        },
      ],
    })
    expect(answers.every(({ status, body }) => status === 201 && body === 'Bearer t')).toBe(true)
    expect(new Set(keys).size).toBe(keys.length)
    expect(new Set(bodies).size).toBe(bodies.length)
    expect(renewals).toBe(sent)
  })

  test('counts what is lost with a connection that the server closes without a word', async () => {
    let [requests, closed] = [0, 0]
    const origin = await serve((request, response) => {
      if (++requests % 5 === 0) {
        closed++
        request.socket.end()
      } else response.end('well')
    })
    const { lost } = await fired(origin)
    // The three connections may have been cut once more when it was over.
    expect(lost).toBeGreaterThanOrEqual(closed - 3)
    expect(lost).toBeLessThanOrEqual(closed)
    expect(lost).toBeGreaterThan(0)
  })

  test('tells of connections that are refused', async () => {
    const origin = await serve((request) => request.socket.resetAndDestroy())
    const { answers, errors } = await fired(origin)
    expect(answers).toEqual([])
    expect(errors.length).toBeGreaterThan(0)
  })

  test('sends no more than the rate, and goes through the shots in their order', async () => {
    const origin = await serve((request, response) => response.end(request.url))
    const { answers, sent, skipped } = await fired(origin, {
      seconds: 2,
      rate: 10,
      shotsOf: () => ['/a', '/b', '/c'].map((path) => ({ ...get, name: path, path })),
    })
    // Two seconds of 10, and the second that each connection may have begun when it is over.
    expect(sent + skipped).toBeLessThanOrEqual(30)
    expect(sent).toBeGreaterThanOrEqual(10)
    for (const { shot, body } of answers) expect(body).toBe(shot.path)
  })

  test('counts what was due while the server stood still, also where it did so to the end', async () => {
    let requests = 0
    const origin = await serve((_, response) => {
      if (++requests <= 10) response.end('well')
    })
    const waitedUs: number[] = []
    const { sent, answered, skipped } = await fired(origin, {
      connections: 1,
      seconds: 3,
      rate: 10,
      onSkipped: ({ us }) => waitedUs.push(us),
    })
    expect(answered).toBe(10)
    // Of three seconds of 10.
    expect(sent + skipped).toBeGreaterThanOrEqual(29)
    expect(sent + skipped).toBeLessThanOrEqual(31)
    expect(waitedUs).toHaveLength(skipped)
    expect(Math.max(...waitedUs)).toBeGreaterThan(1_500_000)
  })

  test('refuses a rate with pipelining', async () => {
    await expect(fired('http://127.0.0.1:1', { rate: 10, pipelining: 2 })).rejects.toThrow(
      RangeError,
    )
  })
})

const get = { method: 'GET', headers: {} } as const
