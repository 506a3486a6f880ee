// The mixed load with all features, in a form of seconds, against real processes: what everybody reads is what the
// oracle says, and the oracle is not blind. (I2, I3, I4, I5)

import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { World } from '../../loadtest/oracle/oracle.ts'
import { impressionsOf } from '../../loadtest/oracle/oracle-promotions.ts'
import type { StateRecord } from '../../loadtest/oracle/records.ts'
import type { Performed } from '../../loadtest/people/performer.ts'
import { randomGraph } from '../../loadtest/people/population.ts'
import { seedPopulation } from '../../loadtest/people/seeder.ts'
import { Random } from '../../loadtest/std/random.ts'
import { differenceKinds, noDifferences } from '../../loadtest/verify/compare.ts'
import { verifyWorld } from '../../loadtest/verify/verifier.ts'
import { sharedCluster } from '../helpers/running-cluster.ts'

const operatorToken = 'operator-of-the-load'
const cluster = sharedCluster({ env: { ROOKERY_OPERATOR_TOKEN: operatorToken } })
const records: StateRecord[] = []
let performed: Performed

/** Records of one type that are left out, one after the other, until it shows. */
const triesMax = 5

const totals = {
  posts: 100,
  favorites: 80,
  unfavorites: 6,
  deletes: 5,
  unfollows: 10,
  refollows: 4,
  repeats: 4,
}

beforeAll(async () => {
  performed = await seedPopulation({
    url: cluster().liveUrl,
    graph: randomGraph(new Random('features'), { nodes: 24, followsEach: 6 }),
    seed: 'features',
    prefix: 'f',
    zipfExponent: 1,
    totals,
    features: 700,
    operator: {
      url: `http://127.0.0.1:${cluster().portsOf('gateway-0').adminPort}`,
      token: operatorToken,
    },
    sockets: 16,
    inFlight: 16,
    sink: { add: (record) => records.push(record) },
    onDone: () => undefined,
  })
})

function verified(world: World, settleMs: number) {
  const url = cluster().liveUrl
  return verifyWorld({ world, url, sockets: 16, onUser: () => undefined, settleMs })
}

describe('a mixed load with all features', () => {
  test('is acknowledged, and has some of everything', () => {
    expect(Object.fromEntries(performed.failed)).toEqual({})
    const kinds = [...performed.acknowledged.keys()]
    for (const kind of ['reply', 'quote', 'whisper', 'post-more', 'retweet', 'unretweet']) {
      expect(kinds).toContain(kind)
    }
    for (const kind of ['bookmark', 'mute', 'mute-word', 'mute-thread', 'put', 'show', 'leave']) {
      expect(kinds).toContain(kind)
    }
    for (const kind of ['block', 'unblock', 'protect', 'approve', 'follow-collection']) {
      expect(kinds).toContain(kind)
    }
    for (const kind of ['promote', 'pause-promotion', 'look', 'suspend', 'entitle']) {
      expect(kinds).toContain(kind)
    }
    expect(records.some(({ type }) => type === 'impression')).toBe(true)
  })

  test('I4, I5, I8: is pushed to whoever listens: each tweet once, and nothing that is hidden', () => {
    expect(performed.heard?.examples).toEqual([])
    expect(performed.heard?.wrong).toBe(0)
    expect(performed.heard?.expected).toBeGreaterThan(100)
  })

  test('I2, I3, I4, I5: is read by everybody as the oracle says', async () => {
    const found = await verified(performed.world, 10_000)
    expect(found.examples).toEqual([])
    expect(found.wrong).toEqual(noDifferences)
    expect(found.users).toBeGreaterThan(15)
  })

  test.each(['block', 'protect', 'mute', 'leave', 'retweet', 'bookmark'])(
    'would show that a %s had been lost',
    async (type) => {
      const isIt = (record: StateRecord) =>
        type === 'retweet'
          ? record.type === 'tweet' && record.retweetOf !== undefined
          : record.type === type
      const differencesWithout = async (lost: StateRecord): Promise<number> => {
        const world = new World()
        for (const record of records)
          if (record !== lost && !isUndone(record, lost)) world.apply(record)
        const found = await verified(world, 0)
        return Math.max(...differenceKinds.map((kind) => found.wrong[kind]))
      }
      // Of one that was taken back since, or that concerns somebody who has left, nothing is to be seen.
      const last = records.filter(isIt).slice(-triesMax)
      let differences = 0
      while (differences === 0) {
        const lost = last.pop()
        if (lost === undefined) throw new Error(`no ${type} would be missed`)
        differences = await differencesWithout(lost)
      }
    },
  )

  test('would show that an impression and a title had been lost', async () => {
    const lost = ['impression', 'entitle'].map((type) =>
      records.findLast((record) => record.type === type && isToldOf(record)),
    )
    expect(lost).not.toContain(undefined)
    // The same impression may have been told of by two looks.
    const isLost = (record: StateRecord) => lost.some((one) => isDeepStrictEqual(one, record))
    const world = new World()
    for (const record of records) if (!isLost(record)) world.apply(record)
    const { wrong } = await verified(world, 0)
    expect([wrong.promotion, wrong.collection, wrong.export]).not.toContain(0)
  })
})

/** Whether somebody is there to whom the server tells it. */
function isToldOf(record: StateRecord): boolean {
  const { world } = performed
  if (record.type === 'entitle') {
    const collection = world.collections.get(record.collectionId)
    return collection !== undefined && !world.isAway(collection.ownerId)
  }
  if (record.type !== 'impression') return true
  const promotion = world.promotions.get(record.promotionId)
  if (promotion === undefined || world.isAway(promotion.userId)) return false
  // Of more than the budget pays for, one more or less is the same.
  return promotion.seen.size === impressionsOf(promotion)
}

/** What speaks of a retweet that there is not. */
function isUndone(record: StateRecord, lost: StateRecord | undefined): boolean {
  return lost?.type === 'tweet' && 'tweetId' in record && record.tweetId === lost.id
}
