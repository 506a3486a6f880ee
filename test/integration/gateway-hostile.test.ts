// Clients that mean no good, over the real native layer: what each of them may take of the gateway is bounded.

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { pack } from '../../protocol/frame.ts'
import { floodBurstsMax } from '../../server/limits.ts'
import { eventually } from '../helpers/eventually.ts'
import { answerWell } from '../helpers/fake-shard.ts'
import type { GatewayWorld } from '../helpers/gateway-world.ts'
import { startGatewayWorld, TestClient } from '../helpers/gateway-world.ts'

/** A connection that has something sent, and notes whether it was ended. */
function connectionOf(world: GatewayWorld, text: string): { socket: Socket; isEnded(): boolean } {
  const socket = connect(world.port, '127.0.0.1', () => socket.write(text))
  let isEnded = false
  const end = (): void => {
    isEnded = true
  }
  socket.on('error', end).on('close', end)
  return { socket, isEnded: () => isEnded }
}

describe('a connection with many requests in a row', () => {
  test('is ended where its client does not read, with a few megabytes in between', async () => {
    await using world = await startGatewayWorld({ shard: { answer: answerWell } })
    const before = process.memoryUsage().rss
    const request = 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n'
    const { socket, isEnded } = connectionOf(world, request.repeat(2_000))
    socket.pause()
    // Whoever reads learns how it ended; until then nothing but the memory tells.
    await eventually(async () => (await fetch(`${world.httpUrl}/livez`)).ok, { withinMs: 5_000 })
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20)
    let readBytes = 0
    socket.on('data', (data) => {
      readBytes += data.length
    })
    socket.resume()
    await eventually(isEnded, { withinMs: 5_000 })
    expect(readBytes).toBeLessThan(100 * 2 ** 20)
  })

  test('of which none has a body in its answer is ended as well', async () => {
    await using world = await startGatewayWorld({ shard: { answer: answerWell } })
    const { isEnded } = connectionOf(world, 'HEAD /livez HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1_000))
    await eventually(isEnded, { withinMs: 5_000 })
  })

  test('goes on where its client reads each answer before it asks again', async () => {
    await using world = await startGatewayWorld({ shard: { answer: answerWell } })
    const { socket, isEnded } = connectionOf(world, '')
    for (const path of ['/openapi.json', '/livez', '/openapi.json', '/nowhere']) {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
      let text = ''
      await eventually(
        () => {
          text += socket.read()?.toString('latin1') ?? ''
          const length = Number(/Content-Length: (\d+)/.exec(text)?.[1] ?? Number.NaN)
          return text.length - text.indexOf('\r\n\r\n') - 4 === length
        },
        { withinMs: 5_000 },
      )
    }
    expect(isEnded()).toBe(false)
    socket.destroy()
  })
})

test('bodies that do not come keep no place from other addresses: one has so many, and the next is told', async () => {
  const env = { ROOKERY_ADDRESS_CONNECTIONS: '3' }
  await using world = await startGatewayWorld({ shard: { answer: answerWell }, env })
  const head = 'POST /v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{'
  const waiting = [0, 1, 2].map(() => connectionOf(world, head))
  const post = (): Promise<Response> =>
    fetch(`${world.httpUrl}/v1/sessions`, {
      method: 'POST',
      body: '{',
      headers: { connection: 'close' },
    })
  await Promise.all(waiting.map(({ socket }) => once(socket, 'connect')))
  await eventually(
    async () => {
      const { socket } = connectionOf(world, head)
      const [answer] = (await once(socket, 'data')) as [Buffer]
      return answer.toString('latin1').startsWith('HTTP/1.1 429')
    },
    { withinMs: 5_000 },
  )
  // What comes whole waits for nobody.
  expect((await post()).status).toBe(415)
  for (const { socket } of waiting) socket.destroy()
})

test('requests with old numbers are counted like all others, and a flood of them closes the socket', async () => {
  const rate = 5
  const env = { ROOKERY_SOCKET_RATE: String(rate) }
  await using world = await startGatewayWorld({ shard: { answer: answerWell }, env })
  const client = await TestClient.open(world.liveUrl)
  client.sendFrame([1, 'user.get', {}])
  const frame = pack(Array.from({ length: 64 }, () => [1, 'user.get', {}]))
  for (let count = 0; count < 2 * floodBurstsMax * rate; count += 64) client.socket.send(frame)
  client.socket.send(frame)
  expect((await client.untilClosed()).code).toBe(4101)
  const codes = client
    .answers()
    .map(([, , error]) => (error as { code?: string } | undefined)?.code)
  expect(codes.filter((code) => code === 'bad_request').length).toBeLessThanOrEqual(2 * rate + 1)
})
