// The oracle's rules for all that is not a plain tweet, against examples that were worked out by hand.
//
//   ann follows ben and cat; ben follows ann; dan follows nobody
//   tweets, by id: 10 ben, 20 cat, 30 ann replies to 10, 40 ben retweets 20, 50 cat quotes 10

import { describe, expect, test } from 'vitest'
import { hasWord, mentionsOf, tagsOf } from '../../../../loadtest/oracle/naive-text.ts'
import type { StateRecord } from '../../../../loadtest/oracle/oracle.ts'
import { World } from '../../../../loadtest/oracle/oracle.ts'
import { ancestorsOf } from '../../../../loadtest/oracle/oracle-features.ts'
import { mayRead, mayReadUser } from '../../../../loadtest/oracle/oracle-privacy.ts'

const [ann, ben, cat, dan] = [1, 2, 3, 4]
type More = Partial<Extract<StateRecord, { type: 'tweet' }>>

const user = (id: number, handle: string): StateRecord => ({
  type: 'user',
  id,
  handle,
  name: handle,
  createdAt: 0,
  token: handle,
})
const tweet = (id: number, authorId: number, more: More = {}): StateRecord => ({
  type: 'tweet',
  id,
  authorId,
  text: `text ${id}`,
  createdAt: 0,
  ...more,
})
const example: StateRecord[] = [
  user(ann, 'ann'),
  user(ben, 'ben'),
  user(cat, 'cat'),
  user(dan, 'dan'),
  { type: 'follow', userId: ann, followeeId: ben },
  { type: 'follow', userId: ann, followeeId: cat },
  { type: 'follow', userId: ben, followeeId: ann },
  tweet(10, ben),
  tweet(20, cat),
  tweet(30, ann, { inReplyTo: 10 }),
  tweet(40, ben, { text: '', retweetOf: 20 }),
  tweet(50, cat, { quoteOf: 10 }),
]

function worldOf(...more: StateRecord[]): World {
  const world = new World()
  for (const record of [...example, ...more]) world.apply(record)
  return world
}

const ids = (tweets: readonly { id: number }[]) => tweets.map(({ id }) => id)
const home = (reader: number, ...more: StateRecord[]) => ids(worldOf(...more).home(reader))

describe('a home timeline', () => {
  test('has a reply for those who follow both, and no retweet of what is there already', () => {
    expect(home(ann)).toEqual([50, 30, 20, 10])
    expect(home(ben)).toEqual([40, 30, 10])
    const follow: StateRecord = { type: 'follow', userId: dan, followeeId: ann }
    expect(home(dan, follow)).toEqual([])
  })

  test('shows of several retweets the oldest, and none of what is deleted', () => {
    const away: StateRecord = { type: 'unfollow', userId: ann, followeeId: cat }
    const again = tweet(60, dan, { text: '', retweetOf: 20 })
    const follow: StateRecord = { type: 'follow', userId: ann, followeeId: dan }
    expect(home(ann, away, follow, again)).toEqual([40, 30, 10])
    expect(home(ann, away, follow, again, { type: 'delete', tweetId: 40 })).toEqual([60, 30, 10])
    expect(home(ann, away, follow, again, { type: 'delete', tweetId: 20 })).toEqual([30, 10])
  })

  test('leaves out whom and what the reader has muted, but nothing of their own', () => {
    expect(home(ann, { type: 'mute', userId: ann, otherId: cat })).toEqual([30, 10])
    expect(home(ann, { type: 'mute-word', userId: ann, word: '20' })).toEqual([50, 30, 10])
    expect(home(ben, { type: 'mute-word', userId: ben, word: '20' })).toEqual([40, 30, 10])
    expect(home(ben, { type: 'mute-thread', userId: ben, tweetId: 10 })).toEqual([40, 10])
    const unmute: StateRecord = { type: 'unmute', userId: ann, otherId: cat }
    expect(home(ann, { type: 'mute', userId: ann, otherId: cat }, unmute)).toHaveLength(4)
  })
})

describe('a block', () => {
  const block: StateRecord = { type: 'block', userId: ann, otherId: ben }

  test('ends the follows between two, also one that is acknowledged after it', () => {
    const late: StateRecord = { type: 'follow', userId: ben, followeeId: ann }
    const world = worldOf(block, late)
    expect(world.counts(ann)).toMatchObject({ followers: 0, following: 1 })
    world.apply({ type: 'unblock', userId: ann, otherId: ben })
    expect(world.counts(ben)).toMatchObject({ followers: 0, following: 0 })
  })

  test('hides the two from each other, with the retweets of third parties', () => {
    const world = worldOf(block, tweet(60, cat, { text: '', retweetOf: 10 }))
    expect(ids(world.profile(ben, ann))).toEqual([])
    expect(ids(world.profile(ann, ben))).toEqual([])
    expect(ids(world.profile(cat, ann))).toEqual([50, 20])
    expect(ancestorsOf(world, cat, world.tweet(30))).toMatchObject({ missing: undefined })
    expect(ancestorsOf(world, ann, world.tweet(30))).toEqual({ ancestors: [], missing: 10 })
  })
})

describe('who may see what', () => {
  test('of a protected account, those who follow it: let in after a request', () => {
    const world = worldOf(
      { type: 'protect', userId: ben },
      { type: 'ask', userId: dan, followeeId: ben },
    )
    expect([ann, ben, cat, dan].map((reader) => mayReadUser(world, reader, ben))).toEqual([
      true,
      true,
      false,
      false,
    ])
    world.apply({ type: 'approve', userId: ben, followerId: dan })
    expect(mayReadUser(world, dan, ben)).toBe(true)
    expect(world.asked.all()).toEqual([])
  })

  test('nobody who has taken their request back is let in', () => {
    const world = worldOf(
      { type: 'protect', userId: ben },
      { type: 'ask', userId: dan, followeeId: ben },
      { type: 'unfollow', userId: dan, followeeId: ben },
      { type: 'approve', userId: ben, followerId: dan },
    )
    expect(world.user(dan).follows.size).toBe(0)
  })

  test('a tweet for followers, and one for those whom it mentions', () => {
    const world = worldOf(
      tweet(60, ben, { visibility: 'followers' }),
      tweet(70, ben, { visibility: 'mentioned', text: 'hello @Cat' }),
    )
    const readers = (id: number) =>
      [ann, ben, cat, dan].filter((reader) => mayRead(world, reader, world.tweet(id)))
    expect(readers(60)).toEqual([ann, ben])
    expect(readers(70)).toEqual([ben, cat])
  })
})

test('an account that is deleted takes everything with it', () => {
  const world = worldOf(
    { type: 'favorite', userId: ben, tweetId: 20 },
    { type: 'collection', kind: 'list', id: 7, ownerId: ben, title: 'l', isPrivate: false },
    { type: 'leave', userId: ben },
  )
  expect(ids(world.home(ann))).toEqual([50, 30, 20])
  expect(world.tweet(20).favoritedBy.size).toBe(0)
  expect(world.counts(ann)).toEqual({ tweets: 1, followers: 0, following: 1 })
  expect(world.collections.size).toBe(0)
  expect(ancestorsOf(world, cat, world.tweet(30)).missing).toBe(10)
})

test('a list shows what its members have written, a moment keeps its order', () => {
  const world = worldOf(
    { type: 'collection', kind: 'list', id: 7, ownerId: dan, title: 'l', isPrivate: true },
    { type: 'put', collectionId: 7, itemId: ben, place: 0 },
    { type: 'put', collectionId: 7, itemId: cat, place: 0 },
    { type: 'collection', kind: 'moment', id: 8, ownerId: dan, title: 'm', isPrivate: false },
    { type: 'put', collectionId: 8, itemId: 20, place: 0 },
    { type: 'put', collectionId: 8, itemId: 10, place: 0 },
    { type: 'put', collectionId: 8, itemId: 20, place: 0 },
  )
  const [list, moment] = [world.collection(7), world.collection(8)]
  expect(world.mayReadCollection(ann, list)).toBe(false)
  expect(ids(world.listTimeline(dan, list))).toEqual([50, 20, 10])
  expect(moment.items).toEqual([10, 20])
  world.apply({ type: 'show', collectionId: 7, isPrivate: false })
  expect(world.mayReadCollection(ann, list)).toBe(true)
  world.apply({ type: 'block', userId: dan, otherId: cat })
  expect(world.members(list)).toEqual([ben])
})

describe('the plain reading of a text', () => {
  test('finds mentions and hashtags as a person would', () => {
    expect(mentionsOf('@Ann, 朝@ben and a@b.example')).toEqual(['ann', 'ben'])
    expect(tagsOf('#Music #coffee_time 朝#x #42 #音楽#冬天 https://example.org/?a#b')).toEqual([
      'music',
      'coffee_time',
    ])
  })

  test('finds whole words, and parts where there are no spaces', () => {
    expect(hasWord('Coffee! now', 'coffee')).toBe(true)
    expect(hasWord('#coffee_time', 'coffee')).toBe(false)
    expect(hasWord('夜冬天', '冬')).toBe(true)
    expect(hasWord('so #Monday', '#monday')).toBe(true)
  })
})
