import type { TweetId } from '../../protocol/ids.ts'
import { idMax } from '../../protocol/ids.ts'
import { ancestorsMax, pageBytesMax, pageLimitDefault } from '../../protocol/limits.ts'
import { tweetConversation } from '../../protocol/operations/tweet-conversation.ts'
import { findReadableOriginal } from './find.ts'
import type { View } from './implement.ts'
import { implementRead } from './implement.ts'
import { noteShown, pageOf, writeTweet, writeTweets } from './present.ts'
import { bytesOf, writeTweetPage } from './tweet-page.ts'
import { mayRead } from './visibility.ts'

export const tweetConversationHandler = implementRead(tweetConversation, {
  read(view, context, { tweetId, before = idMax, limit = pageLimitDefault }, writer) {
    const reader = context.actorIndex
    const tweet = findReadableOriginal(view, reader, tweetId)
    if (typeof tweet !== 'number') return tweet
    const page = pageOf(view, { before, limit, reader, rule: mayRead }, (range, out) =>
      view.repliesTo.readBefore(tweet, range, out),
    )
    const { ancestors, missing } = climb(view, { tweet, reader })
    const beside = [...ancestors, tweet]
    const more = missing === undefined ? 2 : 3
    const shown = writeTweetPage(writer, view, { page, reader, rule: mayRead, beside, more })
    writer.text('ancestors')
    writeTweets(writer, view, { tweets: ancestors, reader })
    if (missing !== undefined) {
      writer.text('missing')
      writer.integer(missing)
    }
    writer.text('tweet')
    writeTweet(writer, view, { tweet, reader })
    noteShown(context, shown)
    return undefined
  },
})

type Ancestors = {
  /** Dense indexes, the root first. */
  readonly ancestors: readonly number[]
  /** The one before them that cannot be shown. */
  readonly missing: TweetId | undefined
}

/** What lies beyond an ancestor that cannot be shown is not told: its body, which would say so, is gone. */
function climb(view: View, { tweet, reader }: { tweet: number; reader: number }): Ancestors {
  const ancestors: number[] = []
  let bytesLeft = pageBytesMax
  for (let at = tweet; ancestors.length < ancestorsMax && bytesLeft > 0; ) {
    const parentId = view.tweets.fieldOf(at, 'inReplyTo') as TweetId | undefined
    if (parentId === undefined) break
    const parent = view.tweets.find(parentId)
    if (parent < 0 || !mayRead(view, { reader, tweet: parent })) {
      return { ancestors: ancestors.reverse(), missing: parentId }
    }
    ancestors.push(parent)
    bytesLeft -= bytesOf(view, parent)
    at = parent
  }
  return { ancestors: ancestors.reverse(), missing: undefined }
}
