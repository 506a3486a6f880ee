import { olderCursor, pageRequest, positionField, tweetsField, usersField } from '../entities.ts'
import { defineOperation } from '../operation.ts'

/** The tweets of those whom the actor follows and their own, newest first: at most the newest 800. */
export const timelineHome = defineOperation({
  name: 'timeline.home',
  code: 0x30,
  summary: 'Read the home timeline',
  owner: 'actor',
  access: 'user',
  request: pageRequest,
  answer: {
    tweets: tweetsField,
    users: usersField,
    olderCursor,
    position: positionField,
  },
  refusals: {},
  http: { method: 'GET', path: '/v1/timelines/home' },
})
