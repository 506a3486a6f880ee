import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  lingeringSocketsMax,
  unreadBehindPingMax,
  unreadPingDelayMs,
  unreadProofBytes,
} from '../../../../server/limits.ts'
import { Unread, UnreadTotal, unreadBytesOfMachine } from '../../../../server/sockets/unread.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** One socket's, and the pings that it was sent. */
function unreadOf(total: UnreadTotal): { unread: Unread; pings: string[] } {
  const pings: string[] = []
  return { unread: new Unread(total, (text) => pings.push(text)), pings }
}

function soon(): void {
  vi.advanceTimersByTime(unreadPingDelayMs)
}

const roomy = 2 ** 30

test('nothing is in question before there is enough for a ping, and then all of it is', () => {
  const total = new UnreadTotal(roomy)
  const { unread, pings } = unreadOf(total)
  unread.sent(unreadProofBytes - 1)
  expect(total.bytes).toBe(0)
  unread.sent(1)
  expect(total.bytes).toBe(unreadProofBytes)
  expect(pings).toHaveLength(0)
  soon()
  expect(pings).toHaveLength(1)
})

test('a pong says that what stood before its ping was read; what came later is in question until the next', () => {
  const total = new UnreadTotal(roomy)
  const { unread, pings } = unreadOf(total)
  unread.sent(3 * unreadProofBytes)
  soon()
  unread.sent(unreadProofBytes)
  expect(total.bytes).toBe(4 * unreadProofBytes)
  unread.pong(pings[0]!)
  expect(total.bytes).toBe(unreadProofBytes)
  soon()
  expect(pings).toHaveLength(2)
  unread.sent(unreadProofBytes - 1)
  unread.pong(pings[1]!)
  expect(total.bytes).toBe(0)
  soon()
  expect(pings).toHaveLength(2)
})

test('a client is pinged once at a time, however much it is sent', () => {
  const { unread, pings } = unreadOf(new UnreadTotal(roomy))
  for (let frame = 0; frame < 100; frame++) {
    unread.sent(unreadProofBytes)
    if (frame % 10 === 0) soon()
  }
  expect(pings).toHaveLength(1)
})

test('a pong of another text says nothing: not one of the native layer, nor a guess, nor one that came before', () => {
  const total = new UnreadTotal(roomy)
  const { unread, pings } = unreadOf(total)
  unread.pong('')
  unread.sent(unreadProofBytes)
  soon()
  unread.pong('')
  unread.pong(pings[0]!.replace(/./g, '0'))
  expect(total.bytes).toBe(unreadProofBytes)
  unread.pong(pings[0]!)
  unread.sent(unreadProofBytes)
  soon()
  unread.pong(pings[0]!)
  expect(total.bytes).toBe(unreadProofBytes)
})

test('who does not answer has to go where too much is in question in all; who has been sent little may stay', () => {
  const total = new UnreadTotal(8 * unreadProofBytes)
  const [silent, little, other] = [unreadOf(total), unreadOf(total), unreadOf(total)]
  for (const { unread } of [silent, little, other]) unread.sent(unreadProofBytes)
  soon()
  silent.unread.sent(unreadBehindPingMax + 1)
  expect(silent.unread.isTooMuch).toBe(false)
  other.unread.sent(5 * unreadProofBytes)
  const haveToGo = [silent, little, other].map(({ unread }) => unread.isTooMuch)
  expect(haveToGo).toEqual([true, false, true])
  other.unread.end()
  expect(silent.unread.isTooMuch).toBe(false)
})

test('where too much is in question a ping does not wait, and what stood before it is not held against its client', () => {
  const total = new UnreadTotal(4 * unreadProofBytes)
  const { unread, pings } = unreadOf(total)
  unread.sent(3 * unreadProofBytes)
  expect(pings).toHaveLength(0)
  unread.sent(2 * unreadProofBytes)
  expect(pings).toHaveLength(1)
  expect(unread.isTooMuch).toBe(false)
  unread.pong(pings[0]!)
  expect(total.bytes).toBe(0)
})

test('a socket that is gone has nothing in question and is not pinged, be a ping on its way or not', () => {
  const total = new UnreadTotal(roomy)
  const [pinged, due, few] = [unreadOf(total), unreadOf(total), unreadOf(total)]
  pinged.unread.sent(unreadProofBytes)
  soon()
  due.unread.sent(unreadProofBytes)
  few.unread.sent(100)
  for (const { unread } of [pinged, due, few]) unread.end()
  expect(total.bytes).toBe(0)
  soon()
  expect(due.pings).toHaveLength(0)
})

test('so many sockets may be told why they are closed though much waits for them, and one more a second', () => {
  const total = new UnreadTotal(roomy)
  const linger = (): number => {
    let count = 0
    while (total.mayLinger()) count++
    return count
  }
  expect(linger()).toBe(lingeringSocketsMax)
  vi.advanceTimersByTime(3_000)
  expect(linger()).toBe(3)
})

test('the bound goes by the memory that the kernel has for connections, or by that of the machine', () => {
  expect(unreadBytesOfMachine(() => '287901\t383868\t575802\n')).toBe(287_901 * 1_024)
  const elsewhere = unreadBytesOfMachine(() => {
    throw new Error('ENOENT')
  })
  expect(elsewhere).toBeGreaterThan(2 ** 20)
  expect(unreadBytesOfMachine(() => 'unlimited')).toBe(elsewhere)
})
