// What a verification searches for, with the plain rule by which a tweet is found. Pure.

import type { Random } from '../std/random.ts'
import type { KnownTweet } from './known.ts'
import { hasWord, mentionsOf, tagsOf } from './naive-text.ts'
import type { World } from './oracle.ts'

export type Query = { readonly query: string; readonly has: (tweet: KnownTweet) => boolean }

/** Some of the tags of words.ts, without their sign and in lower case. */
export const tagsSearched = [
  'music',
  'monday',
  'coffee_time',
  'новости',
  'été',
  '音楽',
  '冬天',
] as const
const words = ['coffee', 'river', 'garden', 'winter', 'утро', 'хорошо', 'morning'] as const

/** One of each kind. */
export function queriesFor(world: World, random: Random): readonly Query[] {
  const word = random.pick(words)
  const other = random.pick(words)
  const tag = random.pick(tagsSearched)
  const { id, handle } = random.pick([...world.users.values()])
  const isFrom = ({ authorId }: KnownTweet): boolean => authorId === id
  const holds =
    (wanted: string) =>
    ({ text }: KnownTweet): boolean =>
      hasWord(text, wanted)
  return [
    { query: word.toUpperCase(), has: holds(word) },
    { query: `from:${handle}`, has: isFrom },
    { query: `from:@${handle} ${word}`, has: (tweet) => isFrom(tweet) && holds(word)(tweet) },
    { query: `${word} -${other}`, has: (tweet) => holds(word)(tweet) && !holds(other)(tweet) },
    {
      query: `#${tag} -from:${handle}`,
      has: (tweet) => tagsOf(tweet.text).includes(tag) && !isFrom(tweet),
    },
    { query: `@${handle}`, has: ({ text }) => mentionsOf(text).includes(handle.toLowerCase()) },
    { query: `has:media`, has: ({ mediaIds = [] }) => mediaIds.length > 0 },
  ]
}
