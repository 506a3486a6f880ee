// Behind a load balancer that says in front of each connection whose it is: the PROXY protocol, version 2
// (haproxy.org/download/3.0/doc/proxy-protocol.txt). Limits of addresses then hold for clients, not for the balancer.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { startGatewayWorld } from '../helpers/gateway-world.ts'

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const [proxy, local] = [0x21, 0x20]
const [tcp4, tcp6, unspecified] = [0x11, 0x21, 0]

/** A header: who connects, to which address, and both ports. */
function headerOf(command: number, family: number, addresses: Uint8Array): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(addresses.length)
  return Buffer.concat([signature, Buffer.from([command, family]), length, addresses])
}

function from4(address: string): Buffer {
  const octets = address.split('.').map(Number)
  return headerOf(proxy, tcp4, Buffer.from([...octets, 10, 0, 0, 1, 0x30, 0x39, 0x1f, 0x90]))
}

/** From a network of 64 bits, and an address in it. */
function from6(network: number, host: number): Buffer {
  const address = Buffer.from('20010db8000000000000000000000000', 'hex')
  address.writeUInt8(network, 7)
  address.writeUInt8(host, 15)
  return headerOf(proxy, tcp6, Buffer.concat([address, address, Buffer.from([1, 2, 3, 4])]))
}

const forNobody = headerOf(local, unspecified, Buffer.alloc(0))
const upgrade =
  'GET /v1/live HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n' +
  'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'

/** Connections as a balancer opens them; closed together. */
class Balancer implements Disposable {
  readonly #port: number
  readonly #sockets: Socket[] = []

  constructor(port: number) {
    this.#port = port
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Sends a header, if there is one, and an upgrade. @returns the status of the answer */
  async upgrade(header: Uint8Array = Buffer.alloc(0)): Promise<number> {
    const socket = this.#connect()
    socket.write(Buffer.concat([header, Buffer.from(upgrade)]))
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return Number(/^HTTP\/1.1 (\d{3}) /.exec(answer.toString('latin1'))?.[1])
  }

  /** Sends what is no sound header. @returns when the connection has come to its end */
  async spoil(bytes: Uint8Array): Promise<void> {
    const socket = this.#connect().resume()
    socket.end(Buffer.concat([bytes, Buffer.from(upgrade)]))
    await once(socket, 'close')
  }

  #connect(): Socket {
    const socket = connect(this.#port, '127.0.0.1')
    // A reset is as good as an end here.
    socket.on('error', () => undefined)
    this.#sockets.push(socket)
    return socket
  }
}

const oneEach = { ROOKERY_ADDRESS_CONNECTIONS: '1' }

describe('addresses behind a balancer', () => {
  test('are those of the clients: each has its own limit', async () => {
    await using world = await startGatewayWorld({
      env: { ...oneEach, ROOKERY_PROXY_PROTOCOL: 'true' },
    })
    using balancer = new Balancer(world.port)
    expect(await balancer.upgrade(from4('203.0.113.7'))).toBe(101)
    expect(await balancer.upgrade(from4('203.0.113.7'))).toBe(429)
    expect(await balancer.upgrade(from4('203.0.113.8'))).toBe(101)
  })

  test('count by their network of 64 bits in IPv6: whoever has one of them has all', async () => {
    await using world = await startGatewayWorld({
      env: { ...oneEach, ROOKERY_PROXY_PROTOCOL: 'true' },
    })
    using balancer = new Balancer(world.port)
    expect(await balancer.upgrade(from6(1, 1))).toBe(101)
    expect(await balancer.upgrade(from6(1, 2))).toBe(429)
    expect(await balancer.upgrade(from6(2, 1))).toBe(101)
  })

  test('are that of the balancer where it speaks for nobody', async () => {
    await using world = await startGatewayWorld({
      env: { ...oneEach, ROOKERY_PROXY_PROTOCOL: 'true' },
    })
    using balancer = new Balancer(world.port)
    expect(await balancer.upgrade(forNobody)).toBe(101)
    expect(await balancer.upgrade()).toBe(429)
  })

  test('count for nothing unless the operator has said that there is a balancer', async () => {
    await using world = await startGatewayWorld({ env: oneEach })
    using balancer = new Balancer(world.port)
    expect(await balancer.upgrade(from4('203.0.113.7'))).toBe(101)
    expect(await balancer.upgrade(from4('203.0.113.8'))).toBe(429)
  })

  test('come to no harm by headers that are none', async () => {
    await using world = await startGatewayWorld({
      env: { ...oneEach, ROOKERY_PROXY_PROTOCOL: 'true' },
    })
    using balancer = new Balancer(world.port)
    const sound = from4('203.0.113.7')
    const longest = Buffer.from(sound).fill(0xff, 14, 16)
    const addressless = headerOf(proxy, tcp4, Buffer.alloc(0))
    const otherVersion = Buffer.from(sound).fill(0x11, 12, 13)
    for (const bytes of [
      Buffer.concat([sound, sound]),
      longest,
      addressless,
      otherVersion,
      sound.subarray(0, 20),
      signature,
    ]) {
      await balancer.spoil(bytes)
    }
    expect(await balancer.upgrade(from4('203.0.113.9'))).toBe(101)
  })
})
