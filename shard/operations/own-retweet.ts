// Finding a user's retweet of a tweet: there is at most one.
//
// Two lists hold it, the retweets of the original and the tweets of the user, and the shorter one is gone
// through. It is asked for when a retweet is taken back, or made a second time.

import type { TweetId } from '../../protocol/ids.ts'
import type { View } from './implement.ts'

/** @throws Error where there is none: the user's marks say whether there is */
export function findOwnRetweet(
  view: View,
  { user, original }: { readonly user: number; readonly original: number },
): TweetId {
  const { authored, retweetsOf, tweets } = view
  const isAuthorsShorter = authored.length(user) < retweetsOf.length(original)
  const [list, owner] = isAuthorsShorter ? [authored, user] : [retweetsOf, original]
  for (let place = list.length(owner) - 1; place >= 0; place--) {
    const tweet = tweets.findBody(list.at(owner, place))
    if (tweet < 0 || tweets.authorOf(tweet) !== user) continue
    if (tweets.originalOf(tweet) === original) return tweets.idOf(tweet)
  }
  throw new Error(`user ${user} has not retweeted tweet ${original}`)
}
