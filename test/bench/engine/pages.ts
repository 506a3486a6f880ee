// Pages of 20 tweets a second on one thread: found in a reader's ring, and encoded with their authors,
// counts and the reader's own flags, as `timeline.home` answers.
//
// The bare loop copies as many bytes in as many pieces, from tweets and authors as random as ours, and
// looks nothing up: no page with these contents can be made faster than that.

import { MessagePackWriter } from '../../../protocol/message-pack.ts'
import { timelineHomeHandler } from '../../../shard/operations/timeline-home.ts'
import { randomFrom } from '../graphs.ts'
import type { Row } from '../measure.ts'
import { compare, type Measure, rateRow, type Sizes } from './measure.ts'
import { contextFor, World } from './world.ts'

const people = 100_000
const readers = 20_000
const followsPerReader = 200
const tweets = 400_000
const pagesPerRound = 50_000
const limit = 20
/** A page comes from the newest of what a reader may see: 800 tweets are all that they follow wrote. */
const recentTweets = (tweets * limit) / 800
/** Of the bytes of a tweet and its author. */
const tweetPart = 0.55

export const pages: Measure = {
  name: 'pages',
  about: 'pages of 20 out of a ring, encoded, one thread',
  bytesNeeded: () => 2 ** 30,
  run: measurePages,
}

function measurePages({ rounds }: Sizes): Row[] {
  const world = makeWorld()
  const { state } = world
  const random = randomFrom(42)
  const writer = new MessagePackWriter(2 ** 16)
  const contexts = Array.from({ length: readers }, (_, reader) => contextFor(world, reader))
  let bytes = 0
  const read = (): void => {
    bytes = 0
    for (let page = 0; page < pagesPerRound; page++) {
      writer.reset()
      timelineHomeHandler.read(state, contexts[random.below(readers)]!, { limit }, writer)
      bytes += writer.length
    }
  }
  read()
  const copy = bareCopies(bytes / pagesPerRound / limit)
  const compared = compare({ ours: read, bare: copy }, rounds)
  const note = `${readers} readers who follow ${followsPerReader} of ${people}, ${tweets} tweets`
  const count = pagesPerRound
  return [
    rateRow('pages', { count, spent: compared.ours, goal: { atLeast: 0.5 }, note }),
    rateRow('the bare copies', { count, spent: compared.bare, note: 'the same bytes' }),
    { what: 'ours, of the bare copies', value: compared.ratio, unit: 'times as fast' },
    { what: 'a page', value: bytes / pagesPerRound, unit: 'bytes', note: 'encoded' },
  ]
}

/** Copies for each page so many tweets of late and so many authors, each pair as long as ours. */
function bareCopies(pairBytes: number): () => void {
  const random = randomFrom(43)
  const tweetBytes = Math.round(pairBytes * tweetPart)
  const authorBytes = Math.round(pairBytes - tweetBytes)
  const bodies = Buffer.alloc(recentTweets * tweetBytes)
  const cards = Buffer.alloc(people * authorBytes)
  const target = Buffer.alloc(2 ** 16)
  return () => {
    for (let page = 0; page < pagesPerRound; page++) {
      let at = 0
      for (let piece = 0; piece < limit; piece++) {
        const body = random.below(recentTweets) * tweetBytes
        at += bodies.copy(target, at, body, body + tweetBytes)
      }
      for (let piece = 0; piece < limit; piece++) {
        const card = random.below(people) * authorBytes
        at += cards.copy(target, at, card, card + authorBytes)
      }
    }
  }
}

function makeWorld(): World {
  const world = new World(people)
  const { state, indexes } = world
  const random = randomFrom(41)
  for (let user = 0; user < people; user++) world.introduce(user)
  for (let reader = 0; reader < readers; reader++) {
    for (let follow = 0; follow < followsPerReader; follow++) {
      const followee = indexes[random.below(people)]!
      state.stageFollowing(indexes[reader]!, followee)
      state.stageFollower(followee, indexes[reader]!)
    }
  }
  for (let tweet = 0; tweet < tweets; tweet++) world.writeTweet(indexes[random.below(people)]!)
  for (let reader = 0; reader < readers; reader++) world.readHome(indexes[reader]!)
  return world
}
