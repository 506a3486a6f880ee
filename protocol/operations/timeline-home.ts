import { pageRequest, positionField, tweetPage } from '../entities.ts'
import { defineOperation } from '../operation.ts'

/**
 * The tweets of those whom the actor follows and their own, newest first: at most the newest 800. Of replies,
 * those to somebody whom the actor follows, to the actor, and of authors to themselves. A tweet that
 * several have retweeted appears once: itself if it is there, or else as the oldest of the retweets.
 */
export const timelineHome = defineOperation({
  name: 'timeline.home',
  code: 0x30,
  summary: 'Read the home timeline',
  owner: 'actor',
  access: 'user',
  request: pageRequest,
  answer: { ...tweetPage, position: positionField },
  refusals: {},
  http: { method: 'GET', path: '/v1/timelines/home' },
})
