// Deliveries a second on one thread: tweets of authors with 400 followers on average, into the home
// timelines of a million users, through `ShardState.deliver`, which is what a shard does with a tweet.

import type { Row } from '../measure.ts'
import { BareRings, bareMemory } from './bare-rings.ts'
import { type FollowerLists, makeFollowerLists } from './follower-lists.ts'
import { compare, type Measure, rateRow, type Sizes } from './measure.ts'
import { World } from './world.ts'

const lists = 10_000
const meanLength = 400
const everybody = { from: 0, to: Number.POSITIVE_INFINITY }

export const deliveries: Measure = {
  name: 'deliveries',
  about: 'tweets into home timelines, one thread, beside a bare loop',
  bytesNeeded: ({ users, ringEntries }) => users * ringEntries * 18 + 2 ** 29,
  run: measureDeliveries,
}

function measureDeliveries({ users, ringEntries, rounds }: Sizes): Row[] {
  const world = new World(users)
  const { state } = world
  world.fillRings(ringEntries)
  const followerLists = makeFollowerLists(world.indexes, { lists, meanLength })
  const authors = authorsOf(world, followerLists)
  const { indexEnd } = state.users.index
  const bare = new BareRings(bareMemory(indexEnd, ringEntries))
  const { followers, starts } = followerLists
  const deliveryCount = (): number => state.timelines.deliveryCounts.inline
  const before = deliveryCount()
  const compared = compare(
    {
      ours: () => {
        for (const author of authors) state.deliver(author, world.nextTweetId(author))
        let isSettled = false
        while (!isSettled) isSettled = state.timelines.settle(everybody)
      },
      bare: (round) => {
        for (let list = 0; list < lists; list++) {
          const range = { from: starts[list]!, to: starts[list + 1]! }
          bare.deliver(followers, range, round * lists + list)
        }
      },
    },
    rounds,
  )
  const count = followers.length
  const delivered = (deliveryCount() - before) / (rounds + 1)
  if (delivered < count) throw new Error(`${count - delivered} deliveries of a round are missing`)
  const note = `${users} users with rings of ${ringEntries}, ${lists} authors with ${Math.round(count / lists)} followers on average`
  return [
    rateRow('deliveries', { count, spent: compared.ours, goal: { atLeast: 15 }, note }),
    rateRow('the bare loop', { count, spent: compared.bare, note: 'the same lists and rings' }),
    {
      what: 'ours, of the bare loop',
      value: compared.ratio,
      unit: 'times as fast',
      goal: { atLeast: 0.5 },
      note: `median of ${rounds} rounds that took turns`,
    },
  ]
}

/** Authors without rings of their own, each followed by one of the lists. */
function authorsOf(world: World, { followers, starts }: FollowerLists): Uint32Array {
  const authors = new Uint32Array(lists)
  for (let list = 0; list < lists; list++) {
    const author = world.stranger()
    authors[list] = author
    for (let at = starts[list]!; at < starts[list + 1]!; at++) {
      world.state.stageFollower(author, followers[at]!)
    }
  }
  return authors
}
