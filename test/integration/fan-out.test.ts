// Fan-out with real threads: everybody has every tweet once, also where threads die.

import { describe, expect, onTestFinished, test } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import { FanOut } from '../../shard/fanout/fan-out.ts'
import type { FanOutPool } from '../../shard/fanout/pool.ts'
import { sharedMemoryOf, startFanOutPool } from '../../shard/fanout/pool.ts'
import { ShardState } from '../../shard/state/shard-state.ts'
import { eventually } from '../helpers/eventually.ts'
import { idOf } from '../unit/shard/state/seeded.ts'

const here = 1
const workers = 2
const everything = Number.MAX_SAFE_INTEGER

type Options = {
  readonly followers: number
  /** What becomes of a task before it is run. */
  readonly fate?: (pool: FanOutPool) => FanOutPool
}

/** Two authors whom everybody follows, and whom everybody has read. */
function world({ followers, fate = (pool) => pool }: Options) {
  const state = new ShardState()
  state.host(here)
  state.largeDeliveryMin = 1_000
  const users = Array.from({ length: followers + 2 }, (_, number) => {
    const id = idOf({ ms: number + 1, partition: here }) as UserId
    return { id, index: state.users.index.intern(id) }
  })
  const [ada, bob, ...readers] = users as [(typeof users)[0], (typeof users)[0], ...typeof users]
  const out = new Float64Array(100)
  const read = (user: number) => [
    ...out.subarray(0, state.readHome(user, { before: everything, limit: 100 }, out)),
  ]
  for (const reader of readers) {
    for (const author of [ada, bob]) state.follow(reader.id, author.id)
    read(reader.index)
  }
  const delivered: { tweetId: number; online: readonly number[] }[] = []
  const errors: string[] = []
  const fanOut = new FanOut({
    state,
    workers,
    startPool: () => fate(startFanOutPool(sharedMemoryOf(state), workers)),
    started: () => () => undefined,
    onDelivered: (tweetId, online) => delivered.push({ tweetId, online }),
    onError: (_error, message) => errors.push(message),
    onFatal: (error) => {
      throw error
    },
  })
  onTestFinished(() => fanOut.close())
  const tweets: number[] = []
  let ms = 1_000_000
  const post = (author: number): void => {
    const id = idOf({ ms: ms++, partition: here })
    tweets.unshift(id)
    state.authored.insert(author, id)
    state.deliver(author, id)
  }
  const done = () => eventually(() => !state.timelines.hasLarge, { withinMs: 20_000 })
  return { state, ada, bob, readers, read, post, done, tweets, delivered, errors, fanOut }
}

describe('fan-out by threads', () => {
  test('I2, I4: each follower has each tweet once, and those who are online are found', async () => {
    const { state, ada, bob, readers, read, post, done, tweets, delivered } = world({
      followers: 20_000,
    })
    const online = readers.filter((_, place) => place % 100 === 0).map(({ index }) => index)
    for (const user of online) state.online.set(user, 1)
    for (let count = 0; count < 30; count++) post(count % 3 === 0 ? bob.index : ada.index)
    // While they are on their way, every page has all of them.
    for (const { index } of readers.slice(0, 500)) expect(read(index)).toEqual(tweets)
    await done()
    for (const { index } of readers) expect(read(index)).toEqual(tweets)
    expect(delivered.map(({ tweetId }) => tweetId).sort()).toEqual([...tweets].sort())
    for (const one of delivered) expect([...one.online].sort()).toEqual([...online].sort())
    const { inline, worker } = state.timelines.deliveryCounts
    expect(worker).toBe(20_000 * 30)
    expect(inline).toBe(0)
  })

  test('I2, I4: a thread that dies half-way leaves nothing missing and nothing twice', async () => {
    let deaths = 0
    const dying = (pool: FanOutPool): FanOutPool => ({
      ...pool,
      run: async (task) => {
        if (deaths++ % 3 === 0) return await pool.run(task)
        await pool.run({ ...task, to: Math.floor((task.from + task.to) / 2) })
        throw new Error('the thread has died')
      },
    })
    const { ada, bob, readers, read, post, done, tweets, errors } = world({
      followers: 5_000,
      fate: dying,
    })
    for (let count = 0; count < 20; count++) post(count % 2 === 0 ? bob.index : ada.index)
    await done()
    for (const { index } of readers) expect(read(index)).toEqual(tweets)
    expect(errors.length).toBeGreaterThan(10)
  })

  test('where no thread can be had, the shard delivers by itself', async () => {
    const dead = (pool: FanOutPool): FanOutPool => ({
      ...pool,
      run: () => Promise.reject(new Error('there are no threads')),
    })
    const { ada, readers, read, post, done, tweets, delivered } = world({
      followers: 2_000,
      fate: dead,
    })
    post(ada.index)
    await done()
    for (const { index } of readers) expect(read(index)).toEqual(tweets)
    expect(delivered).toHaveLength(1)
  })
})
