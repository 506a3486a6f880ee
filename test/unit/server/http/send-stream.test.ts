import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AddressCounts } from '../../../../server/address-counts.ts'
import type { Exchange } from '../../../../server/http/exchange.ts'
import { sendBytesPerWindowMin, sendOfferMs, sendWindowMs } from '../../../../server/limits.ts'
import { exchangeOf } from '../../../helpers/fake-exchange.ts'

const bodyBytes = 4 * 1024 * 1024
/** The native layer ends a connection 10 s after something was not taken, by a clock of 4 s. */
const nativeIdleMsMin = 8_000

/** A body on its way to a client whose kernel takes so much at once. */
async function sending(roomBytes: number) {
  const { exchange, sent } = exchangeOf({})
  const isTaken = watchTaken(exchange)
  sent.roomBytes = roomBytes
  const source = Readable.from([Buffer.alloc(bodyBytes)])
  exchange.answerFrom(source, { status: 200, contentType: 'video/mp4', bytes: bodyBytes })
  await vi.advanceTimersByTimeAsync(1)
  return { exchange, sent, source, isTaken }
}

/** Whether the exchange is over, with nothing of it on its way. */
function watchTaken(exchange: Exchange): () => boolean {
  let isTaken = false
  exchange.onOver(() => {
    isTaken = true
  })
  return () => isTaken
}

describe('a body that is sent as its client takes it', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('is cut off where the client takes next to nothing for long, and leaves nothing behind', async () => {
    const { sent, source, isTaken } = await sending(1024 * 1024)
    for (let second = 1; second * 1_000 < sendWindowMs; second++) {
      sent.makeRoom(10)
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(sent.isClosed).toBe(false)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(sent.isClosed).toBe(true)
    expect(isTaken()).toBe(true)
    expect(source.destroyed).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('gets through a slow line that takes a little all the time', async () => {
    const { sent, isTaken } = await sending(0)
    for (let taken = 0; taken < bodyBytes; taken += sendBytesPerWindowMin) {
      sent.makeRoom(sendBytesPerWindowMin)
      await vi.advanceTimersByTimeAsync(sendWindowMs)
    }
    expect(isTaken()).toBe(true)
    expect(sent.isClosed).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is offered again long before the native layer takes the client for idle, whatever the kernel says', async () => {
    const { sent, isTaken } = await sending(1024 * 1024)
    for (let second = 1; second <= 60; second++) {
      // A free third of its buffer is what the kernel tells; this client is far from it.
      sent.roomBytes += 10 * 1024
      await vi.advanceTimersByTimeAsync(1_000)
      expect(sent.idleMs).toBeLessThan(nativeIdleMsMin)
    }
    expect(sent.getWriteOffset()).toBe(1024 * 1024 + 600 * 1024)
    expect(isTaken()).toBe(false)
    sent.roomBytes = Infinity
    await vi.advanceTimersByTimeAsync(sendOfferMs)
    expect(isTaken()).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('waits for a source that is slow, which is not the fault of the client', async () => {
    const { exchange, sent } = exchangeOf({})
    const isTaken = watchTaken(exchange)
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
    expect(isTaken()).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a body that is there', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const body = Buffer.alloc(1_000, 'a')
  const answer = { status: 200, contentType: 'text/plain', body }

  test('is over at once where the client takes it, and else when it has, with the bytes that it had at first', async () => {
    const quick = exchangeOf({})
    const isTakenAtOnce = watchTaken(quick.exchange)
    quick.exchange.answer(answer)
    expect(isTakenAtOnce()).toBe(true)
    const slow = exchangeOf({})
    const isTaken = watchTaken(slow.exchange)
    slow.sent.roomBytes = 300
    const used = Buffer.from(body)
    slow.exchange.answer({ ...answer, body: used })
    used.fill('b')
    slow.sent.makeRoom(300)
    expect([slow.exchange.isOver, isTaken()]).toEqual([true, false])
    slow.sent.roomBytes = Infinity
    await vi.advanceTimersByTimeAsync(sendOfferMs)
    expect(isTaken()).toBe(true)
    expect(slow.sent.taken()).toEqual(body)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is one answer, whatever is answered while it is on its way', () => {
    const { exchange, sent } = exchangeOf({})
    sent.roomBytes = 0
    exchange.answer(answer)
    exchange.answer({ ...answer, status: 500 })
    expect(sent.status).toBe('200')
    sent.close()
  })

  test('of too many clients of one address that read nothing closes the connection', () => {
    const waiting = new AddressCounts(2)
    const [first, second, third] = [0, 1, 2].map(() => exchangeOf({}, { waiting }))
    for (const { exchange, sent } of [first!, second!, third!]) {
      sent.roomBytes = 0
      exchange.answer(answer)
    }
    expect([first, second, third].map((one) => one!.sent.isClosed)).toEqual([false, false, true])
    for (const { sent } of [first!, second!]) sent.makeRoom(body.length)
    expect(waiting.take('10.0.0.1') && waiting.take('10.0.0.1')).toBe(true)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that is empty, and an answer without one, wait for nothing; but not within the handler', () => {
    const { exchange, sent } = exchangeOf({})
    exchange.isHandled = false
    exchange.answer({ status: 204 })
    expect(sent.status).toBe('')
    vi.runAllTimers()
    expect(sent.status).toBe('204')
  })
})
