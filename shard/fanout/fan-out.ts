// Fan-out: carries large deliveries (state/timelines/timelines.ts) to their end with the help of threads.
//
//   a round:  | owners from ............ to |      one tweet, rings lent
//             |  worker 1   |   worker 2    |
//             '------ all are back ---------'      rings returned: enlarge, drop, what waited
//   next round: the tweet of the next author in turn
//
// A round is short, so that whatever waits for the rings waits some milliseconds; meanwhile the shard serves
// reads and writes as ever. Those who are online are told when the tweet has come to its end.
//
// Promises: every tweet that was begun comes to its end. A task whose worker died is tried again, and in the
// end done by the shard itself; each time with a look at what is there, so no ring has a tweet twice.

import { absent } from '../state/memory/id-table.ts'
import type { ShardState } from '../state/shard-state.ts'
import { forEachOfAudience } from '../state/timelines/audience.ts'
import type { Round } from '../state/timelines/large-deliveries.ts'
import type { FanOutPool } from './pool.ts'
import type { FanOutResult, FanOutTask } from './task.ts'

/** Followers of a round for each worker: about 5 ms of work. */
export const roundFollowersPerWorker = 48 * 1_024
/** After a task has failed so often the shard does it itself. */
const attemptsMax = 3
/** Followers that the shard decodes at a time. */
const chunkFollowers = 1_024

export type FanOutPorts = {
  readonly state: ShardState
  /** How many threads there are. */
  readonly workers: number
  /** Starts them: not before the first large delivery, which most processes never see. */
  startPool(): FanOutPool
  /** A large delivery has begun. @returns what to call when it has come to its end. */
  started(): () => void
  /** A large delivery has come to its end: tell those of its followers who are online. */
  onDelivered(tweetId: number, online: readonly number[]): void
  /** A worker has died; nothing is lost by it. */
  onError(error: unknown, message: string): void
  /** What a bug in here or in `onDelivered` throws. */
  onFatal(error: Error): void
}

export class FanOut {
  /** Rounds that were carried out. */
  roundCount = 0
  readonly #ports: FanOutPorts
  /** By tweet: who was found online so far, and whom to tell of the end. */
  readonly #underWay = new Map<number, { readonly online: number[]; ended(): void }>()
  #pool: FanOutPool | undefined
  #isRunning = false
  #isClosed = false

  constructor(ports: FanOutPorts) {
    this.#ports = ports
    ports.state.timelines.onBegun = (tweetId) => {
      this.#underWay.set(tweetId, { online: [], ended: ports.started() })
      this.#wake()
    }
  }

  #wake(): void {
    if (this.#isRunning || this.#isClosed || !this.#ports.state.timelines.hasLarge) return
    this.#isRunning = true
    this.#runAll().then(
      () => {
        this.#isRunning = false
        // One may have begun in the moment between.
        this.#wake()
      },
      (error: Error) => this.#ports.onFatal(error),
    )
  }

  /** Ends after the running round. What is under way then is under way for ever: the process ends. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#pool?.close()
  }

  async #runAll(): Promise<void> {
    const { timelines } = this.#ports.state
    while (!this.#isClosed) {
      const round = timelines.nextRound((author) => this.#ownersOf(author))
      if (round === undefined) return
      await this.#run(round)
    }
  }

  /** How many owners to go through, for as many followers as a round should have. */
  #ownersOf(author: number): number {
    const { state, workers } = this.#ports
    const share = (workers * roundFollowersPerWorker) / Math.max(1, state.followers.degree(author))
    return Math.ceil(state.users.index.indexEnd * Math.min(1, share))
  }

  async #run(round: Round): Promise<void> {
    const { state, workers } = this.#ports
    const { author, repliedTo } = round.delivery
    // The workers look at these lists themselves, and see nothing that waits to be put in.
    for (const user of [author, repliedTo]) if (user !== absent) state.followers.settle(user)
    const work = Promise.all(tasksOf(round, workers).map((task) => this.#deliver(task)))
    // Meanwhile: what is buffered for the owners of the next round goes in first.
    state.timelines.settle({ from: round.to, to: 2 * round.to - round.from })
    this.#end(round, await work)
  }

  #end({ delivery }: Round, results: readonly FanOutResult[]): void {
    const { state, onDelivered } = this.#ports
    const { tweetId } = delivery
    this.roundCount++
    const { online, ended } = this.#underWay.get(tweetId)!
    for (const result of results) for (const user of result.online) online.push(user)
    const isOver = state.timelines.endRound({
      appended: results.reduce((sum, { appended }) => sum + appended, 0),
      left: results.map(({ left }) => left),
    })
    if (!isOver) return
    this.#underWay.delete(tweetId)
    onDelivered(tweetId, online)
    ended()
  }

  async #deliver(task: FanOutTask): Promise<FanOutResult> {
    let { isNewest } = task
    for (let attempt = 1; attempt <= attemptsMax && !this.#isClosed; attempt++) {
      try {
        this.#pool ??= this.#ports.startPool()
        return await this.#pool.run({ ...task, isNewest })
      } catch (error) {
        if (this.#isClosed) break
        this.#ports.onError(error, 'a fan-out worker died; its task is done again')
        // It may have come half-way.
        isNewest = false
      }
    }
    return this.#deliverHere(task)
  }

  #deliverHere(task: FanOutTask): FanOutResult {
    const { state } = this.#ports
    const chunk = new Uint32Array(chunkFollowers)
    const online: number[] = []
    const left: number[] = []
    let appended = 0
    forEachOfAudience(state.followers, { audience: task, range: task, chunk }, (count) => {
      const range = { from: 0, to: count }
      appended += state.timelines.appendInRound(chunk, range, left)
      state.online.collect(chunk, range, online)
    })
    return { appended, left, online }
  }
}

/** A round in equal parts, one for each worker. */
function tasksOf({ delivery, from, to, isNewest }: Round, count: number): FanOutTask[] {
  const { author, repliedTo, tweetId } = delivery
  const step = Math.ceil((to - from) / count)
  const starts = Array.from({ length: count }, (_, place) => from + place * step)
  return starts
    .filter((start) => start < to)
    .map((start) => {
      const end = Math.min(to, start + step)
      return { author, repliedTo, tweetId, from: start, to: end, isNewest }
    })
}
