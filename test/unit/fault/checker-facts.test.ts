// The checker is fed bad histories of follows, favorites, the log, epochs and digests: the other half of
// checker.test.ts.

import { describe, expect, test } from 'vitest'
import { checkOldEpochs } from '../../fault/suite/checks/log.ts'
import type { SeenTweet } from '../../fault/suite/observation.ts'
import { countByRule } from '../../fault/suite/violation.ts'
import type { Run } from './histories.ts'
import {
  ada,
  bob,
  broken,
  entry,
  eve,
  goodRun,
  log,
  mark,
  withUser,
  withWrites,
} from './histories.ts'

describe('follows and favorites', () => {
  test('that were acknowledged and are not there are lost', () => {
    const run = goodRun()
    const home: SeenTweet[] = (run.observation.users.get(ada)?.home ?? []).slice()
    const counts = { tweets: 0, followers: 0, following: 1 }
    const unmarked = (run.observation.users.get(ada)?.profile ?? []).map((one) => ({
      ...one,
      favorites: 0,
    }))
    run.observation = withUser(run.observation, eve, { following: [ada], home, counts })
    run.observation = withUser(run.observation, ada, { profile: unmarked })
    expect(broken(run)).toEqual({ lost: 2 })
  })

  test('that are counted twice are doubled; a wrong counter of people is named', () => {
    const run = goodRun()
    const twice = (run.observation.users.get(ada)?.profile ?? []).map((one) =>
      one.id === 20 ? { ...one, favorites: 2 } : one,
    )
    const counts = { tweets: 3, followers: 2, following: 0 }
    run.observation = withUser(run.observation, ada, { profile: twice, counts })
    expect(broken(run)).toEqual({ doubled: 1, counter: 1 })
  })

  test('that were taken back and are there again are invented', () => {
    const run = withWrites(goodRun(), (writes) => [
      ...writes,
      mark('unfollow', { actorId: eve, targetId: bob }, { atMs: 500 }),
    ])
    // Bob's counter of followers is wrong as well.
    expect(broken(run)).toEqual({ invented: 1, counter: 1 })
  })

  test('of unknown outcome may be there or not', () => {
    const run = withWrites(goodRun(), (writes) => [
      ...writes,
      mark('unfollow', { actorId: eve, targetId: bob }, { atMs: 500, outcome: 'unknown' }),
      mark('favorite', { actorId: bob, targetId: 10 }, { atMs: 500, outcome: 'unknown' }),
    ])
    expect(broken(run)).toEqual({})
  })
})

describe('the log', () => {
  const withLog = (...entries: ReturnType<typeof entry>[]): Run => {
    const run = goodRun()
    run.observation = { ...run.observation, logs: [log(0, entries)] }
    return run
  }

  test('with a gap has a hole', () => {
    const run = withLog(entry(2, ['a-1']), entry(4, ['a-2']), entry(5, ['a-3']))
    expect(broken(run)).toEqual({ hole: 1 })
  })

  test('with a write twice has it doubled', () => {
    const run = withLog(entry(2, ['a-1']), entry(3, ['a-2']), entry(4, ['a-3']), entry(5, ['a-2']))
    expect(broken(run)).toEqual({ doubled: 1 })
  })

  test('whose epoch falls is found, as is a process that tells an older epoch than before', () => {
    const next = { ...entry(1, [], 3), previous: { epoch: 1, sequence: 4 } }
    const run = withLog(
      entry(2, ['a-1']),
      entry(3, ['a-2']),
      entry(4, ['a-3']),
      next,
      entry(2, [], 2),
    )
    expect(broken(run)).toEqual({ 'epoch falls': 1 })
    const told = goodRun()
    const epochs = [3, 2].map((epoch) => ({ observer: 'shard-0', partition: 5, epoch }))
    told.observation = { ...told.observation, epochs }
    expect(broken(told)).toEqual({ 'epoch falls': 1 })
  })

  test('that takes an entry of an epoch that has ended is found (I6)', () => {
    const next = { ...entry(1, [], 2), previous: { epoch: 1, sequence: 2 } }
    const logs = [log(0, [entry(2, ['a-1']), next, entry(3, ['a-2']), entry(2, ['a-3'], 2)])]
    const found = checkOldEpochs(logs, new Map([[0, next.position]]))
    expect(countByRule(found)).toEqual({ 'old epoch': 1 })
    expect(checkOldEpochs(logs, new Map([[1, next.position]]))).toEqual([])
  })
})

test('processes that stand at the same entry and differ are found (I7)', () => {
  const run = goodRun()
  const digests = run.observation.digests.map((one) =>
    one.process === 'shard-1' ? { ...one, digest: 'xyz' } : one,
  )
  run.observation = { ...run.observation, digests }
  expect(broken(run)).toEqual({ 'digests differ': 1 })
  const apart = digests.map((one) => ({ ...one, position: `${one.process} elsewhere` }))
  run.observation = { ...run.observation, digests: apart }
  expect(broken(run)).toEqual({})
})
