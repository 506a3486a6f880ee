import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../protocol/errors.ts'
import { Entities } from '../../../server/web/store/entities.ts'
import { TagWatch } from '../../../server/web/store/tag-watch.ts'
import { listenAgainMs } from '../../../server/web/wire/limits.ts'
import { fakeServer, settled, tweet, user } from './people.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A reader on the page of #elms, whose stream stands at `e:1`. */
async function watching() {
  const server = fakeServer()
  const watch = new TagWatch({ call: server.call, entities: new Entities() })
  let holes = 0
  watch.connected()
  const stop = watch.watch('elms', () => holes++)
  const page = { tweets: [tweet(3)], users: [user(1)], recovered: false }
  server.next().answer({ ...page, position: 'e:1' })
  await settled()
  const push = (id: number, channel?: string) =>
    watch.pushed({ tweet: tweet(id), users: [], position: `e:${id}`, channel } as never)
  return { server, watch, push, stop, holes: () => holes }
}

describe('the page of a tag', () => {
  test('has what is new wait, newest first, and nothing of home', async () => {
    const { watch, push } = await watching()
    push(5, 'tag:elms')
    push(4, 'tag:elms')
    push(9)
    expect(watch.waiting.value).toEqual([5, 4])
    expect(watch.take()).toEqual([5, 4])
    expect(watch.waiting.value).toEqual([])
  })

  test('goes on where it stood, and is read anew where there is a hole', async () => {
    const { server, watch, push, holes } = await watching()
    push(5, 'tag:elms')
    watch.disconnected()
    watch.connected()
    const again = server.next()
    expect(again.params).toEqual({ channel: 'tag:elms', position: 'e:5' })
    again.answer({ tweets: [tweet(7)], users: [], position: 'e:7', recovered: true })
    await settled()
    expect(watch.waiting.value).toEqual([7, 5])
    watch.disconnected()
    watch.connected()
    server.next().answer({ tweets: [tweet(90)], users: [], position: 'f:1', recovered: false })
    await settled()
    expect(holes()).toBe(1)
  })

  test('asks again for a stream that nobody can serve at the moment, while it is open', async () => {
    const { server, watch, stop } = await watching()
    watch.disconnected()
    watch.connected()
    server.next().refuse(failure('unavailable'))
    await vi.advanceTimersByTimeAsync(listenAgainMs)
    server.next().answer({ tweets: [tweet(7)], users: [], position: 'e:7', recovered: true })
    await settled()
    expect(watch.waiting.value).toEqual([7])
    watch.disconnected()
    watch.connected()
    server.next().refuse(failure('unavailable'))
    stop()
    expect(server.next()).toMatchObject({ name: 'live.unsubscribe' })
    await vi.advanceTimersByTimeAsync(listenAgainMs)
    expect(server.asked).toEqual([])
  })

  test('takes nothing that was on its way for the page before it', async () => {
    const { server, watch, push, stop } = await watching()
    stop()
    server.next().answer({})
    watch.watch('oaks', () => undefined)
    const oaks = server.next()
    push(5, 'tag:elms')
    expect(watch.waiting.value).toEqual([])
    oaks.answer({ tweets: [tweet(8)], users: [], position: 'e:8', recovered: false })
    await settled()
    push(9, 'tag:oaks')
    expect(watch.waiting.value).toEqual([9])
  })

  test('ends with the page', async () => {
    const { server, watch, push, stop } = await watching()
    stop()
    expect(server.next()).toMatchObject({ name: 'live.unsubscribe' })
    push(5, 'tag:elms')
    expect(watch.waiting.value).toEqual([])
  })
})
