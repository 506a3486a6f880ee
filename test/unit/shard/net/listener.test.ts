import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { RequestFrame } from '../../../../protocol/cluster.ts'
import {
  type FrameBatch,
  frameKinds,
  readAnswer,
  readNotServed,
  readPush,
} from '../../../../protocol/cluster.ts'
import { isProof, makeProof, nonceBytes } from '../../../../protocol/cluster-handshake.ts'
import { failure } from '../../../../protocol/errors.ts'
import { pack, unpack } from '../../../../protocol/frame.ts'
import {
  clusterFrameBytesMax,
  clusterHandshakeBytesMax,
  clusterHandshakeTimeoutMs,
} from '../../../../protocol/limits.ts'
import { eventually } from '../../../helpers/eventually.ts'
import { OneListener } from '../../../helpers/one-listener.ts'

const request: RequestFrame = {
  requestId: 7,
  operation: 0x10,
  partition: 3,
  slot: 9,
  actor: 4_096_000_001,
  context: { address: '192.0.2.1' },
  params: pack({ user: { handle: 'ada' } }),
}

afterEach(() => {
  vi.useRealTimers()
})

describe('a gateway that knows the secret', () => {
  test('is told so by the shard first, then heard, and told what is served here', async () => {
    await using world = await OneListener.start()
    const gateway = await world.connect()
    const nonce = randomBytes(nonceBytes)
    gateway.send((batch) =>
      batch.add(frameKinds.hello, Buffer.concat([nonce, Buffer.from('gate-1')])),
    )
    const challenge = await gateway.next(frameKinds.challenge)
    const nonces = { gateway: nonce, shard: challenge.subarray(0, nonceBytes) }
    const expected = makeProof(world.secret, 'shard', nonces)
    expect(isProof(challenge.subarray(nonceBytes), expected)).toBe(true)
    expect(world.connected).toEqual([])
    gateway.send((batch) => batch.add(frameKinds.proof, makeProof(world.secret, 'gateway', nonces)))
    expect(unpack(await gateway.next(frameKinds.status))).toEqual({
      serving: [[1, 7]],
      hosted: [1, 2],
      members: {},
      reports: 1,
      validates: true,
      beats: true,
    })
    expect(world.connected).toEqual(['gate-1'])
  })

  test('sends requests and gets answers and errors by their id', async () => {
    await using world = await OneListener.start()
    const gateway = await world.proven()
    gateway.send((batch) => {
      batch.request(request)
      batch.request({ ...request, requestId: 8, context: undefined })
    })
    await eventually(() => world.requests.length === 2, { withinMs: 2_000 })
    expect(world.requests.map(({ frame }) => frame)).toEqual([
      request,
      { ...request, requestId: 8, context: undefined },
    ])
    world.requests[1]?.reply.error(failure('not_found'))
    world.requests[0]?.reply.answer(Buffer.from('bytes'))
    const answers = [await gateway.next(frameKinds.answer), await gateway.next(frameKinds.answer)]
    expect(answers.map(readAnswer)).toEqual([
      { requestId: 8, error: failure('not_found') },
      { requestId: 7, result: Buffer.from('bytes') },
    ])
  })

  test('is told of a request that was not carried out', async () => {
    await using world = await OneListener.start()
    const gateway = await world.proven()
    gateway.send((batch) => batch.request(request))
    await eventually(() => world.requests.length === 1, { withinMs: 2_000 })
    world.requests[0]?.reply.notServed()
    expect(readNotServed(await gateway.next(frameKinds.notServed))).toBe(7)
  })

  test('may send its proof and its first request at once', async () => {
    await using world = await OneListener.start()
    const gateway = await world.proven((batch) => batch.request(request))
    await eventually(() => world.requests.length === 1, { withinMs: 2_000 })
    expect(gateway.isClosed).toBe(false)
  })

  test('is pushed to, told of ended sessions and of what is served, and tells of closed sockets', async () => {
    await using world = await OneListener.start()
    const gateway = await world.proven()
    const [link] = world.links
    const slots = Uint32Array.from([5, 6, 0])
    link?.push({ code: 1, slots, count: 2, data: Buffer.from('tweet') })
    link?.sessionEnded('token hash')
    world.listener.announce({ serving: [], hosted: [3], members: {} })
    expect(readPush(await gateway.next(frameKinds.push))).toEqual({
      code: 1,
      slots: Uint32Array.from([5, 6]),
      data: Buffer.from('tweet'),
    })
    expect(`${await gateway.next(frameKinds.sessionEnded)}`).toBe('token hash')
    expect(unpack(await gateway.next(frameKinds.status))).toMatchObject({ hosted: [3] })
    gateway.send((batch) => batch.disconnected(2 ** 32 - 1))
    await eventually(() => world.closedSlots.length === 1, { withinMs: 2_000 })
    expect(world.closedSlots).toEqual([2 ** 32 - 1])
  })

  test('that goes away is told once; what is still answered is written to nobody', async () => {
    await using world = await OneListener.start()
    const gateway = await world.proven((batch) => batch.request(request))
    await eventually(() => world.requests.length === 1, { withinMs: 2_000 })
    gateway.socket.destroy()
    await eventually(() => world.disconnected.length === 1, { withinMs: 2_000 })
    world.requests[0]?.reply.answer(Buffer.from('late'))
    world.links[0]?.sessionEnded('late')
    await world.proven()
    expect(world.disconnected).toEqual(['gate-1'])
    expect(world.refused).toEqual([])
  })
})

describe('a stranger is cut off', () => {
  test('with a wrong secret', async () => {
    await using world = await OneListener.start()
    const gateway = await world.connect()
    await gateway.prove('a guess')
    await gateway.closed()
    expect(world.refused).toEqual(['it does not know the secret of the cluster'])
  })

  test.each([
    [
      'a proof before the hello',
      (batch: FrameBatch) => batch.add(frameKinds.proof, Buffer.alloc(32)),
    ],
    ['a request instead of a hello', (batch: FrameBatch) => batch.request(request)],
    [
      'a hello without a name',
      (batch: FrameBatch) => batch.add(frameKinds.hello, Buffer.alloc(32)),
    ],
    [
      'a second hello',
      (batch: FrameBatch) => {
        for (let count = 0; count < 2; count++) batch.add(frameKinds.hello, Buffer.alloc(40))
      },
    ],
  ])('with %s', async (_what, write) => {
    await using world = await OneListener.start()
    const gateway = await world.connect()
    gateway.send(write)
    await gateway.closed()
    expect(world.refused).toEqual(['it does not know the secret of the cluster'])
  })

  test('with a proof that was right for another connection', async () => {
    await using world = await OneListener.start()
    const first = await world.proven()
    const second = await world.connect()
    second.send((batch) => {
      batch.add(frameKinds.hello, first.hello)
      batch.add(frameKinds.proof, first.proof)
    })
    await second.closed()
    expect(world.refused).toEqual(['it does not know the secret of the cluster'])
    expect(first.isClosed).toBe(false)
  })

  test('with a frame larger than a handshake needs, before it is read', async () => {
    await using world = await OneListener.start()
    const gateway = await world.connect()
    const head = Buffer.alloc(4)
    head.writeUInt32LE(clusterHandshakeBytesMax + 1)
    gateway.socket.write(head)
    await gateway.closed()
    expect(world.refused).toEqual(['a frame of 257 bytes, where 256 is the limit'])
  })

  test('with garbage', async () => {
    await using world = await OneListener.start()
    for (const text of [
      'GET / HTTP/1.1\r\n\r\n',
      '\u0000\u0000\u0000\u0000',
      '\u0016\u0003\u0001\u0002',
    ]) {
      const gateway = await world.connect()
      gateway.socket.write(text)
      await gateway.closed()
    }
    expect(world.refused).toHaveLength(3)
  })

  test('that says nothing, after three seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await using world = await OneListener.start()
    const gateway = await world.connect()
    while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve))
    vi.advanceTimersByTime(clusterHandshakeTimeoutMs - 1)
    expect(world.refused).toEqual([])
    vi.advanceTimersByTime(1)
    expect(world.refused).toEqual(['no proof in time'])
    await gateway.closed()
    vi.useRealTimers()
  })

  test('and nobody is told of a gateway that never was one', async () => {
    await using world = await OneListener.start()
    const gateway = await world.connect()
    gateway.send((batch) => batch.add(frameKinds.hello, Buffer.alloc(40)))
    await gateway.next(frameKinds.challenge)
    gateway.socket.destroy()
    await world.proven()
    expect([world.connected, world.disconnected, world.refused]).toEqual([['gate-1'], [], []])
  })
})

describe('a gateway that breaks the protocol is cut off', () => {
  test.each([
    [
      'a frame of no known kind',
      (batch: FrameBatch) => batch.add(99, Buffer.alloc(3)),
      'a frame of kind 99',
    ],
    [
      'a second proof',
      (batch: FrameBatch) => batch.add(frameKinds.proof, Buffer.alloc(32)),
      `a frame of kind ${frameKinds.proof}`,
    ],
    [
      'a closed socket without a number',
      (batch: FrameBatch) => batch.add(frameKinds.disconnected, Buffer.alloc(3)),
      `a frame of kind ${frameKinds.disconnected}`,
    ],
    [
      'a request cut short',
      (batch: FrameBatch) => batch.add(frameKinds.request, Buffer.alloc(10)),
      'a request cut short',
    ],
  ])('with %s', async (_what, write, reason) => {
    await using world = await OneListener.start()
    const gateway = await world.proven()
    gateway.send((batch) => {
      write(batch)
      batch.request(request)
    })
    await gateway.closed()
    expect(world.refused).toEqual([reason])
    await eventually(() => world.disconnected.length === 1, { withinMs: 2_000 })
    expect(world.requests).toEqual([])
  })

  test('with a frame over the limit', async () => {
    await using world = await OneListener.start()
    const gateway = await world.proven()
    const head = Buffer.alloc(4)
    head.writeUInt32LE(clusterFrameBytesMax + 1)
    gateway.socket.write(head)
    await gateway.closed()
    expect(world.refused[0]).toContain(`where ${clusterFrameBytesMax} is the limit`)
  })
})

test('closing ends all links, those in the handshake too, after what was to be sent', async () => {
  await using world = await OneListener.start()
  const gateway = await world.proven()
  const stranger = await world.connect()
  world.links[0]?.sessionEnded('the last word')
  const ended = [gateway, stranger].map(({ socket }) => once(socket, 'end'))
  await world.listener.close()
  await Promise.all(ended)
  expect(`${await gateway.next(frameKinds.sessionEnded)}`).toBe('the last word')
  await eventually(() => world.disconnected.length === 1, { withinMs: 2_000 })
})
