// The plan of a run: everything that was asked for happens, and nothing in a window depends on
// anything else in it.

import { describe, expect, test } from 'vitest'
import { World } from '../../../../loadtest/oracle/oracle.ts'
import type { Action } from '../../../../loadtest/people/plan.ts'
import { planFollows, planWindows } from '../../../../loadtest/people/plan.ts'
import { randomGraph, Zipf } from '../../../../loadtest/people/population.ts'
import { TextGenerator } from '../../../../loadtest/people/texts.ts'
import { Random } from '../../../../loadtest/std/random.ts'

const totals = {
  posts: 600,
  favorites: 900,
  unfavorites: 60,
  deletes: 40,
  unfollows: 30,
  refollows: 12,
  repeats: 9,
}

/** Acts on a world as a server would acknowledge it, and gives the actions window by window. */
function played(seed: string): { windows: Action[][]; world: World } {
  const graph = randomGraph(new Random(seed), { nodes: 40, followsEach: 8 })
  const world = new World()
  const userIds = graph.labels.map((label) => label + 1)
  for (const id of userIds) {
    world.apply({ type: 'user', id, handle: `u${id}`, name: 'n', createdAt: 0, token: 't' })
  }
  const random = new Random(seed)
  const parts = {
    world,
    random,
    userIds,
    authors: new Zipf(new Random(seed), { count: 40, exponent: 1 }),
    texts: new TextGenerator(new Random(seed), ['u1']),
  }
  let tweetIds = 0
  const act = (action: Action) => {
    if (action.kind === 'post') {
      const { userId: authorId, text } = action
      world.apply({ type: 'tweet', id: ++tweetIds, authorId, text, createdAt: 0 })
    } else if (action.kind === 'delete') {
      world.apply({ type: 'delete', tweetId: action.tweetId })
    } else {
      const { kind, ...about } = action
      world.apply({ type: kind, ...about } as Parameters<World['apply']>[0])
    }
  }
  const { early, late } = planFollows(graph, parts)
  for (const action of early) act(action)
  const windows = [early]
  for (const window of planWindows(parts, totals, late)) {
    for (const action of window) act(action)
    windows.push(window)
  }
  return { windows, world }
}

function countOf(windows: readonly Action[][], kind: Action['kind']): number {
  return windows.flat().filter((action) => action.kind === kind).length
}

describe('a plan', () => {
  const { windows } = played('plan')

  test('makes as much of everything as was asked for', () => {
    expect(countOf(windows, 'post')).toBe(600)
    expect(countOf(windows, 'delete')).toBe(40)
    expect(countOf(windows, 'unfavorite')).toBe(60)
    expect(countOf(windows, 'unfollow')).toBe(30)
    // Favorites are drawn and may find everything marked already; nearly all of them succeed.
    expect(countOf(windows, 'favorite')).toBeGreaterThan(850)
    expect(countOf(windows, 'follow')).toBe(40 * 8 + 12 + 9)
  })

  test('has something of everything going on at the same time', () => {
    const kinds = new Set(windows.at(-1)!.map((action) => action.kind))
    expect([...kinds].sort()).toEqual(
      ['post', 'follow', 'unfollow', 'favorite', 'unfavorite', 'delete'].sort(),
    )
  })

  test('touches no pair of users and no tweet twice within a window', () => {
    for (const window of windows) {
      const touched = new Map<string, Action>()
      const touch = (key: string, action: Action) => {
        expect(touched.get(key), `${key} in one window`).toBeUndefined()
        touched.set(key, action)
      }
      const deleted = new Set<number>()
      for (const action of window) if (action.kind === 'delete') deleted.add(action.tweetId)
      for (const action of window) {
        if ('followeeId' in action) touch(`${action.userId}>${action.followeeId}`, action)
        if (action.kind === 'favorite' || action.kind === 'unfavorite') {
          touch(`${action.userId}+${action.tweetId}`, action)
          expect(deleted.has(action.tweetId)).toBe(false)
        }
      }
    }
  })

  test('follows from the seed', () => {
    expect(played('one').windows).toEqual(played('one').windows)
    expect(played('one').windows).not.toEqual(played('two').windows)
  })
})
