import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Partition, TweetId, UserId } from '../../../../protocol/ids.ts'
import { digestOf, newestFactsMax } from '../../../../shard/snapshots/digest.ts'
import type { ShardState } from '../../../../shard/state/shard-state.ts'
import { idOf } from '../state/seeded.ts'
import type { Entry } from './random-log.ts'
import {
  apply,
  entriesOf,
  logOf,
  partitions,
  someOrder,
  someSteps,
  stateHosting,
} from './random-log.ts'

const whole = { slice: 0, slices: 1 }

function digestsOf(state: ShardState, partition: Partition, slices: number): string[] {
  return Array.from({ length: slices }, (_, slice) => digestOf(state, partition, { slice, slices }))
}

test('I7: two that have applied the same log agree in every slice, whatever else they know', () => {
  const run = fc.record({
    steps: someSteps,
    order: someOrder,
    slices: fc.integer({ min: 1, max: 5 }),
  })
  fc.assert(
    fc.property(run, ({ steps, order, slices }) => {
      const entries = entriesOf(steps)
      const partition = order[0]!
      const alone = stateHosting([partition])
      apply(alone, logOf(entries, partition))
      const busy = stateHosting(partitions)
      for (const other of [...order].reverse()) apply(busy, logOf(entries, other))
      Array.from(busy.accounts.sweep())
      expect(digestsOf(busy, partition, slices)).toEqual(digestsOf(alone, partition, slices))
    }),
    { numRuns: 60 },
  )
})

test('I7: whoever lacks one entry that changes something differs, in the whole and in a slice', () => {
  // The end of a session that was over already changes nothing, and so on: these always do.
  const isLasting = ({ event }: Entry) => event['text'] !== undefined || 'followeeId' in event
  const run = fc.record({ steps: someSteps, which: fc.nat(1_000) })
  fc.assert(
    fc.property(run, ({ steps, which }) => {
      const entries = entriesOf(steps)
      const last = entries.filter(isLasting).at(-1 - (which % 3))
      fc.pre(last !== undefined)
      const { partition } = last!
      const log = logOf(entries, partition)
      const [all, some] = [stateHosting([partition]), stateHosting([partition])]
      const end = log.indexOf(last!) + 1
      apply(all, log.slice(0, end))
      apply(some, log.slice(0, end - 1))
      expect(digestOf(some, partition, whole)).not.toBe(digestOf(all, partition, whole))
      const slicesOf = (state: ShardState) => digestsOf(state, partition, 4)
      expect(slicesOf(some)).not.toEqual(slicesOf(all))
    }),
    { numRuns: 60 },
  )
})

test('a slice leaves out the oldest tweets of somebody who has very many, the whole does not', () => {
  const author = idOf({ ms: 1, partition: 1 }) as UserId
  const [one, other] = [stateHosting([1]), stateHosting([1])]
  const entities = { mentions: [], hashtags: [], urls: [] }
  const post = (state: ShardState, ms: number, text: string): void => {
    const id = idOf({ ms, partition: 1 }) as TweetId
    const index = state.users.index.intern(author)
    state.tweets.put({ id, authorId: author, text, createdAt: 5, entities }, index)
    state.authored.insert(index, id)
  }
  const differing = () =>
    digestsOf(one, 1, 2).filter((digest, slice) => digest !== digestsOf(other, 1, 2)[slice]).length
  post(one, 2, 'one')
  post(other, 2, 'other')
  expect(differing()).toBe(1)
  for (let ms = 3; ms < newestFactsMax + 3; ms++) {
    post(one, ms, 'alike')
    post(other, ms, 'alike')
  }
  expect(differing()).toBe(0)
  expect(digestOf(one, 1, whole)).not.toBe(digestOf(other, 1, whole))
})

test('sessions that are over by the time of the log make no difference, swept or not', () => {
  const userId = idOf({ ms: 1, partition: 1 }) as UserId
  const [swept, kept, never] = [stateHosting([1]), stateHosting([1]), stateHosting([1])]
  for (const state of [swept, kept]) {
    const session = { tokenHash: 'token', expiresAtMs: state.logTimeMs(1) + 1 }
    state.accounts.openSession(userId, session)
    expect(state.accounts.session(userId, 'token', 0)).toBeDefined()
  }
  for (const state of [swept, kept, never]) state.noteIssuedId(idOf({ ms: 9, partition: 1 }))
  Array.from(swept.accounts.sweep())
  expect([swept, kept].map(({ accounts }) => accounts.size)).toEqual([0, 1])
  expect(kept.accounts.session(userId, 'token', 0)).toBeUndefined()
  for (const state of [swept, kept]) {
    expect(digestOf(state, 1, whole)).toBe(digestOf(never, 1, whole))
  }
})

test('there is none of a partition that is not hosted', () => {
  expect(() => digestOf(stateHosting([1]), 2, whole)).toThrow('not hosted')
})
