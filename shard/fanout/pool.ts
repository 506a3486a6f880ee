// The pool of fan-out workers. The only importer of piscina.

import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { ShardState } from '../state/shard-state.ts'
import type { FanOutResult, FanOutTask, SharedMemory } from './task.ts'

/** Carries out tasks somewhere else. Rejects where a worker has died; the task may be half done then. */
export type FanOutPool = {
  run(task: FanOutTask): Promise<FanOutResult>
  close(): Promise<void>
}

/** What the workers need of a state. */
export function sharedMemoryOf({ timelines, followers, online }: ShardState): SharedMemory {
  return { rings: timelines.share(), followers: followers.share(), online: online.share() }
}

/** Starts `size` threads that stay. They wait for tasks without a turn of their event loops. */
export function startFanOutPool(memory: SharedMemory, size: number): FanOutPool {
  const pool = new Piscina<FanOutTask, FanOutResult>({
    filename: fileURLToPath(new URL('./worker.ts', import.meta.url)),
    name: 'deliver',
    workerData: memory,
    minThreads: size,
    maxThreads: size,
    env: {},
    // What the process was started with is not for threads.
    argv: [],
    execArgv: [],
    workerHistogram: false,
    recordTiming: false,
  })
  // A worker that dies outside a task is replaced; whoever waits for a task hears of it.
  pool.on('error', () => undefined)
  return { run: (task) => pool.run(task), close: () => pool.destroy() }
}
