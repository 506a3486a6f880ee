// Removing a tweet: what a delete and an `unretweet` apply, with all that the tweet counted for elsewhere.
//
// It looks at what the author's own log has said alone, so it does the same wherever an original, or what was
// replied to, is known or not. A process that only takes over the author's own facts knows no tweets: what the
// author has marked is told by the event. Applied to a tweet that is gone it does nothing.

import type { TweetId, UserId } from '../../protocol/ids.ts'
import type { ShardState } from '../state/shard-state.ts'
import type { View } from './implement.ts'

/** Users' marks: the originals that they have retweeted. */
export const retweetMarks = 'retweets'

/** Takes a tweet from its place on the author's profile, if it is there. */
export function unpin(state: ShardState, author: number, tweetId: TweetId): void {
  if (state.users.pinnedOf(author) === tweetId) state.users.editCard(author, { pinnedTweetId: 0 })
}

/** @returns the tweet that counts one less of retweets or replies; 0 where none does */
export function removeTweet(
  state: ShardState,
  event: {
    readonly tweetId: TweetId
    readonly authorId: UserId
    readonly retweetOf?: TweetId
  },
): TweetId | 0 {
  const { tweets } = state
  const { tweetId, authorId, retweetOf } = event
  const author = state.users.index.intern(authorId)
  if (retweetOf !== undefined && state.isHosted(authorId)) {
    state.marked.remove(retweetMarks, author, retweetOf)
  }
  state.promotions.tweetLeft(authorId, tweetId)
  const tweet = tweets.findBody(tweetId)
  if (tweet < 0) return 0
  const original = tweets.originalOf(tweet)
  const countedLess = countedWith(state, tweet)
  if (original >= 0) {
    tweets.retweets.add(original, -1)
    state.retweetsOf.remove(original, tweetId)
  } else {
    state.users.tweets.add(author, -1)
    if (countedLess !== 0) {
      const parent = tweets.intern(countedLess)
      tweets.replies.add(parent, -1)
      state.repliesTo.remove(parent, tweetId)
    }
  }
  tweets.delete(tweetId)
  state.profileTabs.remove(author, tweetId)
  unpin(state, author, tweetId)
  state.index.tweetLeft(tweetId)
  state.places.remove(tweetId)
  return countedLess
}

/** Which tweet counts this one, whose body is here, among its retweets or replies; 0 where none does. */
export function countedWith({ tweets }: Pick<View, 'tweets'>, tweet: number): TweetId | 0 {
  const original = tweets.originalOf(tweet)
  if (original >= 0) return tweets.idOf(original)
  return (tweets.fieldOf(tweet, 'inReplyTo') as TweetId | undefined) ?? 0
}
