// The ranked home timeline of the model: the formula of shard/operations/rank.ts, as a person would write it down.

import { timeOfId } from '../../protocol/ids.ts'
import type { Model, ModelTweet } from './model.ts'

const sixHoursMs = 6 * 60 * 60 * 1000

/** The best first; of equals, the newer one. No run has more than fits in a timeline. */
export function topHome(model: Model, reader: number): ModelTweet[] {
  const scores = new Map(model.home(reader).map((tweet) => [tweet, scoreOf(model, reader, tweet)]))
  return [...scores.keys()].sort((left, right) => scores.get(right)! - scores.get(left)!)
}

/** A doubling of what others did, or the reader, is worth six hours. */
function scoreOf(model: Model, reader: number, tweet: ModelTweet): number {
  const original = model.original(tweet)
  const { favorites, retweets, replies } = model.tweetCounts(original.id)
  const engagement = favorites + 2 * (retweets + replies)
  const affinity = Math.max(
    affinityOf(model, reader, tweet.author),
    affinityOf(model, reader, original.author),
  )
  return Math.log2((1 + engagement) * (1 + affinity)) + timeOfId(tweet.id) / sixHoursMs
}

/** What the reader did with the author's tweets, as far as it is still there. */
function affinityOf(model: Model, reader: number, author: number): number {
  if (author === reader) return 0
  const isTheirs = (tweet: ModelTweet) => model.original(tweet).author === author
  const isThere = (tweet: ModelTweet) => !model.isGone(tweet)
  const favorites = model.favorites
    .filter(([user]) => user === reader)
    .map(([, id]) => model.tweet(id)!)
    .filter((tweet) => isTheirs(tweet) && isThere(tweet))
  const own = model.tweets.filter((tweet) => tweet.author === reader && isThere(tweet))
  const passedOn = own.filter((tweet) => {
    const { inReplyTo, retweetOf } = tweet
    const other = inReplyTo ?? retweetOf
    return other !== undefined && isTheirs(model.tweet(other)!)
  })
  return favorites.length + 2 * passedOn.length
}
