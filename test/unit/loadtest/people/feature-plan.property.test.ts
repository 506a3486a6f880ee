// The plan of a run with all features: nothing in a window depends on anything else in it, so whatever order a
// server takes the actions in, it comes to the same.

import { describe, expect, test } from 'vitest'
import type { KnownPromotion } from '../../../../loadtest/oracle/known.ts'
import type { StateRecord } from '../../../../loadtest/oracle/oracle.ts'
import { World } from '../../../../loadtest/oracle/oracle.ts'
import { endOf, impressionsOf, statusOf } from '../../../../loadtest/oracle/oracle-promotions.ts'
import type { Action, ActionOf } from '../../../../loadtest/people/actions.ts'
import { FeaturePlan } from '../../../../loadtest/people/feature-plan.ts'
import { planFollows, planWindows } from '../../../../loadtest/people/plan.ts'
import { randomGraph, Zipf } from '../../../../loadtest/people/population.ts'
import { TextGenerator } from '../../../../loadtest/people/texts.ts'
import { Random } from '../../../../loadtest/std/random.ts'

const totals = {
  posts: 400,
  favorites: 300,
  unfavorites: 30,
  deletes: 20,
  unfollows: 30,
  refollows: 10,
  repeats: 10,
}
const nodes = 40
/** More than a window has actions. */
const idsPerWindow = 10_000

/** What a right server acknowledges of each action, given ids that do not depend on the order. */
function recordOf(action: Action, world: World, id: number): StateRecord | undefined {
  const original = (tweetId: number) => world.original(world.tweet(tweetId)).id
  switch (action.kind) {
    case 'post':
    case 'reply':
    case 'quote':
    case 'whisper':
    case 'post-more': {
      const { kind: _, userId: authorId, ...more } = action as ActionOf<'reply'>
      const { inReplyTo, quoteOf } = more
      const links = {
        ...(inReplyTo === undefined ? {} : { inReplyTo: original(inReplyTo) }),
        ...(quoteOf === undefined ? {} : { quoteOf: original(quoteOf) }),
      }
      return { type: 'tweet', id, authorId, createdAt: 0, ...more, ...links }
    }
    case 'retweet': {
      const retweetOf = original(action.tweetId)
      return { type: 'tweet', id, authorId: action.userId, text: '', createdAt: 0, retweetOf }
    }
    case 'unretweet': {
      const { userId, tweetId } = action
      return { type: 'delete', tweetId: world.retweetBy(userId, world.tweet(tweetId))!.id }
    }
    case 'follow': {
      const { userId, followeeId } = action
      const isKnown = world.user(userId).follows.has(followeeId)
      const isAsked = world.protectedUsers.has(followeeId) && !isKnown
      return { type: isAsked ? 'ask' : 'follow', userId, followeeId }
    }
    case 'approve':
    case 'reject':
      return { type: action.kind, userId: action.userId, followerId: action.otherId }
    case 'make-list':
    case 'make-moment': {
      const { userId: ownerId, title, kind } = action
      const made = kind === 'make-list' ? 'list' : 'moment'
      return { type: 'collection', kind: made, id, ownerId, title, isPrivate: made === 'moment' }
    }
    case 'promote': {
      const { kind: _, ...made } = action
      return { type: 'promotion', id, ...made }
    }
    case 'look':
      return impressionOf(action, world, id)
    case 'show':
    case 'hide': {
      const { collectionId, kind } = action
      return { type: 'show', collectionId, isPrivate: kind === 'hide' }
    }
    default: {
      const { kind, ...about } = action
      return { type: kind, ...about } as unknown as StateRecord
    }
  }
}

/** Everybody is shown the first promotion of the windows before, under another name each time. */
function impressionOf(
  { userId, unsteadyIds }: ActionOf<'look'>,
  world: World,
  id: number,
): StateRecord | undefined {
  const isShown = (one: KnownPromotion): boolean =>
    one.id < id - (id % idsPerWindow) &&
    !unsteadyIds.includes(one.id) &&
    one.endedBy !== 'advertiser'
  const shown = [...world.promotions.values()].filter(isShown).map((one) => one.id)
  if (shown.length === 0) return undefined
  return { type: 'impression', promotionId: Math.min(...shown), userId, name: `${id}` }
}

/** All that a world says, in an order that does not depend on how it came about. */
function said(world: World): unknown {
  const sorted = <T>(items: Iterable<T>) => [...items].map((item) => JSON.stringify(item)).sort()
  return {
    users: [...world.users.values()].map(({ follows, followers, name }) => [
      name,
      sorted(follows),
      sorted(followers),
    ]),
    tweets: sorted(
      [...world.tweets.values()].map(({ id, isDeleted, favoritedBy }) => [
        id,
        isDeleted,
        sorted(favoritedBy),
      ]),
    ),
    collections: sorted(
      [...world.collections.values()].map(({ kind, items, followers, ...more }) => ({
        ...more,
        // A list has no order.
        items: kind === 'moment' ? items : sorted(items),
        followers: sorted(followers),
      })),
    ),
    pairs: [world.blocks, world.mutes, world.asked, world.bookmarks, world.mutedThreads].map(
      (pairs) => sorted(pairs.all()),
    ),
    words: sorted(world.mutedWords.all()),
    protectedUsers: sorted(world.protectedUsers),
    gone: sorted(world.gone),
    suspended: sorted(world.suspended),
    promotions: sorted(
      [...world.promotions.values()].map((one) => [
        one.id,
        statusOf(world, one),
        endOf(world, one),
        impressionsOf(one),
      ]),
    ),
  }
}

/** Plays a run on two worlds; in the second one each window happens in another order. */
function played(seed: string) {
  const graph = randomGraph(new Random(seed), { nodes, followsEach: 8 })
  const worlds = [new World(), new World()] as const
  const userIds = graph.labels.map((label) => label + 1)
  for (const id of userIds) {
    const user = { id, handle: `u${id}`, name: 'n', createdAt: 0, token: 't' }
    for (const world of worlds) world.apply({ type: 'user', ...user })
  }
  const random = new Random(seed)
  const parts = {
    world: worlds[0],
    random,
    userIds,
    authors: new Zipf(new Random(seed), { count: nodes, exponent: 1 }),
    texts: new TextGenerator(new Random(seed), ['u1']),
  }
  const { early, late } = planFollows(graph, parts)
  const act = (world: World, action: Action, id: number): void => {
    const record = recordOf(action, world, id)
    if (record !== undefined) world.apply(record)
  }
  for (const action of early) for (const world of worlds) act(world, action, 0)
  for (const userId of userIds.slice(0, 8)) {
    for (const world of worlds) world.apply({ type: 'fund', userId, fundedMicros: 1_000_000 })
  }
  const passwordOf = () => 'password'
  const withFeatures = {
    ...parts,
    features: (steady: ConstructorParameters<typeof FeaturePlan>[1]) =>
      new FeaturePlan({ ...parts, passwordOf, total: 1_500 }, steady),
  }
  const windows: Action[][] = []
  const shuffled = new Random(`${seed} again`)
  let nextId = 0
  for (const window of planWindows(withFeatures, totals, late)) {
    nextId = idsPerWindow * Math.ceil((nextId + 1) / idsPerWindow)
    const ids = new Map(window.map((action) => [action, nextId++]))
    for (const action of window) act(worlds[0], action, ids.get(action)!)
    for (const action of shuffled.shuffle([...window])) {
      act(worlds[1], action, ids.get(action)!)
    }
    windows.push(window)
  }
  return { windows, worlds }
}

describe('a plan with all features', () => {
  test.each(['one', 'two', 'three'])('comes to the same in whatever order (seed %s)', (seed) => {
    const { worlds } = played(seed)
    expect(said(worlds[1])).toEqual(said(worlds[0]))
  })

  test('has all kinds of actions, and about as many as were asked for', () => {
    const { windows } = played('kinds')
    const kinds = Map.groupBy(windows.flat(), ({ kind }) => kind)
    for (const kind of ['reply', 'quote', 'whisper', 'post-more', 'retweet', 'unretweet']) {
      expect([...kinds.keys()]).toContain(kind)
    }
    for (const kind of ['promote', 'pause-promotion', 'end-promotion', 'look', 'suspend', 'move']) {
      expect([...kinds.keys()]).toContain(kind)
    }
    for (const kind of ['approve', 'reject', 'block', 'unblock', 'put', 'take', 'show', 'leave']) {
      expect([...kinds.keys()]).toContain(kind)
    }
    const core = ['post', 'favorite', 'unfavorite', 'delete', 'follow', 'unfollow']
    const others = [...kinds].filter(([kind]) => !core.includes(kind))
    const count = others.reduce((sum, [, actions]) => sum + actions.length, 0)
    expect(count).toBeGreaterThan(1_200)
    expect(count).toBeLessThan(1_800)
  })

  test('lets nobody act who leaves in the same window, or has left', () => {
    const gone = new Set<number>()
    for (const window of played('leaving').windows) {
      const isLast = (kind: string): boolean => ['leave', 'suspend'].includes(kind)
      const leaving = window.filter(({ kind }) => isLast(kind)).map(({ userId }) => userId)
      for (const { userId } of window) expect(gone.has(userId)).toBe(false)
      for (const { userId, kind } of window) {
        if (!isLast(kind)) expect(leaving).not.toContain(userId)
      }
      for (const userId of leaving) gone.add(userId)
    }
    expect(gone.size).toBeGreaterThan(0)
  })

  test('follows from the seed', () => {
    expect(played('one').windows).toEqual(played('one').windows)
  })
})
