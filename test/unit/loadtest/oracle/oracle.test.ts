// The oracle against an example that was worked out by hand, and the comparison built on it.
//
//   ann follows ben and cat; ben follows ann; cat follows nobody
//   tweets, by id: 10 ben, 20 cat, 30 ann, 40 ben (deleted), 50 cat

import { describe, expect, test } from 'vitest'
import type { StateRecord } from '../../../../loadtest/oracle/oracle.ts'
import { OracleError, World } from '../../../../loadtest/oracle/oracle.ts'
import type { Page } from '../../../../loadtest/verify/compare.ts'
import { compareTweets, compareUser } from '../../../../loadtest/verify/compare.ts'
import type { Tweet, User } from '../../../../protocol/entities.ts'

const [ann, ben, cat] = [1, 2, 3]
const people: StateRecord[] = [
  { type: 'user', id: ann, handle: 'ann', name: 'Ann', createdAt: 1, token: 'a' },
  { type: 'user', id: ben, handle: 'ben', name: 'Ben', createdAt: 2, token: 'b' },
  { type: 'user', id: cat, handle: 'cat', name: 'Cat', createdAt: 3, token: 'c' },
]
const tweet = (id: number, authorId: number): StateRecord => ({
  type: 'tweet',
  id,
  authorId,
  text: `text ${id}`,
  createdAt: id * 100,
})
const example: StateRecord[] = [
  ...people,
  { type: 'follow', userId: ann, followeeId: ben },
  { type: 'follow', userId: ann, followeeId: cat },
  { type: 'follow', userId: ben, followeeId: ann },
  tweet(10, ben),
  tweet(30, ann),
  // Acknowledged in another order than accepted: what counts is the id.
  tweet(20, cat),
  tweet(40, ben),
  tweet(50, cat),
  { type: 'favorite', userId: ann, tweetId: 50 },
  { type: 'favorite', userId: ben, tweetId: 50 },
  { type: 'unfavorite', userId: ben, tweetId: 50 },
  { type: 'delete', tweetId: 40 },
]

function worldOf(records: readonly StateRecord[]): World {
  const world = new World()
  for (const record of records) world.apply(record)
  return world
}

const ids = (tweets: readonly { id: number }[]) => tweets.map(({ id }) => id)

describe('the oracle', () => {
  test('shows at home what one follows and has written, newest first, without what is deleted', () => {
    const world = worldOf(example)
    expect(ids(world.home(ann))).toEqual([50, 30, 20, 10])
    expect(ids(world.home(ben))).toEqual([30, 10])
    expect(ids(world.home(cat))).toEqual([50, 20])
  })

  test('shows on a profile what one has written', () => {
    const world = worldOf(example)
    expect(ids(world.profile(ben))).toEqual([10])
    expect(ids(world.profile(cat))).toEqual([50, 20])
  })

  test('counts tweets that are there, followers and followees', () => {
    const world = worldOf(example)
    expect(world.counts(ann)).toEqual({ tweets: 1, followers: 1, following: 2 })
    expect(world.counts(ben)).toEqual({ tweets: 1, followers: 1, following: 1 })
    expect(world.counts(cat)).toEqual({ tweets: 2, followers: 1, following: 0 })
  })

  test('knows who marked a tweet as favorite', () => {
    expect(worldOf(example).tweet(50).favoritedBy).toEqual(new Set([ann]))
  })

  test('takes those who are unfollowed out, and brings them back with their past', () => {
    const unfollow: StateRecord = { type: 'unfollow', userId: ann, followeeId: cat }
    const again: StateRecord = { type: 'follow', userId: ann, followeeId: cat }
    expect(ids(worldOf([...example, unfollow]).home(ann))).toEqual([30, 10])
    expect(ids(worldOf([...example, unfollow, again]).home(ann))).toEqual([50, 30, 20, 10])
    expect(worldOf([...example, again]).counts(cat).followers).toBe(1)
  })

  test('keeps the newest 800, the deleted ones among them', () => {
    const many = Array.from({ length: 900 }, (_, index) => tweet(1_000 + index, ben))
    const world = worldOf([...example, ...many, { type: 'delete', tweetId: 1_899 }])
    const home = world.home(ann)
    expect(home.length).toBe(799)
    expect(home[0]!.id).toBe(1_898)
    expect(home.at(-1)!.id).toBe(1_100)
    expect(world.profile(ben).length).toBe(900)
  })

  test('refuses records that contradict each other', () => {
    expect(() => worldOf([...people, { type: 'delete', tweetId: 7 }])).toThrow(OracleError)
    expect(() => worldOf([...people, tweet(7, ann), tweet(7, ben)])).toThrow(/two tweets/)
  })
})

/** A tweet as a right server shows it to ann. */
function shown(id: number, change: Partial<Tweet> = {}): Tweet {
  const known = worldOf(example).tweet(id)
  return {
    id: known.id,
    authorId: known.authorId,
    text: known.text,
    createdAt: known.createdAt,
    entities: { mentions: [], hashtags: [], urls: [] },
    counts: { favorites: known.favoritedBy.size, retweets: 0, replies: 0 },
    viewer: { favorited: known.favoritedBy.has(ann), retweeted: false, bookmarked: false },
    ...change,
  } as Tweet
}

function shownUser(id: number, change: Partial<User> = {}): User {
  const world = worldOf(example)
  const { handle, name, createdAt } = world.user(id)
  const counts = world.counts(id)
  return { id, handle, name, createdAt, bio: '', protected: false, counts, ...change } as User
}

const page = (tweets: readonly Tweet[], users: readonly number[]): Page => ({
  tweets,
  users: users.map((id) => shownUser(id)),
})

function differencesAtHome(...pages: Page[]): string[] {
  const world = worldOf(example)
  const expected = { tweets: world.home(ann), world }
  return compareTweets({ pages, readerId: ann }, expected, 'timeline').map(
    ({ kind, what }) => `${kind}: ${what}`,
  )
}

describe('the comparison', () => {
  test('finds nothing where all is right, over one page or two', () => {
    const all = [shown(50), shown(30), shown(20), shown(10)]
    expect(differencesAtHome(page(all, [cat, ann, ben]))).toEqual([])
    expect(
      differencesAtHome(page(all.slice(0, 2), [cat, ann]), page(all.slice(2), [cat, ben])),
    ).toEqual([])
  })

  test('finds what is missing, deleted, foreign, doubled and out of order', () => {
    const users = [cat, ann, ben]
    expect(differencesAtHome(page([shown(50), shown(30), shown(20)], [cat, ann]))).toEqual([
      'timeline: tweet 10 of 2 is missing',
    ])
    const withDeleted = [shown(50), shown(40), shown(30), shown(20), shown(10)]
    expect(differencesAtHome(page(withDeleted, users))).toEqual([
      'timeline: tweet 40 of 2 is shown, but it is deleted',
    ])
    const unknown = { ...shown(10), id: 5 } as Tweet
    expect(
      differencesAtHome(page([shown(50), shown(30), shown(20), shown(10), unknown], users)),
    ).toEqual(['timeline: tweet 5 of 2 is shown, but nobody was told of it'])
    const twice = [shown(50), shown(30), shown(20), shown(20), shown(10)]
    expect(differencesAtHome(page(twice, users))).toEqual([
      'timeline: 20 stands above 20',
      'timeline: 1 tweets stand there twice',
    ])
    const turned = [shown(30), shown(50), shown(20), shown(10)]
    expect(differencesAtHome(page(turned, users))).toEqual(['timeline: 30 stands above 50'])
  })

  test('finds a text, an author and a time that differ', () => {
    const changed = shown(30, { text: 'other', authorId: ben, createdAt: 7 } as Partial<Tweet>)
    const all = [shown(50), changed, shown(20), shown(10)]
    expect(differencesAtHome(page(all, [cat, ben]))).toEqual([
      'timeline: of tweet 30: text is "other" instead of "text 30"',
      'timeline: of tweet 30: authorId is 2 instead of 1',
      'timeline: of tweet 30: createdAt is 7 instead of 3000',
    ])
  })

  test('finds wrong favorites, and calls them counts', () => {
    const changed = shown(50, {
      counts: { favorites: 2, retweets: 0, replies: 0 },
      viewer: { favorited: false, retweeted: false, bookmarked: false },
    })
    const all = [changed, shown(30), shown(20), shown(10)]
    expect(differencesAtHome(page(all, [cat, ann, ben]))).toEqual([
      'count: of tweet 50: favorites is 2 instead of 1',
      'count: of tweet 50: viewer.favorited is false instead of true',
    ])
  })

  test('finds an author who is missing from a page, doubled, or there without a tweet', () => {
    const all = [shown(50), shown(30), shown(20), shown(10)]
    expect(differencesAtHome(page(all, [cat, ann]))).toEqual([
      "timeline: author 2 is not among the page's users",
    ])
    expect(differencesAtHome(page(all, [cat, cat, ann, ben]))).toEqual([
      'timeline: a page holds a user twice',
    ])
    expect(
      differencesAtHome(page(all.slice(0, 2), [cat, ann, ben]), page(all.slice(2), [cat, ben])),
    ).toEqual(['timeline: user 2 is no author of the page'])
  })

  test('finds a user whose name or counts differ', () => {
    const world = worldOf(example)
    const compared = (change: Partial<User>) =>
      compareUser(shownUser(ann, change), world.user(ann), world.counts(ann))
    expect(compared({})).toEqual([])
    expect(compared({ name: 'Anne' })).toEqual([
      { kind: 'profile', what: 'name is "Anne" instead of "Ann"' },
    ])
    expect(compared({ counts: { tweets: 1, followers: 2, following: 2 } })).toEqual([
      { kind: 'count', what: 'followers is 2 instead of 1' },
    ])
  })
})
