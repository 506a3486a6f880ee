import { pageRequest, tweetField, tweetPage } from '../entities.ts'
import { f } from '../fields.ts'
import { defineOperation } from '../operation.ts'

/** What of a user's tweets a page is made of. */
export const profileTabs = ['tweets', 'replies', 'media'] as const
export type ProfileTab = (typeof profileTabs)[number]

const tab = f.text({
  lengthMax: 16,
  meaning:
    '`tweets`: all of them, replies and retweets included, unless said otherwise; `replies`: only the replies; `media`: only tweets with photos or a video.',
  rule: (text) =>
    profileTabs.includes(text as ProfileTab)
      ? text
      : { problem: `must be one of ${profileTabs.join(', ')}` },
})

/**
 * A user's own tweets, newest first. Their favorites are other people's tweets, which are known where the user
 * is hosted and nowhere else: so that tab is an operation of its own, `favorites.list`.
 */
export const timelineUser = defineOperation({
  name: 'timeline.user',
  code: 0x31,
  summary: "Read a user's tweets",
  owner: { readerOr: 'userId' },
  access: 'anyone',
  request: { userId: f.userId, tab: f.optional(tab), ...pageRequest },
  answer: {
    ...tweetPage,
    pinned: f.optional({
      ...tweetField,
      meaning: 'The tweet that the user has pinned: on the first page of `tweets`.',
    }),
  },
  refusals: {},
  http: { method: 'GET', path: '/v1/users/{userId}/tweets' },
})
