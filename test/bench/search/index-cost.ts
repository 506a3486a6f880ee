// What the index costs: memory for each tweet and person, and the time of a tweet that comes.

import { extractEntities } from '../../../protocol/text/entities.ts'
import { spent } from '../engine/measure.ts'
import type { Row } from '../measure.ts'
import { type Corpus, textOf } from './corpus.ts'

/** Tweets that come while everything is there. */
const comingTweets = 50_000
/** Nobody is to wait longer than this for a step of filling. */
const stepGoalMs = 5

/** Fills the index as after a start, and then lets tweets come. */
export function indexCost(corpus: Corpus): Row[] {
  const { index } = corpus.world.state
  const { tweets, people } = corpus.size
  const { meanUs, longestMs, p99Ms } = fill(corpus)
  const coming = come(corpus)
  return [
    {
      what: 'a tweet in the index',
      value: index.tweets.bytes / index.tweets.count,
      unit: 'bytes',
      goal: { atMost: 160 },
      note: `${tweets} tweets of ${people} people, one in ten of 120 Japanese letters`,
    },
    { what: 'a person in the index', value: index.people.bytes / people, unit: 'bytes' },
    { what: 'a tweet that comes, without the index', value: coming.offUs, unit: 'us' },
    {
      what: 'a tweet that comes: more, for the index',
      value: coming.onUs,
      unit: 'us',
      goal: { atMost: 50 },
      note: 'processor time, what is counted for trends included',
    },
    { what: 'a tweet that is filled in after a start', value: meanUs, unit: 'us' },
    {
      what: 'a step of filling, 99 of 100',
      value: p99Ms,
      unit: 'ms',
      goal: { atMost: stepGoalMs },
      note: `longest ${longestMs.toFixed(1)}, by the clock`,
    },
  ]
}

function fill({ world, size }: Corpus): { meanUs: number; longestMs: number; p99Ms: number } {
  const steps: number[] = []
  world.state.index.switchOn()
  const all = spent(() => {
    let beforeMs = performance.now()
    for (const _step of world.state.index.fill(() => true)) {
      const nowMs = performance.now()
      steps.push(nowMs - beforeMs)
      beforeMs = nowMs
    }
  })
  steps.sort((one, other) => one - other)
  const meanUs = (all.processorMs * 1_000) / size.tweets
  return { meanUs, longestMs: steps.at(-1)!, p99Ms: steps[Math.floor(steps.length * 0.99)]! }
}

/** Microseconds of a tweet that is written down, and what indexing it takes more. */
function come({ world, size, random }: Corpus): { offUs: number; onUs: number } {
  const texts = Array.from({ length: comingTweets }, (_, place) => textOf(random, place))
  const entities = texts.map((text) => extractEntities(text))
  const author = (place: number) => world.indexes[place % size.people]!
  const ids: number[] = []
  const off = spent(() => {
    for (const [place, text] of texts.entries()) {
      ids.push(world.writeTweet(author(place), { text, entities: entities[place]! }))
    }
  })
  const on = spent(() => {
    for (const [place, text] of texts.entries()) {
      const tweet = { id: ids[place]!, author: author(place), isPublic: true }
      world.state.index.tweetArrived(tweet, { text, entities: entities[place]! })
    }
  })
  const each = 1_000 / comingTweets
  return { offUs: off.processorMs * each, onUs: on.processorMs * each }
}
