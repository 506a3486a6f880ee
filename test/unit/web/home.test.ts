import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../protocol/errors.ts'
import type { TweetId } from '../../../protocol/ids.ts'
import { Entities } from '../../../server/web/store/entities.ts'
import { Home } from '../../../server/web/store/home.ts'
import { Promotions } from '../../../server/web/store/promotions.ts'
import { listenAgainMs, waitingMax } from '../../../server/web/wire/limits.ts'
import { fakeServer, settled, tweet, user } from './people.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const users = [user(1)]

/** A reader who sees the tweets 5 to 3, and whose stream stands at `e:5`. */
async function reading() {
  const server = fakeServer()
  const entities = new Entities()
  const home = new Home({
    call: server.call,
    entities,
    promotions: new Promotions({ call: server.call, entities }),
  })
  void home.connected()
  const tweets = [tweet(5), tweet(4), tweet(3)]
  server.next().answer({ tweets, users, olderCursor: 3, position: 'e:5' })
  await settled()
  const subscribe = server.next()
  expect(subscribe).toMatchObject({ name: 'live.subscribe', params: { position: 'e:5' } })
  subscribe.answer({ position: 'e:5', recovered: true, tweets: [], users: [] })
  await settled()
  const push = (id: number) =>
    home.pushed({ tweet: tweet(id), users, position: `e:${id}` } as never)
  return { home, server, entities, push, state: () => home.state.value }
}

describe('what is new', () => {
  test('waits until the reader asks for it, once each, newest first', async () => {
    const { home, push, state } = await reading()
    push(6)
    push(8)
    push(7)
    push(7)
    push(4)
    expect(state().shown).toEqual([5, 4, 3])
    expect(state().waiting).toEqual([8, 7, 6])
    home.showWaiting()
    expect(state().shown).toEqual([8, 7, 6, 5, 4, 3])
    expect(state().waiting).toEqual([])
  })

  test('is shown at once where it is one’s own, and is not announced any more', async () => {
    const { home, entities, push, state } = await reading()
    entities.learnTweet(tweet(7))
    home.posted(7 as TweetId)
    push(7)
    push(6)
    expect(state().shown).toEqual([7, 5, 4, 3])
    expect(state().waiting).toEqual([6])
  })

  test('and one’s own stays on top where a whole page takes the place of the list', async () => {
    const { home, server, entities, push, state } = await reading()
    void home.connected()
    const tweets = [tweet(90), tweet(89)]
    server.next().answer({ position: 'f:1', recovered: false, tweets, users })
    await settled()
    entities.learnTweet(tweet(91))
    home.posted(91 as TweetId)
    push(91)
    push(92)
    home.showWaiting()
    expect(state()).toMatchObject({ shown: [92, 91, 90, 89], waiting: [], olderCursor: 89 })
  })

  test('and one’s own stays at its place where very much waits', async () => {
    const { home, entities, push, state } = await reading()
    for (let id = 10; id < 20; id++) push(id)
    entities.learnTweet(tweet(20))
    home.posted(20 as TweetId)
    for (let id = 21; id < 15 + waitingMax; id++) push(id)
    home.showWaiting()
    const all = Array.from({ length: waitingMax }, (_, place) => 14 + waitingMax - place)
    expect(state().shown).toEqual(all)
  })

  test('of a hashtag is not for the home timeline', async () => {
    const { home, state } = await reading()
    home.pushed({ tweet: tweet(6), users, position: 'e:6', channel: 'tag:rooks' } as never)
    expect(state().waiting).toEqual([])
  })

  test('and then deleted waits no longer, and leaves the list', async () => {
    const { home, push, state } = await reading()
    push(6)
    home.removed(6 as TweetId)
    home.removed(4 as TweetId)
    expect(state().waiting).toEqual([])
    expect(state().shown).toEqual([5, 3])
  })
})

describe('after the line was gone', () => {
  test('what was missed waits, and the list stays as it was', async () => {
    const { home, server, push, state } = await reading()
    push(6)
    home.disconnected()
    expect(home.isLive.value).toBe(false)
    void home.connected()
    const subscribe = server.next()
    expect(subscribe.params).toEqual({ channel: 'home', position: 'e:6' })
    subscribe.answer({ position: 'e:9', recovered: true, tweets: [tweet(9), tweet(8)], users })
    await settled()
    expect(home.isLive.value).toBe(true)
    expect(state()).toMatchObject({ shown: [5, 4, 3], waiting: [9, 8, 6], isReplacing: false })
  })

  test('a page that does not reach what is shown takes its place when the reader asks: no silent hole', async () => {
    const { home, server, state } = await reading()
    void home.connected()
    const tweets = [tweet(90), tweet(89)]
    server.next().answer({ position: 'f:1', recovered: false, tweets, users })
    await settled()
    expect(state().shown).toEqual([5, 4, 3])
    home.showWaiting()
    expect(state()).toMatchObject({ shown: [90, 89], olderCursor: 89, isReplacing: false })
  })

  test('a page that does reach it is like what was missed', async () => {
    const { home, server, state } = await reading()
    void home.connected()
    const tweets = [tweet(7), tweet(6), tweet(5)]
    server.next().answer({ position: 'f:1', recovered: false, tweets, users })
    await settled()
    expect(state()).toMatchObject({ waiting: [7, 6], isReplacing: false })
  })

  test('one’s own tweet, posted before the stream went on, closes no hole', async () => {
    const { home, server, entities, state } = await reading()
    home.disconnected()
    void home.connected()
    entities.learnTweet(tweet(91))
    home.posted(91 as TweetId)
    const tweets = [tweet(91), tweet(90), tweet(89)]
    server.next().answer({ position: 'f:1', recovered: false, tweets, users })
    await settled()
    expect(state()).toMatchObject({ shown: [91, 5, 4, 3], isReplacing: true })
    home.showWaiting()
    expect(state()).toMatchObject({ shown: [91, 90, 89], olderCursor: 89 })
  })

  test('a stream that nobody can serve at the moment is asked for until somebody does', async () => {
    const { home, server, state } = await reading()
    home.disconnected()
    void home.connected()
    server.next().refuse(failure('unavailable'))
    await vi.advanceTimersByTimeAsync(listenAgainMs)
    server.next().refuse(failure('timeout'))
    await vi.advanceTimersByTimeAsync(listenAgainMs)
    server.next().answer({ position: 'e:6', recovered: true, tweets: [tweet(6)], users })
    await settled()
    expect(home.isLive.value).toBe(true)
    expect(state()).toMatchObject({ waiting: [6] })
    home.disconnected()
    void home.connected()
    server.next().refuse(failure('unavailable'))
    home.disconnected()
    await vi.advanceTimersByTimeAsync(listenAgainMs)
    expect(server.asked).toEqual([])
  })

  test('what was deleted meanwhile goes, and an answer of an earlier line counts no more', async () => {
    const { home, server, entities, state } = await reading()
    void home.connected()
    const stale = server.next()
    home.disconnected()
    void home.connected()
    stale.answer({ position: 'e:6', recovered: true, tweets: [tweet(6)], users })
    const answer = { position: 'e:7', recovered: true, tweets: [], users: [] }
    server.next().answer({ ...answer, deletedTweetIds: [4] })
    await settled()
    expect(state()).toMatchObject({ shown: [5, 3], waiting: [] })
    expect(entities.tweet(4 as TweetId)).toBeUndefined()
  })
})

test('very much that waits becomes a new page', async () => {
  const { home, push, state } = await reading()
  for (let id = 10; id < 10 + waitingMax + 5; id++) push(id)
  expect(state().waiting).toHaveLength(waitingMax)
  home.showWaiting()
  expect(state().shown).toHaveLength(waitingMax)
  expect(state().olderCursor).toBe(state().shown.at(-1))
})

test('older pages follow below, and one that fails can be asked for again', async () => {
  const { home, server, state } = await reading()
  void home.loadOlder()
  void home.loadOlder()
  expect(server.asked).toHaveLength(1)
  server.next().refuse(failure('unavailable'))
  await settled()
  expect(state().error?.code).toBe('unavailable')
  void home.loadOlder()
  server.next().answer({ tweets: [tweet(3), tweet(2)], users, position: 'e:5' })
  await settled()
  expect(state()).toMatchObject({ shown: [5, 4, 3, 2], olderCursor: undefined, error: undefined })
})
