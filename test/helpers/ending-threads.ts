// Ends fan-out threads while they work. It is loaded in front of a program that runs as it is, with the pool and the
// worker that everybody has; in a process that is no shard it does nothing.
//
//   NODE_OPTIONS="--import $PWD/test/helpers/ending-threads.ts" npm run load -- seed --celebrity 100000
//
// In about every third task the thread is ended, after a part, drawn at random, of the time that such a task takes:
// wherever it happens to be. A thread that is still coming up is let be, so that the tasks come to their ends. On a
// busy machine it may never have begun by then, as these threads give way to others; so now and then a thread also ends
// itself (ending-worker.ts). What came of it is told on stderr (thread-ends.ts).

import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { isMainThread } from 'node:worker_threads'
import type { Timelines } from '../../shard/state/timelines/timelines.ts'
import { threadEndsLine } from './thread-ends.ts'

const endingWorker = fileURLToPath(new URL('./ending-worker.ts', import.meta.url))
/** The share of tasks in which a thread is ended. */
const endedShare = 1 / 3
/** What a task is taken to need before one has come to its end, in milliseconds. */
const taskMsAtFirst = 2

type PoolOfThreads = { readonly threads: readonly Worker[] }
type Run = (this: PoolOfThreads, ...given: unknown[]) => Promise<unknown>

const ends = { ended: 0, tasksLost: 0, ringsServedBefore: 0 }

if (isMainThread && process.argv[1]?.endsWith('shard/main.ts') === true) {
  const { Piscina } = await import('piscina')
  const { Timelines } = await import('../../shard/state/timelines/timelines.ts')
  const pools = Piscina.prototype as unknown as { run: Run }
  pools.run = endingThreads(pools.run)
  countServedBefore(Timelines.prototype)
}

function tell(): void {
  process.stderr.write(threadEndsLine(process.pid, ends))
}

function endingThreads(run: Run): Run {
  /** Threads that have been seen to work. */
  const seen = new WeakSet<Worker>()
  let taskMs = taskMsAtFirst
  return function (this: PoolOfThreads, task) {
    const startedAtMs = performance.now()
    const thread = this.threads[Math.floor(Math.random() * this.threads.length)]
    const running = run.call(this, task, { filename: endingWorker })
    const isUp = thread !== undefined && seen.has(thread)
    if (isUp && Math.random() < endedShare) {
      endAt(thread, startedAtMs + Math.random() * taskMs)
    }
    running.then(
      () => {
        if (isUp) taskMs = (taskMs + performance.now() - startedAtMs) / 2
        for (const one of this.threads) seen.add(one)
      },
      () => {
        ends.tasksLost++
        tell()
      },
    )
    return running
  }
}

/** A timer counts whole milliseconds, in which a task may be over. */
function endAt(thread: Worker, atMs: number): void {
  if (performance.now() < atMs) {
    setImmediate(() => endAt(thread, atMs))
    return
  }
  thread.once('exit', () => {
    ends.ended++
    tell()
  })
  void thread.terminate()
}

/** What was neither appended nor inserted at the end of a round was there before it. */
function countServedBefore(timelines: Timelines): void {
  const endRound = timelines.endRound
  timelines.endRound = function (this: Timelines, done) {
    const before = this.deliveryCounts.worker
    const left = done.left.map((owners) => [...owners])
    const isOver = endRound.call(this, { ...done, left })
    const reached = left.reduce((sum, owners) => sum + owners.length, done.appended)
    const served = reached - (this.deliveryCounts.worker - before)
    if (served > 0) {
      ends.ringsServedBefore += served
      tell()
    }
    return isOver
  }
}
