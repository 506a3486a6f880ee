import { listField, momentField } from '../collections.ts'
import { tweetsField, userField } from '../entities.ts'
import { f } from '../fields.ts'
import {
  exportCollectionsMax,
  exportIdsMax,
  listMembersMax,
  momentTweetsMax,
  promotionsPerUserMax,
  wordMutedLengthMax,
  wordsMutedMax,
} from '../limits.ts'
import { mediumField } from '../media.ts'
import { defineOperation } from '../operation.ts'
import { promotionField } from '../promotions.ts'

/** What an export has, in this order. */
export const exportSections = [
  'account',
  'tweets',
  'following',
  'favorites',
  'bookmarks',
  'blocks',
  'mutes',
  'mutedThreads',
  'followedLists',
  'followedMoments',
  'lists',
  'moments',
  'promotions',
] as const
export type ExportSection = (typeof exportSections)[number]

const cursor = f.text({
  lengthMax: 40,
  meaning: 'The `next` of the page before.',
  rule: (text) => {
    const [section, before, ...more] = text.split(':')
    const isSection = exportSections.includes(section as ExportSection)
    const isRight = isSection && /^\d{1,16}$/.test(before ?? '') && more.length === 0
    return isRight ? text : { problem: 'must be the `next` of a page' }
  },
})

const accountField = f.record({
  user: userField,
  createdAt: f.time,
  email: f.optional(f.text({ lengthMax: 254 })),
  birthDate: f.optional(f.text({ lengthMax: 10 })),
  mutedWords: f.list(f.text({ lengthMax: wordMutedLengthMax }), { countMax: wordsMutedMax }),
  unattachedMedia: f.list(mediumField, { countMax: exportIdsMax }),
})

/**
 * All that is kept of the actor, page by page: first the account, then each kind of what they have made or marked,
 * the newest first. Follow `next` until there is none.
 */
export const accountExport = defineOperation({
  name: 'account.export',
  code: 0xce,
  summary: 'Export all data of the account',
  owner: 'actor',
  access: 'user',
  request: { cursor: f.optional(cursor) },
  answer: {
    section: f.text({
      lengthMax: 20,
      meaning: `What the page is of: ${exportSections.join(', ')}.`,
    }),
    account: f.optional(accountField),
    tweets: f.optional(tweetsField),
    ids: f.optional(
      f.list(f.id, {
        countMax: exportIdsMax,
        meaning: 'Of the tweets, users, lists or moments that the section is about.',
      }),
    ),
    lists: f.optional(
      f.list(
        f.record({ list: listField, userIds: f.list(f.userId, { countMax: listMembersMax }) }),
        {
          countMax: exportCollectionsMax,
        },
      ),
    ),
    moments: f.optional(
      f.list(
        f.record({
          moment: momentField,
          tweetIds: f.list(f.tweetId, { countMax: momentTweetsMax }),
        }),
        { countMax: exportCollectionsMax },
      ),
    ),
    promotions: f.optional(f.list(promotionField, { countMax: promotionsPerUserMax })),
    next: f.optional({ ...cursor, meaning: 'Give it as `cursor`; absent on the last page.' }),
  },
  refusals: {},
  http: { method: 'GET', path: '/v1/users/me/export' },
})
