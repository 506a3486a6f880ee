// One thread of the split bare loop: writes an id to the rings of its part of the followers, whenever it
// is told one, and says when it is done.

import { parentPort, workerData } from 'node:worker_threads'
import { type BareMemory, BareRings } from './bare-rings.ts'

/** What a thread is given: the followers of all, and which of them are its own. */
export type BareTask = {
  readonly memory: BareMemory
  readonly followers: Uint32Array
  readonly from: number
  readonly to: number
}

const { memory, followers, from, to } = workerData as BareTask
const rings = new BareRings(memory)
parentPort?.on('message', (id: number) => {
  rings.deliver(followers, { from, to }, id)
  parentPort?.postMessage(id)
})
