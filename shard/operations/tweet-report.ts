import type { TweetId } from '../../protocol/ids.ts'
import { tweetReport } from '../../protocol/operations/tweet-report.ts'
import { findReadableOriginal } from './find.ts'
import { implementWrite } from './implement.ts'
import { keepReport } from './moderation.ts'

// What was said is kept with the report: an operator then sees it although the tweet is not for everyone, or
// gone by then.
export const tweetReportHandler = implementWrite(tweetReport, {
  claims: ({ actor }) => [`reports ${actor}`],

  decide(view, context, { tweetId, reason, text }) {
    const { actor, actorIndex } = context
    const tweet = findReadableOriginal(view, actorIndex, tweetId)
    if (typeof tweet !== 'number') return tweet
    return {
      kind: 'committed',
      event: {
        actorId: actor,
        reportId: context.newId(),
        userId: view.users.idOf(view.tweets.authorOf(tweet)),
        tweetId: view.tweets.idOf(tweet) as TweetId,
        tweetText: view.tweets.fieldOf(tweet, 'text') as string,
        reason,
        ...(text === undefined ? {} : { text }),
      },
    }
  },

  apply(state, { actorId, reportId, ...report }) {
    keepReport(state, actorId, { id: reportId, ...report })
    return 0
  },

  answer(_view, _context, _given, writer) {
    writer.map(0)
  },
})
