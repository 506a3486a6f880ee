// Whom to follow, and what is talked about, in a graph of real people: everybody of it asks.

import { createReadStream } from 'node:fs'
import { readGraph } from '../../../loadtest/people/population.ts'
import { idEpochMs } from '../../../protocol/ids.ts'
import { extractEntities } from '../../../protocol/text/entities.ts'
import { trendsListHandler } from '../../../shard/operations/trends-list.ts'
import { userSuggestionsHandler } from '../../../shard/operations/user-suggestions.ts'
import { contextFor, tweetsFromMs, World } from '../engine/world.ts'
import { randomFrom } from '../graphs.ts'
import type { Row } from '../measure.ts'
import { textOf } from './corpus.ts'
import { type Request, rowsOf, timesOf } from './times.ts'

const goals = { p99MsMax: 20, longestMsMax: 5 }
const tweets = 50_000
/** A day and a bit, so that it is known what is usual. */
const spanMs = 30 * 60 * 60 * 1_000
/** Topics of the last hour, each of which several people write about. */
const topics = 100

/** @param path an edge list whose lines go both ways */
export async function graphRows(path: string): Promise<Row[]> {
  const graph = await readGraph(createReadStream(path), { isDirected: false })
  const people = graph.labels.length
  const world = new World(people)
  const { state, indexes } = world
  state.index.switchOn()
  for (let user = 0; user < people; user++) world.introduce(user)
  for (const [edge, from] of graph.from.entries()) {
    const [follower, followee] = [indexes[from]!, indexes[graph.to[edge]!]!]
    state.stageFollowing(follower, followee)
    state.stageFollower(followee, follower)
    state.users.followers.add(followee, 1)
  }
  talk(world, people)
  const nowMs = idEpochMs + tweetsFromMs + spanMs
  const everybody = Array.from({ length: people }, (_, user) => contextFor(world, user))
  const suggestions = everybody.map(
    (context): Request =>
      (writer) => {
        userSuggestionsHandler.read(state, context, { limit: 20 }, writer)
      },
  )
  const trends = everybody.map(
    (context): Request =>
      (writer) => {
        trendsListHandler.read(state, { ...context, nowMs }, {}, writer)
      },
  )
  const [first, ...more] = rowsOf('suggestions', timesOf(suggestions), goals)
  const size = `${people} people, ${graph.from.length} follows`
  return [
    { ...first!, note: `${size}; ${first!.note}` },
    ...more,
    ...rowsOf('trends', timesOf(trends), goals),
  ]
}

/** People talk for some thirty hours; in the last of them there is more to talk about. */
function talk(world: World, people: number): void {
  const random = randomFrom(71)
  const { state, indexes } = world
  world.tweetEveryMs = Math.floor(spanMs / tweets)
  for (let tweet = 0; tweet < tweets; tweet++) {
    const isLate = tweet > tweets * 0.97
    const more = isLate ? ` #topic${random.below(topics)} breaking news${random.below(topics)}` : ''
    const text = textOf(random, tweet) + more
    const author = indexes[random.below(people)]!
    const content = { text, entities: extractEntities(text) }
    const id = world.writeTweet(author, content)
    state.index.tweetArrived({ id, author, isPublic: true }, content)
  }
}
