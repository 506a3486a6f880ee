import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { sendBytesPerWindowMin, sendOfferMs, sendWindowMs } from '../../../server/limits.ts'
import { exchangeOf } from '../../helpers/fake-exchange.ts'

const bodyBytes = 4 * 1024 * 1024
/** The native layer ends a connection 10 s after something was not taken, by a clock of 4 s. */
const nativeIdleMsMin = 8_000

/** A body on its way to a client whose kernel takes so much at once. */
async function sending(roomBytes: number) {
  const { exchange, sent } = exchangeOf({})
  sent.roomBytes = roomBytes
  const source = Readable.from([Buffer.alloc(bodyBytes)])
  exchange.answerFrom(source, { status: 200, contentType: 'video/mp4', bytes: bodyBytes })
  await vi.advanceTimersByTimeAsync(1)
  return { exchange, sent, source }
}

describe('a body that is sent as its client takes it', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('is cut off where the client takes next to nothing for long, and leaves nothing behind', async () => {
    const { exchange, sent, source } = await sending(1024 * 1024)
    for (let second = 1; second * 1_000 < sendWindowMs; second++) {
      sent.makeRoom(10)
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(sent.isClosed).toBe(false)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(sent.isClosed).toBe(true)
    expect(exchange.isOver).toBe(true)
    expect(source.destroyed).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('gets through a slow line that takes a little all the time', async () => {
    const { exchange, sent } = await sending(0)
    for (let taken = 0; taken < bodyBytes; taken += sendBytesPerWindowMin) {
      sent.makeRoom(sendBytesPerWindowMin)
      await vi.advanceTimersByTimeAsync(sendWindowMs)
    }
    expect(exchange.isOver).toBe(true)
    expect(sent.isClosed).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is offered again long before the native layer takes the client for idle, whatever the kernel says', async () => {
    const { exchange, sent } = await sending(1024 * 1024)
    for (let second = 1; second <= 60; second++) {
      // A free third of its buffer is what the kernel tells; this client is far from it.
      sent.roomBytes += 10 * 1024
      await vi.advanceTimersByTimeAsync(1_000)
      expect(sent.idleMs).toBeLessThan(nativeIdleMsMin)
    }
    expect(sent.getWriteOffset()).toBe(1024 * 1024 + 600 * 1024)
    expect(exchange.isOver).toBe(false)
    sent.roomBytes = Infinity
    await vi.advanceTimersByTimeAsync(sendOfferMs)
    expect(exchange.isOver).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('waits for a source that is slow, which is not the fault of the client', async () => {
    const { exchange, sent } = exchangeOf({})
    sent.roomBytes = 0
    const source = new Readable({ read: () => undefined })
    exchange.answerFrom(source, { status: 200, contentType: 'video/mp4', bytes: 200 })
    source.push(Buffer.alloc(100))
    await vi.advanceTimersByTimeAsync(1)
    sent.makeRoom(1_000)
    await vi.advanceTimersByTimeAsync(10 * sendWindowMs)
    expect(sent.isClosed).toBe(false)
    source.push(Buffer.alloc(100))
    await vi.advanceTimersByTimeAsync(1)
    expect(exchange.isOver).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})
