// A fan-out worker: a thread that writes a tweet into the rings of a stretch of owners, which are lent to it
// for that time, and notes in the same pass which of them are online.
//
// It makes, enlarges and drops no ring. If it dies half-way nothing is half done: an entry counts once the
// state word of its ring says so, and the stretch is gone through again with a look at what is there.

import { workerData } from 'node:worker_threads'
import { Adjacency } from '../state/graph/adjacency.ts'
import { TimelineRings } from '../state/rings/timeline-rings.ts'
import { forEachOfAudience } from '../state/timelines/audience.ts'
import { OnlineUsers } from '../state/timelines/online-users.ts'
import { giveWay } from './give-way.ts'
import type { FanOutResult, FanOutTask, SharedMemory } from './task.ts'

/** Followers that are decoded at a time: they stay in the nearest cache until they are delivered to. */
const chunkFollowers = 1_024

giveWay()
const shared = workerData as SharedMemory
const rings = TimelineRings.attach(shared.rings)
const followers = Adjacency.attach(shared.followers)
const online = new OnlineUsers(shared.online)
const chunk = new Uint32Array(chunkFollowers)

export function deliver(task: FanOutTask): FanOutResult {
  const { tweetId, from, to, isNewest } = task
  online.refresh()
  const left: number[] = []
  const found: number[] = []
  let appended = 0
  forEachOfAudience(followers, { audience: task, range: { from, to }, chunk }, (count) => {
    const range = { from: 0, to: count }
    appended += rings.append(chunk, range, { id: tweetId, isNewest })
    for (let place = 0; place < rings.leftCount; place++) left.push(rings.left[place]!)
    online.collect(chunk, range, found)
  })
  return { appended, left, online: found }
}
