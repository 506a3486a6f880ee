import { expect, test } from 'vitest'
import {
  socketBehindBytesMin,
  socketBehindMsMax,
  socketBufferedBytesMax,
} from '../../../../server/limits.ts'
import { Backpressure, sendStatus } from '../../../../server/sockets/backpressure.ts'

const { buffered, dropped } = sendStatus

test('a client is too slow when more waits than any may have, or anything was dropped', () => {
  const backpressure = new Backpressure()
  const nowMs = 0
  expect(backpressure.isTooMuch({ status: buffered, waitedBytes: 0, nowMs })).toBe(false)
  const all = { status: buffered, waitedBytes: socketBufferedBytesMax, nowMs }
  expect(backpressure.isTooMuch(all)).toBe(false)
  expect(backpressure.isTooMuch({ ...all, waitedBytes: all.waitedBytes + 1 })).toBe(true)
  expect(backpressure.isTooMuch({ status: dropped, waitedBytes: 0, nowMs })).toBe(true)
})

test('a client is too slow when it is behind for long, and not when it catches up in between', () => {
  const behind = { status: buffered, waitedBytes: socketBehindBytesMin + 1 }
  const backpressure = new Backpressure()
  expect(backpressure.isTooMuch({ ...behind, nowMs: 0 })).toBe(false)
  expect(backpressure.isTooMuch({ ...behind, nowMs: socketBehindMsMax })).toBe(false)
  expect(backpressure.isTooMuch({ ...behind, nowMs: socketBehindMsMax + 1 })).toBe(true)
  const near = { status: buffered, waitedBytes: socketBehindBytesMin }
  for (const catchUp of [
    () => backpressure.caughtUp(),
    () => expect(backpressure.isTooMuch({ ...near, nowMs: 0 })).toBe(false),
  ]) {
    catchUp()
    const nowMs = 10 * socketBehindMsMax
    expect(backpressure.isTooMuch({ ...behind, nowMs })).toBe(false)
    expect(backpressure.isTooMuch({ ...behind, nowMs: nowMs + 1 })).toBe(false)
  }
})
