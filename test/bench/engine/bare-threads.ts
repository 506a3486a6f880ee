// The bare loop split over threads: the followers of one author are cut into equal parts, and every thread
// writes its own. Nobody else writes to these rings, so there is nothing to agree upon.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { bareMemory } from './bare-rings.ts'
import type { BareTask } from './bare-worker.ts'

export class BareThreads {
  readonly #workers: readonly Worker[]

  /** @param options `owners`: one past the largest of the followers */
  constructor(options: {
    readonly followers: Uint32Array
    readonly owners: number
    readonly entries: number
    readonly threads: number
  }) {
    const { owners, entries, threads } = options
    const memory = bareMemory(owners, entries)
    const followers = new Uint32Array(new SharedArrayBuffer(options.followers.byteLength))
    followers.set(options.followers)
    this.#workers = Array.from({ length: threads }, (_, thread) => {
      const from = Math.floor((followers.length * thread) / threads)
      const to = Math.floor((followers.length * (thread + 1)) / threads)
      const workerData: BareTask = { memory, followers, from, to }
      return new Worker(new URL('./bare-worker.ts', import.meta.url), { workerData })
    })
  }

  /** @returns when every thread has written the id to all of its rings */
  async deliver(id: number): Promise<void> {
    const done = this.#workers.map((worker) => once(worker, 'message'))
    for (const worker of this.#workers) worker.postMessage(id)
    await Promise.all(done)
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }
}
