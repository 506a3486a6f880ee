// I10: no input from a socket can crash a process, block it, or make it hold more than its limit.
// Ten thousand frames of garbage: each is answered or its socket closed, and a good client on the same
// gateway never notices.

import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { pack } from '../../protocol/frame.ts'
import { eventually } from '../helpers/eventually.ts'
import { encodeAnswer, FakeShard, makeUser } from '../helpers/fake-shard.ts'
import { garbageBytes, garbageText, makeRandom } from '../helpers/garbage.ts'
import { GatewayProcess } from '../helpers/gateway-process.ts'
import { TestClient } from '../helpers/gateway-world.ts'
import { inTime } from '../helpers/in-time.ts'

const framesPerEncoding = 5_800
const framesPerSocketMax = 100
/** A good one in between: a socket is closed after ten bad frames in a row. */
const goodFrameEvery = 8
const answerMsMax = 10_000
const clientsAtOnce = 20
const memoryGrowthBytesMax = 150 * 1024 * 1024
/** On a machine that does other things too; without the garbage it is a millisecond. */
const goodAnswerMsMax = 1_000

const fuzzers = [
  { subprotocol: 'rookery.v1.msgpack', isBinary: true, make: garbageBytes },
  { subprotocol: 'rookery.v1.json', isBinary: false, make: garbageText },
] as const

/** Sends one frame after the other; gives how many until the socket was closed. */
async function sendGarbage(
  liveUrl: string,
  options: { subprotocol: string; isBinary: boolean; next: () => Buffer },
): Promise<number> {
  const socket = new WebSocket(liveUrl, [options.subprotocol])
  let isClosed = false
  let onNews = (): void => undefined
  const news = (): Promise<void> =>
    new Promise((resolve) => {
      onNews = resolve
    })
  socket.on('open', () => onNews())
  socket.on('message', () => onNews())
  socket.on('close', () => {
    isClosed = true
    onNews()
  })
  socket.on('error', () => socket.terminate())
  await news()
  let sent = 0
  while (!isClosed && sent < framesPerSocketMax) {
    const frame = sent % goodFrameEvery === 0 ? goodFrame(sent + 10, options) : options.next()
    const answered = news()
    socket.send(frame, { binary: options.isBinary })
    sent++
    await within(answered, () => `neither answered nor closed: ${frame.toString('hex')}`)
  }
  socket.terminate()
  return sent
}

function goodFrame(id: number, options: { isBinary: boolean }): Buffer {
  const request = [id, 'user.get', { user: '@a' }]
  return options.isBinary ? pack(request) : Buffer.from(JSON.stringify(request))
}

function within(promise: Promise<void>, elseSay: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(elseSay())), answerMsMax)
    void promise.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

async function sendAll(
  liveUrl: string,
  fuzzer: (typeof fuzzers)[number],
  seed: number,
): Promise<void> {
  const random = makeRandom(seed)
  let left = framesPerEncoding
  const worker = async (): Promise<void> => {
    while (left > 0) {
      const sent = await sendGarbage(liveUrl, { ...fuzzer, next: () => fuzzer.make(random) })
      left -= sent
    }
  }
  await Promise.all(Array.from({ length: clientsAtOnce }, worker))
}

describe('ten thousand frames of garbage', () => {
  test('are each answered or closed; memory stays, and a good client is served all along', async () => {
    const shard = await FakeShard.start({
      secret: '',
      answer: ({ operation }) => encodeAnswer(operation, { user: makeUser(7) }),
    })
    await using gateway = new GatewayProcess({
      ROOKERY_SHARD_ADDRESSES: `shard-0=${shard.address}`,
      ROOKERY_SIGN_IN_TIMEOUT_MS: '600000',
      ROOKERY_SOCKET_RATE: '0',
    })
    const liveUrl = `ws://127.0.0.1:${(await gateway.ready()).port}/v1/live`
    await eventually(() => shard.gatewayCount === 1, { withinMs: 10_000 })
    const seed = Math.floor(Math.random() * 2 ** 32)
    console.info(`seed of the garbage: ${seed}`)
    const memoryBefore = await gateway.metric('process_resident_memory_bytes')
    const good = await TestClient.open(liveUrl)
    let isDone = false
    const slowest = (async () => {
      let slowestMs = 0
      while (!isDone) {
        const startedAtMs = performance.now()
        const [, result] = await good.request('user.get', { user: '@good' })
        expect(result).toMatchObject({ user: { id: 7 } })
        slowestMs = Math.max(slowestMs, performance.now() - startedAtMs)
      }
      return slowestMs
    })()
    for (const fuzzer of fuzzers) await sendAll(liveUrl, fuzzer, seed)
    isDone = true
    inTime('the slowest answer beside garbage', await slowest, goodAnswerMsMax)
    const memoryAfter = await gateway.metric('process_resident_memory_bytes')
    expect(memoryAfter - memoryBefore).toBeLessThan(memoryGrowthBytesMax)
    good.close()
    await eventually(async () => (await gateway.metric('rookery_gateway_connections')) === 0, {
      withinMs: 10_000,
    })
    expect(gateway.child.exitCode).toBeNull()
    await shard.close()
  })
})
