// Follows a second on one thread, in random order: through `ShardState.follow`, which keeps both directions
// and the counts of both, and the same edges into one direction alone.

import { Adjacency } from '../../../shard/state/graph/adjacency.ts'
import { randomFrom } from '../graphs.ts'
import type { Row } from '../measure.ts'
import { type Measure, medianOf, rateRow, type Sizes, type Spent, spent } from './measure.ts'
import { userIdOf, World } from './world.ts'

const users = 100_000
const followsPerRound = 2_000_000

export const follows: Measure = {
  name: 'follows',
  about: 'follows in random order, one thread',
  bytesNeeded: () => 2 ** 30,
  run: measureFollows,
}

function measureFollows({ rounds }: Sizes): Row[] {
  const random = randomFrom(31)
  const { state } = new World(users)
  const graph = new Adjacency()
  const ids = Array.from({ length: users }, (_, user) => userIdOf(user))
  const both: Spent[] = []
  const one: Spent[] = []
  // Lists are longer in each round: from 20 follows a user to more than 100, as they are in service.
  for (let round = 0; round <= rounds; round++) {
    const ends = Uint32Array.from({ length: followsPerRound * 2 }, () => random.below(users))
    both.push(
      spent(() => {
        for (let at = 0; at < ends.length; at += 2)
          state.follow(ids[ends[at]!]!, ids[ends[at + 1]!]!)
      }),
    )
    one.push(
      spent(() => {
        for (let at = 0; at < ends.length; at += 2) graph.add(ends[at]!, ends[at + 1]!)
      }),
    )
  }
  const count = followsPerRound
  const note = `${users} users, up to ${Math.round(graph.edgeCount / users)} follows each; both directions and the counts`
  return [
    rateRow('follows', { count, spent: medianOf(both.slice(1)), goal: { atLeast: 1 }, note }),
    rateRow('edges into one direction', { count, spent: medianOf(one.slice(1)) }),
  ]
}
