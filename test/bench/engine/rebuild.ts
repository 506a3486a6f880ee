// How long it takes to build a home timeline anew, for a reader who follows 200 and whose ring is gone:
// the newest 800 tweets of all of them are merged.

import { randomFrom } from '../graphs.ts'
import { quantile, type Row } from '../measure.ts'
import type { Measure, Sizes } from './measure.ts'
import { World } from './world.ts'

const followsPerReader = 200
const tweetsPerAuthor = 20
const authors = 200_000
const readers = 2_000
const rebuildsPerRound = 10_000

export const rebuild: Measure = {
  name: 'rebuild',
  about: 'building a timeline with 200 followings anew',
  bytesNeeded: () => 2 ** 30,
  run: measureRebuild,
}

function measureRebuild({ rounds }: Sizes): Row[] {
  const world = new World(authors)
  const { state, indexes } = world
  const random = randomFrom(51)
  for (let reader = 0; reader < readers; reader++) {
    for (let follow = 0; follow < followsPerReader; follow++) {
      state.stageFollowing(indexes[reader]!, indexes[random.below(authors)]!)
    }
  }
  for (let tweet = 0; tweet < authors * tweetsPerAuthor; tweet++) {
    const author = indexes[random.below(authors)]!
    state.authored.insert(author, world.nextTweetId(author))
  }
  const tookMs: number[] = []
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < rebuildsPerRound; turn++) {
      const reader = indexes[random.below(readers)]!
      state.dropTimeline(reader)
      const startMs = performance.now()
      world.readHome(reader)
      if (round > 0) tookMs.push(performance.now() - startMs)
    }
  }
  const note = `of ${authors} authors with ${tweetsPerAuthor} tweets each; with the page that is read then`
  return [
    { what: 'rebuild, median', value: quantile(tookMs, 0.5), unit: 'ms', note },
    { what: 'rebuild, p99', value: quantile(tookMs, 0.99), unit: 'ms', goal: { atMost: 5 } },
    {
      what: 'rebuild, longest',
      value: quantile(tookMs, 1),
      unit: 'ms',
      note: `${tookMs.length} in all`,
    },
  ]
}
