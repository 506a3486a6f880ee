// A celebrity's people, those who read along, and what is said of the threads that were ended.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  authorCount,
  authorsFollowed,
  CelebrityCrowd,
} from '../../../loadtest/import/celebrity-graph.ts'
import { World } from '../../../loadtest/oracle/oracle.ts'
import { wrongOnPage } from '../../../loadtest/people/onlookers.ts'
import { planWindows } from '../../../loadtest/people/plan.ts'
import { TextGenerator } from '../../../loadtest/people/texts.ts'
import { Random } from '../../../loadtest/std/random.ts'
import { readersOf } from '../../../loadtest/verify/verifier.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { threadEndsIn, threadEndsLine } from '../../helpers/thread-ends.ts'

describe('the people around a celebrity', () => {
  const size = fc.record({ followers: fc.integer({ min: 1, max: 1_000 }), latecomers: fc.nat(50) })

  test('follow the celebrity as many as were asked for, and each some authors, nobody twice', () => {
    fc.assert(
      fc.property(fc.string(), size, (seed, { followers, latecomers }) => {
        const crowd = new CelebrityCrowd(new Random(seed), { followers, latecomers })
        expect(crowd.nodeCount).toBe(1 + authorCount + followers + latecomers)
        expect(crowd.followeesOf(0)).toEqual([])
        let ofCelebrity = 0
        for (let node = 1; node < crowd.nodeCount; node++) {
          const followees = crowd.followeesOf(node)
          const authors = followees.filter((one) => one > 0 && one <= authorCount && one !== node)
          if (followees[0] === 0) ofCelebrity++
          const expected = authorsFollowed + (followees[0] === 0 ? 1 : 0)
          if (new Set(followees).size === expected && authors.length === authorsFollowed) continue
          expect.fail(`${node} follows ${followees}`)
        }
        expect(ofCelebrity).toBe(followers)
      }),
      { numRuns: 20 },
    )
  })

  test('are imported with the follows that are told of them, over several windows', async () => {
    const crowd = new CelebrityCrowd(new Random('windows'), { followers: 30_000, latecomers: 10 })
    const pairs: string[] = []
    let windows = 0
    for await (const { from, to, count } of crowd.edges().windows) {
      windows++
      for (let edge = 0; edge < count; edge++) pairs.push(`${from[edge]} ${to[edge]}`)
    }
    const told = Array.from({ length: crowd.nodeCount }, (_, node) =>
      crowd.followeesOf(node).map((followee) => `${node} ${followee}`),
    )
    expect(windows).toBeGreaterThan(1)
    expect(pairs).toEqual(told.flat())
  })
})

describe('users without a token', () => {
  const world = new World()
  for (const id of [1, 2, 3]) {
    const token = id === 3 ? '' : 't'
    world.apply({ type: 'user', id, handle: `u${id}`, name: 'n', createdAt: 0, token })
  }
  for (const userId of [1, 2, 3]) {
    world.apply({ type: 'follows', userId, followeeIds: [1, 2, 3].filter((id) => id !== userId) })
  }

  test('count as followers, and are not read', () => {
    expect(world.counts(1)).toEqual({ tweets: 0, followers: 2, following: 2 })
    expect(readersOf(world).map(({ id }) => id)).toEqual([1, 2])
  })

  test('do nothing where the plan names others', () => {
    const totals = {
      posts: 40,
      favorites: 0,
      unfavorites: 0,
      deletes: 0,
      unfollows: 30,
      refollows: 0,
      repeats: 30,
    }
    let turn = 0
    const parts = {
      world,
      userIds: [1, 2],
      random: new Random('plan'),
      texts: new TextGenerator(new Random('plan'), []),
      authors: { next: () => turn++ % 2 },
    }
    const actors = [...planWindows(parts, totals, [])].flat().map(({ userId }) => userId)
    expect(new Set(actors)).toEqual(new Set([1, 2]))
  })
})

describe('an onlooker', () => {
  const reader = { userId: 9, follows: new Set([1, 2]) }
  const page = (...tweets: [id: number, authorId: number][]) =>
    tweets.map(([id, authorId]) => ({ id: id as TweetId, authorId: authorId as UserId }))

  test('has nothing to say of a page in order, with tweets of their own', () => {
    expect(wrongOnPage(page([30, 1], [20, 9], [10, 2]), reader)).toBeUndefined()
    expect(wrongOnPage([], reader)).toBeUndefined()
  })

  test('sees what stands there twice, out of order, or does not belong there', () => {
    expect(wrongOnPage(page([30, 1], [30, 1]), reader)).toBe('30 stands there twice')
    expect(wrongOnPage(page([10, 1], [30, 1]), reader)).toBe('10 stands above 30')
    expect(wrongOnPage(page([30, 1], [10, 7]), reader)).toBe('10 is of 7, a stranger')
  })
})

test('what each process said last of the threads it has lost is added up', () => {
  const output = [
    'rookery is ready',
    threadEndsLine(1, { ended: 1, tasksLost: 1, ringsServedBefore: 0 }),
    threadEndsLine(2, { ended: 5, tasksLost: 4, ringsServedBefore: 300 }),
    threadEndsLine(1, { ended: 2, tasksLost: 1, ringsServedBefore: 40 }),
  ].join('')
  expect(threadEndsIn(output)).toEqual({ ended: 7, tasksLost: 5, ringsServedBefore: 340 })
  expect(threadEndsIn('')).toEqual({ ended: 0, tasksLost: 0, ringsServedBefore: 0 })
})
