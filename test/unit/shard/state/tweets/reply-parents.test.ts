import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../../protocol/ids.ts'
import { parentsKept, ReplyParents } from '../../../../../shard/state/tweets/reply-parents.ts'

describe('reply parents', () => {
  test('a body is read once, whether it replies to something or not', () => {
    const { parents, asked } = world()
    for (let look = 0; look < 3; look++) {
      expect([0, 1, 2, 3].map((tweet) => parents.of(tweet))).toEqual([
        undefined,
        1_001,
        undefined,
        1_003,
      ])
    }
    expect(asked).toEqual([0, 1, 2, 3])
  })

  test('tweets that share a place drive each other out and are never mistaken', () => {
    const { parents } = world()
    const others = [7, 7 + parentsKept, 7, 7 + 2 * parentsKept, 7 + parentsKept]
    for (const tweet of others) expect(parents.of(tweet)).toBe(parentOf(tweet))
  })
})

function parentOf(tweet: number): TweetId | undefined {
  return tweet % 2 === 0 ? undefined : ((1_000 + tweet) as TweetId)
}

function world() {
  const asked: number[] = []
  const parents = new ReplyParents((tweet) => {
    asked.push(tweet)
    return parentOf(tweet)
  })
  return { parents, asked }
}
