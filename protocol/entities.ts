// The shapes that many operations share: a tweet, a user, a page.

import type { Value } from './fields.ts'
import { f } from './fields.ts'
import { pageLimitMax, timelineLengthMax, websiteLengthMax, wordMutedLengthMax } from './limits.ts'
import { mediaField } from './media.ts'
import { foldWord } from './text/fold-word.ts'
import { checkName } from './text/normalize.ts'

const codePoint = f.integer({ min: 0, max: 4096 })

export const mentionField = f.record({
  handle: f.text({ lengthMax: 15 }),
  userId: f.optional(f.userId),
  start: codePoint,
  end: codePoint,
})
export const hashtagField = f.record({
  tag: f.text({ lengthMax: 280 }),
  start: codePoint,
  end: codePoint,
})
export const urlField = f.record({
  url: f.text({ lengthMax: 4096 }),
  start: codePoint,
  end: codePoint,
})

/** Offsets count Unicode code points; `start` is inclusive, `end` is not. */
export const entitiesField = f.record({
  mentions: f.list(mentionField, { countMax: 140 }),
  hashtags: f.list(hashtagField, { countMax: 140 }),
  urls: f.list(urlField, { countMax: 140 }),
})

export const locationField = f.record({
  latitude: f.number({ min: -90, max: 90 }),
  longitude: f.number({ min: -180, max: 180 }),
})

export const tweetCountsField = f.record({
  favorites: f.count,
  retweets: f.count,
  replies: f.count,
})

/** What the signed-in reader has to do with the tweet; absent in pushes and for strangers. */
export const tweetViewerField = f.record({
  favorited: f.boolean,
  retweeted: f.boolean,
  bookmarked: f.boolean,
})

export const mutedWordField = f.text({
  lengthMax: wordMutedLengthMax,
  meaning: 'A word, a hashtag or several words in a row, without regard to case.',
  rule: (text) => {
    const checked = checkName(text, wordMutedLengthMax)
    const word = checked.ok ? foldWord(checked.text) : ''
    return word === '' ? { problem: 'must have something to see' } : word
  },
})

/** Who may see a tweet, from most to fewest. */
export const visibilities = ['everyone', 'followers', 'mentioned'] as const
export type Visibility = (typeof visibilities)[number]

export const visibilityField = f.text({
  lengthMax: 16,
  meaning:
    '`everyone` unless said otherwise; `followers`: only those who follow the author; `mentioned`: only those whom the text mentions.',
  rule: (text) =>
    visibilities.includes(text as Visibility)
      ? text
      : { problem: `must be one of ${visibilities.join(', ')}` },
})

export const tweetField = f.record({
  id: f.tweetId,
  authorId: f.userId,
  text: f.text({ lengthMax: 4096 }),
  createdAt: f.time,
  inReplyTo: f.optional(f.tweetId),
  quoteOf: f.optional(f.tweetId),
  retweetOf: f.optional(f.tweetId),
  media: f.optional(mediaField),
  location: f.optional(locationField),
  visibility: f.optional(visibilityField),
  entities: entitiesField,
  counts: tweetCountsField,
  viewer: f.optional(tweetViewerField),
})

export const userCountsField = f.record({
  tweets: f.count,
  followers: f.count,
  following: f.count,
})

/** What the signed-in reader has to do with the user; absent in pushes, for strangers and for oneself. */
export const userViewerField = f.record({
  following: f.boolean,
  followedBy: f.boolean,
  requested: f.boolean,
  muting: f.boolean,
  blocking: f.boolean,
})

export const userField = f.record({
  id: f.userId,
  handle: f.text({ lengthMax: 15 }),
  name: f.text({ lengthMax: 200 }),
  bio: f.text({ lengthMax: 1000 }),
  avatarUrl: f.optional(f.text({ lengthMax: 2048 })),
  headerUrl: f.optional(f.text({ lengthMax: 2048 })),
  location: f.optional(f.text({ lengthMax: 200 })),
  website: f.optional(f.text({ lengthMax: websiteLengthMax })),
  pinnedTweetId: f.optional(f.tweetId),
  createdAt: f.time,
  // The last of what is kept: a shard looks for it at the end of the encoded card (shard/state/users/users.ts).
  protected: f.boolean,
  counts: userCountsField,
  viewer: f.optional(userViewerField),
})

export type Tweet = Value<typeof tweetField>
export type User = Value<typeof userField>

export const tweetsField = f.list(tweetField, { countMax: timelineLengthMax })
export const usersField = f.list(userField, { countMax: timelineLengthMax })

/** What the tweets of an answer refer to, so that nobody has to ask for it. */
export const referencedField = f.optional({
  ...tweetsField,
  meaning:
    'The originals of retweets and the quoted tweets, each once, unless they are among the tweets themselves. What the reader cannot see is left out.',
})

/** The request fields of every list. */
export const pageRequest = {
  before: f.optional({
    ...f.id,
    meaning: 'The `olderCursor` of the page before; only older entries follow.',
  }),
  limit: f.optional({
    ...f.integer({ min: 1, max: pageLimitMax }),
    meaning: 'How many entries at most; 20 unless said otherwise.',
  }),
} as const

/** Where the next page starts; absent on the last one. */
export const olderCursor = f.optional({
  ...f.id,
  meaning: 'Give it as `before` for the next page; absent on the last.',
})

/** The answer of every list of tweets. Each author is in `users` once, those of `referenced` as well. */
export const tweetPage = {
  tweets: tweetsField,
  referenced: referencedField,
  users: usersField,
  olderCursor,
} as const

/** `epoch:offset`: where a live stream stands. */
export const positionField = f.text({
  lengthMax: 512,
  meaning: 'Where the stream stands, as `epoch:offset`. Give it back unchanged to resume.',
  rule: (text) =>
    /^[0-9a-z]{1,32}:\d{1,16}(?:!\d{1,16}(?:,\d{1,16})*)?$/.test(text)
      ? text
      : { problem: 'must be a position, such as k3x9:1042' },
})
