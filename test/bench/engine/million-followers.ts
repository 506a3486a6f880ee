// One tweet to a million followers, and what others notice of it. The same followers and rings are
// written by the bare loop, split over as many threads, in turns with ours.
//
// Meanwhile others post, one every few milliseconds whether or not the last is done: a post's time counts
// from when it was due, so one that had to wait for its turn is not left out. The log takes the same
// time either way and is not in it.

import { elapse } from '../../helpers/eventually.ts'
import { quantile, type Row } from '../measure.ts'
import { BareThreads } from './bare-threads.ts'
import { Carrier } from './carrier.ts'
import { makeFollowerLists } from './follower-lists.ts'
import type { Measure, Sizes } from './measure.ts'
import { World } from './world.ts'

const tweetsPerRound = 20
const postEveryMs = 2
const quietMs = 100
const postingAuthors = 1_000

export const millionFollowers: Measure = {
  name: 'million-followers',
  about: 'one tweet to all users through the workers, and posts of others meanwhile',
  bytesNeeded: ({ users, ringEntries }) => users * ringEntries * 18 + 2 ** 29,
  run: measureMillion,
}

async function measureMillion({ users, ringEntries, rounds, workers }: Sizes): Promise<Row[]> {
  const world = new World(users)
  const { state } = world
  world.fillRings(ringEntries)
  const celebrity = world.stranger()
  for (const follower of world.indexes) state.stageFollower(celebrity, follower)
  const owners = state.users.index.indexEnd
  const followers = world.indexes.toSorted()
  const bare = new BareThreads({ followers, owners, entries: ringEntries, threads: workers })
  const carrier = new Carrier({ state, workers })
  const posts = new Posts(world, carrier)
  const loop = new LoopDelay()
  const oursMs: number[] = []
  const bareMs: number[] = []
  for (let turn = 0; turn <= rounds * tweetsPerRound; turn++) {
    const bareTook = await timed(() => bare.deliver(turn + 1))
    posts.start(turn === 0 ? 'warm' : 'quiet')
    await elapse(quietMs)
    posts.start(turn === 0 ? 'warm' : 'busy')
    loop.start(turn === 0 ? 'warm' : 'busy')
    const ourTook = await timed(() => carrier.deliverToAll(celebrity, world.nextTweetId(celebrity)))
    // The posts that fell due meanwhile have their turn before the next quiet time begins.
    await elapse(postEveryMs * 2)
    loop.stop()
    posts.stop()
    if (turn === 0) continue
    oursMs.push(ourTook)
    bareMs.push(bareTook)
  }
  await carrier.close()
  await bare.close()
  const note = `${users} followers, rings of ${ringEntries}, ${workers} workers`
  return rowsOf({ oursMs, bareMs, posts, loopMs: quantile(loop.delaysMs.busy, 0.99), note })
}

function rowsOf(given: {
  readonly oursMs: readonly number[]
  readonly bareMs: readonly number[]
  readonly posts: Posts
  readonly loopMs: number
  readonly note: string
}): Row[] {
  const { oursMs, bareMs, posts, loopMs, note } = given
  const unit = 'ms'
  const quiet = quantile(posts.tookMs.quiet, 0.99)
  const more = quantile(posts.tookMs.busy, 0.99) - quiet
  const counts = `${posts.tookMs.busy.length} posts meanwhile, ${posts.tookMs.quiet.length} without; without: ${quiet.toFixed(2)} ms`
  return [
    {
      what: 'to all followers, p99',
      value: quantile(oursMs, 0.99),
      unit,
      goal: { atMost: 50 },
      note,
    },
    { what: 'to all followers, median', value: quantile(oursMs, 0.5), unit },
    { what: 'the split bare loop, median', value: quantile(bareMs, 0.5), unit },
    {
      what: 'ours, of the split bare loop',
      value: quantile(oursMs, 0.5) / quantile(bareMs, 0.5),
      unit: 'times as long',
      goal: { atMost: 2 },
    },
    { what: 'posts of others, p99 more', value: more, unit, goal: { atMost: 10 }, note: counts },
    { what: 'event loop delay, p99', value: loopMs, unit, goal: { atMost: 5 } },
  ]
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startMs = performance.now()
  await run()
  return performance.now() - startMs
}

type Phase = 'warm' | 'quiet' | 'busy'

/**
 * How late a timer of one millisecond is. Not `monitorEventLoopDelay`: what lies between two of its
 * enabled times counts as a delay there.
 */
class LoopDelay {
  readonly delaysMs: Record<Phase, number[]> = { warm: [], quiet: [], busy: [] }
  #timer: NodeJS.Timeout | undefined

  start(phase: Phase): void {
    let lastMs = performance.now()
    this.#timer = setInterval(() => {
      const nowMs = performance.now()
      this.delaysMs[phase].push(Math.max(0, nowMs - lastMs - 1))
      lastMs = nowMs
    }, 1)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

/** Posts by people with some hundred followers, one each time that one is due. */
class Posts {
  readonly tookMs: Record<Phase, number[]> = { warm: [], quiet: [], busy: [] }
  readonly #world: World
  readonly #carrier: Carrier
  readonly #authors: readonly number[]
  #phase: Phase = 'warm'
  #timer: NodeJS.Timeout | undefined
  #dueMs = 0
  #count = 0

  constructor(world: World, carrier: Carrier) {
    this.#world = world
    this.#carrier = carrier
    const { followers, starts } = makeFollowerLists(world.indexes, {
      lists: postingAuthors,
      meanLength: 400,
    })
    this.#authors = Array.from({ length: postingAuthors }, (_, list) => {
      const author = world.stranger()
      for (const follower of followers.subarray(starts[list], starts[list + 1])) {
        world.state.stageFollower(author, follower)
      }
      return author
    })
  }

  start(phase: Phase): void {
    this.#phase = phase
    if (this.#timer !== undefined) return
    this.#dueMs = performance.now() + postEveryMs
    this.#timer = setInterval(() => this.#postWhatIsDue(), postEveryMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #postWhatIsDue(): void {
    for (; this.#dueMs <= performance.now(); this.#dueMs += postEveryMs) {
      const author = this.#authors[this.#count++ % this.#authors.length]!
      // What an author is answered for: the tweet is written down and its delivery under way.
      const tweetId = this.#world.writeTweet(author)
      this.#carrier.deliver(author, tweetId)
      this.tookMs[this.#phase].push(performance.now() - this.#dueMs)
    }
  }
}
