import { f } from '../fields.ts'
import { erasedAtOnceMax } from '../limits.ts'
import { defineOperation } from '../operation.ts'

const ids = f.list(f.id, { countMax: erasedAtOnceMax })

/**
 * Erases some of what is left of an account that was deleted, the newest first; again and again, until there is
 * nothing. A shard asks itself for it.
 */
export const accountErase = defineOperation({
  name: 'account.erase',
  code: 0xcd,
  summary: 'Erase a part of a deleted account',
  owner: { subject: 'userId' },
  access: 'operator',
  request: {
    userId: f.userId,
    isFirst: {
      ...f.boolean,
      meaning: 'Whether it is behind all that was decided before the account was deleted.',
    },
  },
  answer: { changed: f.boolean },
  event: {
    userId: f.userId,
    tweetIds: f.list(f.tweetId, { countMax: erasedAtOnceMax }),
    followeeIds: f.list(f.userId, { countMax: erasedAtOnceMax }),
    askedIds: f.list(f.userId, { countMax: erasedAtOnceMax }),
    collectionIds: ids,
    marks: f.list(f.record({ kind: f.text({ lengthMax: 32 }), ids }), {
      countMax: erasedAtOnceMax,
      meaning: 'Of each kind of marks, some.',
    }),
    /** What the tweets replied to or retweeted: its counts change where they are shown. */
    countedLessIds: f.optional(f.list(f.tweetId, { countMax: erasedAtOnceMax })),
  },
  refusals: {},
})
