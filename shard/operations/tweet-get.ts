import { tweetGet } from '../../protocol/operations/tweet-get.ts'
import { findReadableTweet } from './find.ts'
import { implementRead } from './implement.ts'
import { noteShown } from './present.ts'
import { writeTweetAlone } from './tweet-page.ts'
import { mayRead } from './visibility.ts'

export const tweetGetHandler = implementRead(tweetGet, {
  read(view, context, { tweetId }, writer) {
    const tweet = findReadableTweet(view, context.actorIndex, tweetId)
    if (typeof tweet !== 'number') return tweet
    const reader = context.actorIndex
    noteShown(context, writeTweetAlone(writer, view, { tweet, reader, rule: mayRead, more: 0 }))
    return undefined
  },
})
