// The checker is fed bad histories, one broken promise each, and has to find it and nothing else. A checker
// that finds nothing in a run would otherwise prove nothing.

import { describe, expect, test } from 'vitest'
import { countMissed, countShownAgain } from '../../fault/suite/checks/streams.ts'
import type { SeenTweet } from '../../fault/suite/observation.ts'
import { examplesOf } from '../../fault/suite/violation.ts'
import type { Run } from './histories.ts'
import {
  ada,
  bob,
  broken,
  entry,
  eve,
  goodRun,
  item,
  log,
  post,
  stream,
  tweet,
  withUser,
  withWrites,
} from './histories.ts'

/** Takes a tweet off every page, and out of the log. */
function withoutTweet(run: Run, id: number): Run {
  const keep = (tweets: readonly SeenTweet[]) => tweets.filter((one) => one.id !== id)
  const users = new Map(
    [...run.observation.users].map(([userId, user]) => {
      const profile = keep(user.profile)
      const counts = { ...user.counts, tweets: profile.length }
      return [userId, { ...user, profile, home: keep(user.home), counts }]
    }),
  )
  return { ...run, observation: { ...run.observation, users } }
}

test('a good run breaks no rule, and leaves an unknown write open', () => {
  expect(broken(goodRun())).toEqual({})
})

describe('a tweet', () => {
  test('that was acknowledged and is nowhere is lost (I1)', () => {
    const run = withoutTweet(goodRun(), 25)
    expect(broken(run)).toEqual({ lost: 1 })
  })

  test('that is there under another id than was acknowledged is lost', () => {
    const run = withWrites(goodRun(), (writes) =>
      writes.map((write) => (write.key === 'a-1' ? { ...write, tweetId: 11 as never } : write)),
    )
    expect(broken(run)).toEqual({ lost: 1 })
  })

  test('that is missing in a whole log is lost, in a trimmed one it is not', () => {
    const run = goodRun()
    const logs = [log(0, [entry(2, ['a-1']), entry(3, []), entry(4, ['a-3'])])]
    run.observation = { ...run.observation, logs }
    expect(broken(run)).toEqual({ lost: 1 })
    const trimmed = { ...(logs[0] as (typeof logs)[0]), isWhole: false }
    run.observation = { ...run.observation, logs: [trimmed] }
    expect(broken(run)).toEqual({})
  })

  test('that was written twice is doubled (I2)', () => {
    const run = goodRun()
    const profile = [tweet(26, bob, 'b-1'), tweet(25, bob, 'b-1')]
    const counts = { tweets: 2, followers: 1, following: 0 }
    run.observation = withUser(run.observation, bob, { profile, home: profile, counts })
    const ofEve = run.observation.users.get(eve)
    const home = [tweet(26, bob, 'b-1'), ...(ofEve?.home ?? [])]
    home.sort((one, other) => other.id - one.id)
    run.observation = withUser(run.observation, eve, { home })
    // The second one has not reached the live reader, either.
    expect(broken(run)).toEqual({ doubled: 1, hole: 1 })
  })

  test('that stands twice on one page is doubled', () => {
    const run = goodRun()
    const { home = [] } = run.observation.users.get(eve) ?? {}
    const [first] = home
    run.observation = withUser(run.observation, eve, { home: [first as SeenTweet, ...home] })
    expect(broken(run)).toEqual({ doubled: 1 })
  })

  test('of unknown outcome may be there once, but not twice', () => {
    const run = goodRun()
    const once = [tweet(35, bob, 'b-2'), tweet(25, bob, 'b-1')]
    const seenBy = (tweets: readonly SeenTweet[]) => {
      const ids = new Set(tweets.map(({ id }) => id))
      const others = (goodRun().observation.users.get(eve)?.home ?? []).filter(
        ({ id }) => !ids.has(id),
      )
      return [...tweets, ...others].sort((one, other) => other.id - one.id)
    }
    const shown = (tweets: readonly SeenTweet[]) => {
      const counts = { tweets: tweets.length, followers: 1, following: 0 }
      const { observation } = goodRun()
      const ofBob = withUser(observation, bob, { profile: tweets, home: tweets, counts })
      return withUser(ofBob, eve, { home: seenBy(tweets) })
    }
    const { segments, ...reader } = stream()
    const last = segments[1] as (typeof segments)[1]
    const withItems = (...items: ReturnType<typeof item>[]) => ({
      writes: run.history.writes,
      streams: [
        { ...reader, segments: [segments[0]!, { ...last, items: [...last.items, ...items] }] },
      ],
    })
    run.observation = shown(once)
    run.history = withItems(item(35, bob, 'b-2'))
    expect(broken(run)).toEqual({})
    run.observation = shown([tweet(36, bob, 'b-2'), ...once])
    run.history = withItems(item(35, bob, 'b-2'), item(36, bob, 'b-2'))
    expect(broken(run)).toEqual({ 'unknown twice': 1 })
  })

  test('that was refused, or that nobody wrote, is invented', () => {
    const refused = withWrites(goodRun(), (writes) =>
      writes.map((write) => (write.key === 'b-1' ? { ...write, outcome: 'refused' } : write)),
    )
    // On the profile and in the log.
    expect(broken(refused)).toEqual({ invented: 2 })
    const unheardOf = withWrites(goodRun(), (writes) => writes.filter(({ key }) => key !== 'b-1'))
    expect(broken(unheardOf)).toEqual({ invented: 1 })
  })

  test('that is older than one that was acknowledged before it was sent is out of order (I3)', () => {
    const run = withWrites(goodRun(), (writes) => [
      ...writes,
      // Sent at 90, and acknowledged before a-1 was sent, with an id above that of a-1.
      post({ key: 'a-0', actorId: ada, atMs: 90 }, { tweetId: 15 }),
    ])
    expect(broken(run)['reordered']).toBe(1)
  })

  test('that overlaps with another one in time may be on either side of it', () => {
    const run = withWrites(goodRun(), (writes) =>
      writes.map((write) => (write.key === 'a-1' ? { ...write, endedAtMs: 500 } : write)),
    )
    const swapped = withWrites(run, (writes) =>
      writes.map((write) => (write.key === 'a-2' ? { ...write, invokedAtMs: 90 } : write)),
    )
    expect(broken(swapped)).toEqual({})
  })
})

describe('a home timeline', () => {
  test('that lacks a tweet of somebody who is followed has a hole (I4)', () => {
    const run = goodRun()
    const { home = [] } = run.observation.users.get(eve) ?? {}
    const rest = home.filter(({ id }) => id !== 20)
    run.observation = withUser(run.observation, eve, { home: rest })
    expect(broken(run)).toEqual({ hole: 1 })
  })

  test('that shows somebody who is not followed shows what it should not', () => {
    const run = goodRun()
    const { home = [] } = run.observation.users.get(ada) ?? {}
    const mixed = [home[0] as SeenTweet, tweet(25, bob, 'b-1'), ...home.slice(1)]
    run.observation = withUser(run.observation, ada, { home: mixed })
    expect(broken(run)).toEqual({ invented: 1 })
  })

  test('that is not in the order of time is out of order', () => {
    const run = goodRun()
    const { home = [] } = run.observation.users.get(ada) ?? {}
    run.observation = withUser(run.observation, ada, { home: home.toReversed() })
    expect(broken(run)).toEqual({ reordered: 2 })
  })
})

describe('a live stream (I8)', () => {
  const withStream = (
    change: (own: ReturnType<typeof stream>) => ReturnType<typeof stream>,
  ): Run => {
    const run = goodRun()
    run.history = { ...run.history, streams: [change(stream())] }
    return run
  }

  test('that lacks a tweet has a hole, also where it was resumed', () => {
    const run = withStream((own) => ({
      ...own,
      segments: own.segments.map((one) => ({
        ...one,
        items: one.items.filter(({ tweetId }) => tweetId !== 25),
      })),
    }))
    expect(broken(run)).toEqual({ hole: 1 })
    expect(countMissed(run.history, run.observation)).toBe(0)
  })

  test('that tells its hole is excused for what was written before it was told, and not after', () => {
    const told = (missing: number) =>
      withStream((own) => ({
        ...own,
        segments: own.segments.map((one, index) => ({
          ...one,
          isRecovered: false,
          page: index === 1 ? [20 as never] : [],
          items: one.items.filter(({ tweetId }) => tweetId !== missing),
        })),
      }))
    expect(broken(told(25))).toEqual({})
    expect(countMissed(told(25).history, told(25).observation)).toBe(1)
    expect(broken(told(30))).toEqual({ hole: 1 })
  })

  test('that has a tweet twice has it doubled, also across two sockets', () => {
    const run = withStream((own) => ({
      ...own,
      segments: own.segments.map((one, index) => ({
        ...one,
        items: index === 1 ? [item(20, ada, 'a-2'), ...one.items] : one.items,
      })),
    }))
    expect(broken(run)).toEqual({ doubled: 1 })
  })

  test('that starts anew behind a hole that was told may show again what it has shown', () => {
    const run = withStream((own) => ({
      ...own,
      segments: own.segments.map((one, index) => ({
        ...one,
        isRecovered: false,
        items: index === 1 ? [item(10, ada, 'a-1'), item(20, ada, 'a-2'), ...one.items] : one.items,
      })),
    }))
    expect(broken(run)).toEqual({})
    expect(countShownAgain(run.history)).toBe(2)
  })

  test('that has two tweets of an author in the wrong order is out of order', () => {
    const run = withStream((own) => ({
      ...own,
      segments: own.segments.map((one, index) => ({
        ...one,
        items: index === 0 ? one.items.toReversed() : one.items,
      })),
    }))
    expect(broken(run)).toEqual({ reordered: 1 })
  })
})

test('of each rule the first few examples are shown', () => {
  const many = Array.from(
    { length: 9 },
    (_, index) => ({ rule: 'lost', what: `${index}` }) as const,
  )
  const examples = examplesOf([...many, { rule: 'hole', what: 'one' }], { perRuleMax: 2 })
  expect(examples).toEqual(['lost: 0', 'lost: 1', 'hole: one'])
})
