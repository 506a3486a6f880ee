// Lists of users: the newest account first, paged by user id.
//
// The edges of one user come in the order of dense indexes, which says nothing of ids. A bounded
// heap of the page's size picks the newest ids in one pass over the edges, so a page costs the same
// wherever it starts, and does not shift while people follow and unfollow.

import { pageLimitMax } from '../../protocol/limits.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import type { View } from './implement.ts'
import { writeUsers } from './present.ts'

/** Writes the answer `{ users, olderCursor? }` from the edges of `node`. */
export function writeUserPage(
  writer: MessagePackWriter,
  view: View,
  given: {
    edges: { forEach(node: number, visit: (user: number) => void): void }
    node: number
    before: number
    limit: number
  },
): void {
  const ids = newestNeighbors(view, given)
  const hasOlder = ids.length > given.limit
  const shown = hasOlder ? ids.slice(0, given.limit) : ids
  writer.map(hasOlder ? 2 : 1)
  const users = shown.map((id) => view.users.find(id)).filter((user) => user >= 0)
  writeUsers(writer, view, { users, reader: -1 })
  if (!hasOlder) return
  writer.text('olderCursor')
  writer.integer(shown[shown.length - 1]!)
}

/** The newest ids among the neighbors of `node`, newest first: one more than `limit`, if there are so many. */
export function newestNeighbors(
  view: View,
  given: {
    edges: { forEach(node: number, visit: (user: number) => void): void }
    node: number
    before: number
    limit: number
  },
): number[] {
  const newest: number[] = []
  given.edges.forEach(given.node, (user) => {
    const id = view.users.idOf(user)
    if (id >= given.before) return
    if (newest.length > given.limit && id < newest[0]!) return
    pushSmallest(newest, id)
    if (newest.length > given.limit + 1) popSmallest(newest)
  })
  return newest.sort((left, right) => right - left)
}

/** Writes the answer `{ users, olderCursor? }` from the users whom the reader has marked in one way. */
export function writeMarkedUsers(
  writer: MessagePackWriter,
  view: View,
  given: { kind: string; reader: number; page: { before: number; limit: number } },
): void {
  const { reader, page } = given
  const count = view
    .marks(given.kind)
    .readBefore(reader, { before: page.before, limit: page.limit + 1 }, marked)
  const shown = [...marked.subarray(0, Math.min(count, page.limit))]
  writer.map(count > page.limit ? 2 : 1)
  const users = shown.map((id) => view.users.find(id)).filter((user) => user >= 0)
  writeUsers(writer, view, { users, reader })
  if (count <= page.limit) return
  writer.text('olderCursor')
  writer.integer(shown[shown.length - 1]!)
}

const marked = new Float64Array(pageLimitMax + 1)

/** Adds to a binary heap whose smallest number is first. */
function pushSmallest(heap: number[], value: number): void {
  let node = heap.push(value) - 1
  while (node > 0) {
    const parent = (node - 1) >> 1
    if (heap[parent]! <= value) break
    heap[node] = heap[parent]!
    node = parent
  }
  heap[node] = value
}

function popSmallest(heap: number[]): void {
  const value = heap.pop()!
  let node = 0
  while (true) {
    let child = 2 * node + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++
    if (heap[child]! >= value) break
    heap[node] = heap[child]!
    node = child
  }
  heap[node] = value
}
