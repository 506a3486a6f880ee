// A process of the swarm: very many sockets that only listen. It takes orders from the benchmark that has started it.
//
// For socket.io it speaks engine.io 4 over a bare WebSocket: its own client would take many times the processor time,
// and so slow down the server that it shares the machine with.

import { build } from 'hdr-histogram-js'
import { forEachBounded } from '../../../loadtest/std/bounded.ts'
import { frameOf, RawSocket } from './raw-socket.ts'
import { isTweetPush, nowUs, stampIn, subscribePayload } from './requests.ts'
import type { Dialect, SwarmOrder, SwarmReport } from './swarm-messages.ts'

type Order<K extends SwarmOrder['kind']> = Extract<SwarmOrder, { kind: K }>
type Heard = 'ready' | 'push' | 'ping' | undefined
type DialectRules = {
  readonly path: string
  readonly subprotocol?: string
  /** Sent once the socket is open; it is ready when that was answered. Without one, it is ready at once. */
  readonly greeting?: Buffer
  /** The answer to a ping that is a message like any other. */
  readonly pong?: Buffer
  readonly hear: (bytes: Buffer, start: number) => Heard
}

const opensAtOnce = 64
const answerTag = 0x92
const dialects: Readonly<Record<Dialect, DialectRules>> = {
  rookery: {
    path: '/v1/live',
    subprotocol: 'rookery.v1.msgpack',
    greeting: frameOf(subscribePayload(), 'binary'),
    hear: (bytes, start) => {
      if (isTweetPush(bytes, start)) return 'push'
      return bytes[start] === answerTag ? 'ready' : undefined
    },
  },
  bare: {
    path: '/live',
    hear: (bytes, start) => (isTweetPush(bytes, start) ? 'push' : undefined),
  },
  'socket.io': {
    path: '/socket.io/?EIO=4&transport=websocket',
    greeting: frameOf(Buffer.from('40'), 'text'),
    pong: frameOf(Buffer.from('3'), 'text'),
    hear: (bytes, start) => {
      const [type, kind] = [bytes[start], bytes[start + 1]]
      if (type === 0x32) return 'ping'
      if (type !== 0x34) return undefined
      return kind === 0x32 ? 'push' : 'ready'
    },
  },
}

const latencies = build({ highestTrackableValue: 60_000_000, numberOfSignificantValueDigits: 3 })
let expected = Number.POSITIVE_INFINITY
let received = 0
let firstUs = 0

function pushed(bytes: Buffer, start: number, end: number): void {
  const atUs = nowUs()
  if (received++ === 0) firstUs = atUs
  const stampUs = stampIn(bytes, start, end)
  if (stampUs !== undefined) latencies.recordValue(Math.max(1, Math.round(atUs - stampUs)))
  if (received !== expected) return
  const [p50Us, p99Us] = [latencies.getValueAtPercentile(50), latencies.getValueAtPercentile(99)]
  const maxUs = latencies.maxValue
  report({ kind: 'received', firstUs, lastUs: atUs, p50Us, p99Us, maxUs })
}

function expectPushes({ count }: Order<'expect'>): void {
  if (received > expected) {
    fail(`${received - expected} pushes more than there should be`)
  }
  latencies.reset()
  received = 0
  expected = count
  report({ kind: 'expecting' })
}

async function open({ dialect, port, localAddress, tokens }: Order<'open'>): Promise<void> {
  const { path, subprotocol, greeting, pong, hear } = dialects[dialect]
  await forEachBounded(tokens, opensAtOnce, async (token) => {
    const ready = Promise.withResolvers<void>()
    // A first frame may come together with the upgrade.
    let socket: RawSocket | undefined
    socket = await RawSocket.open({
      port,
      localAddress,
      path,
      subprotocol,
      token: token === '' ? undefined : token,
      onFrame: (bytes, start, end) => {
        const heard = hear(bytes, start)
        if (heard === 'push') pushed(bytes, start, end)
        else if (heard === 'ready') ready.resolve()
        else if (heard === 'ping' && pong !== undefined) socket?.send(pong)
      },
      onLost: (why) => fail(why),
    })
    if (greeting === undefined) return
    socket.send(greeting)
    await ready.promise
  })
  report({ kind: 'opened' })
}

function fail(message: string): void {
  report({ kind: 'failed', message })
}

function report(report: SwarmReport): void {
  process.send?.(report)
}

process.once('disconnect', () => process.exit(0))
process.once('SIGTERM', () => process.exit(0))
process.on('message', (order: SwarmOrder) => {
  if (order.kind === 'expect') expectPushes(order)
  else open(order).catch((error: Error) => fail(error.message))
})
console.log('listening for orders')
