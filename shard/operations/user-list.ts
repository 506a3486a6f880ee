// Lists of users: the newest account first, paged by user id.
//
// The edges of one user come in the order of dense indexes, which says nothing of ids. A bounded
// heap of the page's size picks the newest ids in one pass over the edges, so a page costs the same
// wherever it starts, and does not shift while people follow and unfollow. Of very many edges only those are
// looked at that lead into blocks of dense indexes (user-index.ts) with ids that can be on the page: blocks are taken
// as people sign up, so these are few.

import { pageLimitMax } from '../../protocol/limits.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import type { View } from './implement.ts'
import { writeUsers } from './present.ts'
import { isSuspended } from './visibility.ts'

/** Writes the answer `{ users, olderCursor? }` from the edges of `node`, without accounts that are suspended. (I5) */
export function writeUserPage(
  writer: MessagePackWriter,
  view: View,
  given: {
    edges: View['followers']
    node: number
    before: number
    limit: number
  },
): void {
  const isWanted = (user: number): boolean => !isSuspended(view, user)
  const ids = newestNeighbors(view, { ...given, isWanted })
  const hasOlder = ids.length > given.limit
  const shown = hasOlder ? ids.slice(0, given.limit) : ids
  writer.map(hasOlder ? 2 : 1)
  const users = shown.map((id) => view.users.find(id)).filter((user) => user >= 0)
  writeUsers(writer, view, { users, reader: -1 })
  if (!hasOlder) return
  writer.text('olderCursor')
  writer.integer(shown[shown.length - 1]!)
}

/**
 * The newest ids among the neighbors of `node`, newest first: one more than `limit`, if there are so many.
 * @param given `isWanted`: which of them count; all, unless it is said
 */
export function newestNeighbors(
  view: View,
  given: {
    edges: View['followers']
    node: number
    before: number
    limit: number
    isWanted?: (user: number) => boolean
  },
): number[] {
  const newest: number[] = []
  const { before, limit } = given
  const look = (user: number): void => {
    const id = view.users.idOf(user)
    if (id >= before) return
    if (newest.length > limit && id < newest[0]!) return
    if (given.isWanted?.(user) === false) return
    pushSmallest(newest, id)
    if (newest.length > limit + 1) popSmallest(newest)
  }
  const { blocks } = view.users
  const isWhole = given.edges.degree(given.node) < Math.max(wholeBelow, blocks.blockCount)
  if (isWhole) given.edges.forEach(given.node, look)
  else {
    forEachInBlocks(view, given, { look, lowest: () => (newest.length > limit ? newest[0]! : 0) })
  }
  return newest.sort((left, right) => right - left)
}

/** Lists of fewer edges are gone through as a whole. */
const wholeBelow = 4_096

/** Looks at the neighbors in blocks with ids below `before` and not below `lowest`, which grows meanwhile. */
function forEachInBlocks(
  { users: { blocks } }: View,
  { edges, node, before }: { edges: View['followers']; node: number; before: number },
  { look, lowest }: { look: (user: number) => void; lowest: () => number },
): void {
  const neighbors = new Uint32Array(blocks.blockUsers)
  for (let block = blocks.blockCount - 1; block >= 0; block--) {
    if (blocks.lowestOf(block) >= before || blocks.highestOf(block) < lowest()) continue
    const from = block * blocks.blockUsers
    const count = edges.copyTo(node, { from, to: from + blocks.blockUsers }, neighbors)
    for (let place = 0; place < count; place++) look(neighbors[place]!)
  }
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
