import { failure } from '../../protocol/errors.ts'
import { momentTweetsMax } from '../../protocol/limits.ts'
import { momentAddTweet } from '../../protocol/operations/moment-add-tweet.ts'
import { claimOf, findOwnCollection, isNo } from './collection.ts'
import { writeCollectionAnswer } from './collection-page.ts'
import { findReadableOriginal } from './find.ts'
import { implementWrite } from './implement.ts'

export const momentAddTweetHandler = implementWrite(momentAddTweet, {
  claims: (_context, { momentId }) => [claimOf(momentId)],

  decide(view, { actor, actorIndex }, { momentId, tweetId, place }) {
    const moment = findOwnCollection(view, actorIndex, { kind: 'moment', id: momentId })
    if (isNo(moment)) return moment
    const tweet = findReadableOriginal(view, actorIndex, tweetId)
    if (typeof tweet !== 'number') return tweet
    const original = view.tweets.idOf(tweet)
    if (view.collections.has(moment, original)) return { kind: 'unchanged' }
    const count = moment.items.length
    if (count >= momentTweetsMax) {
      const message = `A moment has at most ${momentTweetsMax} tweets.`
      return { kind: 'failed', error: failure('too_large', { message }) }
    }
    const event = { actorId: actor, momentId, tweetId: original }
    return { kind: 'committed', event: { ...event, place: Math.min(place ?? count, count) } }
  },

  apply(state, { momentId, tweetId, place }) {
    state.collections.put(momentId, tweetId, place)
    return 0
  },

  answer(view, { actorIndex }, { params }, writer) {
    const named = { kind: 'moment', id: params.momentId } as const
    writeCollectionAnswer(writer, view, { named, reader: actorIndex })
  },
})
