// The shapes of lists (of users) and moments (of tweets).

import { ruleOf } from './credentials.ts'
import type { Value } from './fields.ts'
import { f } from './fields.ts'
import { collectionsFollowedMax, nameLengthMax } from './limits.ts'
import { checkBio, checkName } from './text/normalize.ts'

/** The title of a list or moment, as it is given. */
export const titleField = f.text({
  lengthMax: 200,
  rule: ruleOf(checkName),
  meaning: `1 to ${nameLengthMax} characters.`,
})
export const descriptionField = f.text({
  lengthMax: 1000,
  rule: ruleOf(checkBio),
  meaning: 'Weight 0 to 160.',
})
/** The same as they are kept. */
export const keptTitle = f.text({ lengthMax: 200 })
export const keptDescription = f.text({ lengthMax: 1000 })

/** What the signed-in reader has to do with it; absent for strangers and for the owner. */
const viewerField = f.optional(f.record({ following: f.boolean }))

export const listField = f.record({
  id: f.id,
  ownerId: f.userId,
  name: keptTitle,
  description: keptDescription,
  private: f.boolean,
  createdAt: f.time,
  counts: f.record({ members: f.count, followers: f.count }),
  viewer: viewerField,
})

export const momentField = f.record({
  id: f.id,
  ownerId: f.userId,
  title: keptTitle,
  description: keptDescription,
  published: f.boolean,
  coverTweetId: f.optional(f.tweetId),
  createdAt: f.time,
  counts: f.record({ tweets: f.count, followers: f.count }),
  viewer: viewerField,
})

export const listsField = f.list(listField, { countMax: collectionsFollowedMax })
export const momentsField = f.list(momentField, { countMax: collectionsFollowedMax })

export type List = Value<typeof listField>
export type Moment = Value<typeof momentField>
