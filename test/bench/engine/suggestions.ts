// Suggestions of whom to follow, on one thread, from the request to the encoded answer, in a graph where few
// have very many followers.

import { MessagePackWriter } from '../../../protocol/message-pack.ts'
import { userSuggestionsHandler } from '../../../shard/operations/user-suggestions.ts'
import { randomFrom } from '../graphs.ts'
import { quantile, type Row } from '../measure.ts'
import type { Measure } from './measure.ts'
import { contextFor, World } from './world.ts'

const people = 1_000_000
const followsPerReader = 30
const requests = 2_000
const newcomers = 1_000

export const suggestions: Measure = {
  name: 'suggestions',
  about: 'whom to follow, by walks of two steps in a graph of a million',
  bytesNeeded: () => 2 ** 31,
  run: measureSuggestions,
}

function measureSuggestions(): Row[] {
  const world = new World(people)
  const { state, indexes } = world
  const random = randomFrom(61)
  for (let user = 0; user < people; user++) world.introduce(user)
  for (let reader = newcomers; reader < people; reader++) {
    for (let follow = 0; follow < followsPerReader; follow++) {
      // The most popular have the smallest numbers: one of them has 7 % of everybody.
      const followee = indexes[Math.floor(people ** random.unit())]!
      state.stageFollowing(indexes[reader]!, followee)
      state.stageFollower(followee, indexes[reader]!)
      state.users.followers.add(followee, 1)
    }
  }
  const settled = { note: `${people} users who follow ${followsPerReader} each` }
  const readers = { from: newcomers, to: people }
  return [
    ...timesOf(world, { what: 'suggestions', users: readers, ...settled }),
    ...timesOf(world, {
      what: 'suggestions for a newcomer',
      users: { from: 0, to: newcomers },
      note: 'who follows nobody',
    }),
  ]
}

function timesOf(
  world: World,
  of: { what: string; users: { from: number; to: number }; note: string },
): Row[] {
  const { what, users, note } = of
  const random = randomFrom(62)
  const writer = new MessagePackWriter(2 ** 16)
  const times: number[] = []
  for (let request = 0; request < requests; request++) {
    const context = contextFor(world, users.from + random.below(users.to - users.from))
    writer.reset()
    const startMs = performance.now()
    userSuggestionsHandler.read(world.state, context, { limit: 20 }, writer)
    times.push(performance.now() - startMs)
  }
  return [
    { what: `${what}: p99`, value: quantile(times, 0.99), unit: 'ms', goal: { atMost: 20 }, note },
    { what: `${what}: median`, value: quantile(times, 0.5), unit: 'ms' },
  ]
}
