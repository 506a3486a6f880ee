// The lean socket against a whole implementation of RFC 6455, and against bytes that come as they please.

import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { UpgradeRefused } from '../../../loadtest/client/socket.ts'
import { abnormalClosure, LeanSocket } from '../../../loadtest/swarm/lean-socket.ts'
import { eventually } from '../../helpers/eventually.ts'

const within = { withinMs: 5_000 }
const toClose: (() => void)[] = []

afterEach(() => {
  for (const close of toClose.splice(0).reverse()) close()
})

function opened(port: number) {
  const frames: Buffer[] = []
  const codes: number[] = []
  const socket = LeanSocket.open({
    url: new URL(`ws://127.0.0.1:${port}/v1/live`),
    token: 'rk_token',
    localAddress: '127.0.0.3',
    onFrame: (bytes) => frames.push(Buffer.from(bytes)),
    onClose: (code) => codes.push(code),
  })
  socket.then(
    (open) => toClose.push(() => open.destroy()),
    () => undefined, // The test that expects a refusal looks at it itself.
  )
  return { socket, frames, codes }
}

async function webSocketServer() {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (protocols) => [...protocols][0] ?? false,
  })
  await new Promise((resolve) => server.once('listening', resolve))
  toClose.push(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  return { server, port: (server.address() as AddressInfo).port }
}

describe('with a server of RFC 6455', () => {
  test.each([0, 1, 125, 126, 65_535, 65_536, 1_000_000])(
    '%i bytes go there and back',
    async (n) => {
      const { server, port } = await webSocketServer()
      server.on('connection', (other) => {
        other.on('message', (bytes, isBinary) => other.send(bytes, { binary: isBinary }))
      })
      const { socket, frames } = opened(port)
      const bytes = Buffer.alloc(n, 'rookery')
      ;(await socket).send(bytes)
      await eventually(() => frames.length === 1, within)
      expect(frames[0]!.equals(bytes)).toBe(true)
    },
  )

  test('it says who it is, and comes from the address that it was told', async () => {
    const { server, port } = await webSocketServer()
    const seen: unknown[] = []
    server.on('connection', (other, request) => {
      seen.push(request.headers.authorization, request.socket.remoteAddress, other.protocol)
    })
    await opened(port).socket
    await eventually(() => seen.length === 3, within)
    expect(seen).toEqual(['Bearer rk_token', '127.0.0.3', 'rookery.v1.msgpack'])
  })

  test('it answers pings, and tells the code with which it was closed', async () => {
    const { server, port } = await webSocketServer()
    let pongs = 0
    server.on('connection', (other) => {
      other.on('pong', () => {
        pongs++
        other.close(4108, 'slow consumer')
      })
      other.ping('still there?')
    })
    const { socket, codes } = opened(port)
    await socket
    await eventually(() => codes.length === 1, within)
    expect(codes).toEqual([4108])
    expect(pongs).toBe(1)
  })

  test('a connection that is cut is told as 1006; one that it cut itself is not told', async () => {
    const { server, port } = await webSocketServer()
    const [first, second] = [opened(port), opened(port)]
    ;(await second.socket).destroy()
    await first.socket
    for (const other of server.clients) other.terminate()
    await eventually(() => first.codes.length === 1, within)
    expect(first.codes).toEqual([abnormalClosure])
    expect(second.codes).toEqual([])
  })

  test('nothing is read while it pauses', async () => {
    const { server, port } = await webSocketServer()
    const { socket, frames } = opened(port)
    const open = await socket
    open.pause()
    for (const other of server.clients) for (let n = 0; n < 3; n++) other.send(Buffer.from([n]))
    await new Promise((resolve) => setImmediate(resolve))
    expect(frames).toEqual([])
    open.resume()
    await eventually(() => frames.length === 3, within)
    expect(frames.map((frame) => frame[0])).toEqual([0, 1, 2])
  })
})

describe('a refusal', () => {
  test.each([
    ['HTTP/1.1 429 Too Many Requests\r\n\r\n', 429],
    ['HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: wrong\r\n\r\n', 101],
    ['', 0],
  ])('is told with its status: %j', async (answer, status) => {
    const server = createServer((other) => {
      other.on('error', () => undefined) // The client may be gone already.
      other.end(answer)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    toClose.push(() => server.close())
    const error: unknown = await opened((server.address() as AddressInfo).port).socket.catch(
      (caught: unknown) => caught,
    )
    expect(error).toBeInstanceOf(UpgradeRefused)
    expect((error as UpgradeRefused).status).toBe(status)
  })

  test('is also that nobody listens', async () => {
    await expect(opened(1).socket).rejects.toThrow(UpgradeRefused)
  })
})
