import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../protocol/errors.ts'
import type { UserId } from '../../../protocol/ids.ts'
import type { LineState } from '../../../server/web/wire/connection.ts'
import { Connection } from '../../../server/web/wire/connection.ts'
import {
  callsPendingMax,
  callTimeoutMs,
  reopenMsMax,
  silenceMs,
} from '../../../server/web/wire/limits.ts'
import type { SessionHolder } from '../../../server/web/wire/session-holder.ts'
import { FakeSocket } from './fake-socket.ts'

const tweetId = 1 as never

/** Makes a call whose end is not what the test is about: it fails when the line is closed. */
function callAway(connection: Connection): void {
  // Whatever becomes of it.
  connection.call('tweet.favorite', { tweetId }).catch(() => undefined)
}

function makeLine(given: { holder?: SessionHolder } = {}) {
  const sockets: FakeSocket[] = []
  const states: LineState[] = []
  const pushes: unknown[] = []
  const left = { count: 0, toAnother: 0 }
  const connection = new Connection({
    openSocket: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    onPush: (event, data) => pushes.push([event, data]),
    onState: (state) => states.push(state),
    onSignedOut: () => {
      left.count++
    },
    onOtherUser: () => {
      left.toAnother++
    },
    whoseSession: async () => given.holder ?? 'unknown',
    heartbeat: () => connection.call('user.get', { user: { handle: 'me' } }),
    random: () => 0.5,
  })
  connection.open()
  return { connection, sockets, states, pushes, left, last: () => sockets.at(-1) as FakeSocket }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('calls', () => {
  test('go out when the socket is open, and end with their answers, in whatever order', async () => {
    const { connection, last } = makeLine()
    const first = connection.call('user.get', { user: { id: 7 as UserId } })
    expect(last().sent).toEqual([])
    last().onopen?.()
    const second = connection.call('tweet.favorite', { tweetId })
    expect(last().sent).toEqual([
      [1, 'user.get', { user: 7 }],
      [2, 'tweet.favorite', { tweetId: 1 }],
    ])
    last().tell([
      [2, { favorites: 3 }],
      [1, { user: { id: 7 } }],
    ])
    expect(await second).toEqual({ favorites: 3 })
    expect(await first).toEqual({ user: { id: 7 } })
  })

  test('made while the line comes up follow those that waited, so that ids grow', () => {
    const { connection, sockets, states } = makeLine()
    callAway(connection)
    const socket = sockets[0] as FakeSocket
    const seen = states.length
    vi.spyOn(states, 'push').mockImplementation(() => {
      callAway(connection)
      return seen
    })
    socket.onopen?.()
    expect(socket.sent.map(([id]) => id)).toEqual([1, 2])
  })

  test('survive the loss of the socket: they are sent again on the next one', async () => {
    const { connection, sockets, last, states } = makeLine()
    last().onopen?.()
    const call = connection.call('tweet.favorite', { tweetId })
    last().onclose?.({ code: 1006 })
    expect(states).toEqual(['online', 'offline'])
    await vi.advanceTimersByTimeAsync(reopenMsMax)
    expect(sockets).toHaveLength(2)
    last().onopen?.()
    expect(last().sent).toEqual([[1, 'tweet.favorite', { tweetId: 1 }]])
    last().tell([1, { favorites: 1 }])
    expect(await call).toEqual({ favorites: 1 })
  })

  test('end with what the server refused, or are repeated where it says so, with a new id', async () => {
    const { connection, last } = makeLine()
    last().onopen?.()
    const refused = connection.call('tweet.favorite', { tweetId })
    last().tell([1, null, failure('not_found')])
    await expect(refused).rejects.toMatchObject({ body: { code: 'not_found' } })
    const repeated = connection.call('tweet.favorite', { tweetId })
    last().tell([2, null, failure('unavailable', { retryAfterMs: 100 })])
    await vi.advanceTimersByTimeAsync(100)
    expect(last().sent.at(-1)).toEqual([3, 'tweet.favorite', { tweetId: 1 }])
    last().tell([3, { favorites: 1 }])
    expect(await repeated).toEqual({ favorites: 1 })
  })

  test('end in time where nobody answers, and say that one is offline', async () => {
    const { connection } = makeLine()
    const call = connection.call('tweet.favorite', { tweetId })
    const ended = expect(call).rejects.toMatchObject({ body: { code: 'unavailable' } })
    await vi.advanceTimersByTimeAsync(callTimeoutMs)
    await ended
  })

  test('are bounded, and closing ends those that wait', async () => {
    const { connection, last } = makeLine()
    last().onopen?.()
    const calls = Array.from({ length: callsPendingMax + 1 }, () =>
      connection.call('tweet.favorite', { tweetId }).catch((error: Error) => error),
    )
    expect(await calls.at(-1)).toMatchObject({ body: { code: 'unavailable' } })
    connection.close()
    expect(await calls[0]).toMatchObject({ body: { code: 'unavailable' } })
    expect(last().isClosed).toBe(true)
  })
})

describe('the line', () => {
  test('hands pushes on', () => {
    const { last, pushes } = makeLine()
    last().onopen?.()
    last().tell([0, 'tweet.deleted', { tweetId: 4 }])
    expect(pushes).toEqual([['tweet.deleted', { tweetId: 4 }]])
  })

  test('comes back at once when the gateway drains, and later and later when nobody is there', async () => {
    const { sockets, last } = makeLine()
    last().onopen?.()
    last().onclose?.({ code: 4200 })
    await vi.advanceTimersByTimeAsync(400)
    expect(sockets).toHaveLength(2)
    for (let round = 0; round < 12; round++) {
      last().onclose?.({ code: 1006 })
      await vi.advanceTimersByTimeAsync(reopenMsMax)
    }
    expect(sockets).toHaveLength(14)
    last().onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(reopenMsMax / 2)
    expect(sockets).toHaveLength(14)
  })

  test('is taken for dead when a call hears nothing, though no socket says so', async () => {
    const { connection, sockets, states, last } = makeLine()
    last().onopen?.()
    callAway(connection)
    await vi.advanceTimersByTimeAsync(silenceMs)
    expect(sockets[0]?.isClosed).toBe(true)
    expect(states.at(-1)).toBe('offline')
  })

  test('stays away when it was closed for good, and says when the session is over', async () => {
    const tooMany = makeLine()
    tooMany.last().onopen?.()
    tooMany.last().onclose?.({ code: 4009 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(tooMany.sockets).toHaveLength(1)
    expect(tooMany.states.at(-1)).toBe('refused')
    const ended = makeLine()
    ended.last().onopen?.()
    ended.last().onclose?.({ code: 4010 })
    expect(ended.left.count).toBe(1)
  })

  test('asks why a socket never opened: the session may be over', async () => {
    const { last, left } = makeLine({ holder: 'nobody' })
    last().onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(0)
    expect(left).toEqual({ count: 1, toAnother: 0 })
  })

  test("says when the session is another user's, and not while it may be that of its own", async () => {
    const taken = makeLine({ holder: 'another user' })
    taken.last().onclose?.({ code: 1006 })
    await vi.advanceTimersByTimeAsync(0)
    expect(taken.left).toEqual({ count: 0, toAnother: 1 })
    for (const holder of ['this user', 'unknown'] as const) {
      const own = makeLine({ holder })
      own.last().onclose?.({ code: 1006 })
      await vi.advanceTimersByTimeAsync(0)
      expect(own.left).toEqual({ count: 0, toAnother: 0 })
    }
  })

  test('does not wait when the network says that it is back', () => {
    const { connection, sockets, last } = makeLine()
    last().onopen?.()
    connection.reopen()
    expect(sockets).toHaveLength(2)
    expect(sockets[0]?.isClosed).toBe(true)
  })
})
