import { tweetGet } from '../../protocol/operations/tweet-get.ts'
import { findTweet } from './find.ts'
import { implementRead } from './implement.ts'
import { noteShown, writeTweet, writeUsers } from './present.ts'

export const tweetGetHandler = implementRead(tweetGet, {
  read(view, context, { tweetId }, writer) {
    const tweet = findTweet(view, tweetId)
    if (typeof tweet !== 'number') return tweet
    const reader = context.actorIndex
    writer.map(2)
    writer.text('tweet')
    writeTweet(writer, view, { tweet, reader })
    writeUsers(writer, view, { users: [view.tweets.authorOf(tweet)], reader })
    noteShown(context, [tweet])
    return undefined
  },
})
