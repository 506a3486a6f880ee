// The comparison of lists and moments: everything that can be read of them is what the model says.

import { expect } from 'vitest'
import type { UserId } from '../../protocol/ids.ts'
import type { Model } from './model.ts'
import type { ModelCollection } from './model-collections.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

type World = { readonly cluster: Pick<SimulatedCluster, 'call' | 'random'>; readonly model: Model }

/** Every list and moment, as one reader sees it. */
export async function compareCollections(reader: number, { cluster, model }: World): Promise<void> {
  const from = { actor: reader }
  for (const made of model.collections.all) {
    const { kind, id } = made
    const isShown = model.mayReadCollection(reader, made)
    if (kind === 'moment') {
      const answer = await cluster.call('moment.get', { momentId: id }, from)
      if ('error' in answer) expect(isShown, 'I5: moment').toBe(false)
      else {
        const tweets = made.items.filter((item) => !model.isHidden(reader, model.tweet(item)!))
        expect(answer.result.tweets.map((tweet) => tweet.id as number)).toEqual(tweets)
        const followers = model.collections.followersOf(id)
        expect(answer.result.moment.counts).toEqual({ tweets: made.items.length, followers })
      }
      expect('error' in answer, 'I5: moment').toBe(!isShown)
    } else await compareList(made, { reader, isShown }, { cluster, model })
  }
  await compareIndexes(reader, { cluster, model })
}

/** The lists and moments that the reader follows, and those that somebody has made. */
async function compareIndexes(reader: number, { cluster, model }: World): Promise<void> {
  const { collections, users } = model
  const { id: owner } = users[Math.floor(cluster.random() * users.length)]!
  const owned = { userId: owner as UserId, limit: 100 }
  const from = { actor: reader }
  const shown = collections.all.filter((made) => model.mayReadCollection(reader, made))
  for (const kind of ['list', 'moment'] as const) {
    const expected = (isIn: (made: ModelCollection) => boolean) =>
      shown
        .filter((made) => made.kind === kind && isIn(made))
        .map(({ id }) => id)
        .sort((left, right) => right - left)
    const followed = await cluster.call(`${kind}s.followed`, { limit: 100 }, from)
    expect(idsOf(followed), 'I5: followed').toEqual(
      expected(({ id }) => collections.isFollowing(reader, id)),
    )
    const made = await cluster.call(`${kind}s.ofUser`, owned, from)
    expect(idsOf(made), 'I5: of a user').toEqual(expected((one) => one.owner === owner))
  }
}

type Listed = readonly { readonly id: number }[]

function idsOf(answer: { result: { lists: Listed } | { moments: Listed } } | { error: object }) {
  if ('error' in answer) throw new Error('a list of collections', { cause: answer.error })
  const { result } = answer
  return ('lists' in result ? result.lists : result.moments).map(({ id }) => id)
}

async function compareList(
  list: ModelCollection,
  { reader, isShown }: { reader: number; isShown: boolean },
  { cluster, model }: World,
): Promise<void> {
  const isBlocked = (user: number) => model.privacy.isBlockBetween(list.owner, user)
  const members = model.collections.members(list, isBlocked)
  const params = { listId: list.id, limit: 100 }
  const found = await cluster.call('list.members', params, { actor: reader })
  expect('error' in found, 'I5: list').toBe(!isShown)
  if ('error' in found) return
  expect(found.result.users.map((user) => user.id as number)).toEqual(members)
  const tweets: number[] = []
  let before: number | undefined
  do {
    const limit = 1 + Math.floor(cluster.random() * 8)
    const page = { listId: list.id, limit, ...(before === undefined ? {} : { before }) }
    const answer = await cluster.call('timeline.list', page, { actor: reader })
    if ('error' in answer) throw new Error(`list: ${answer.error.message}`)
    tweets.push(...answer.result.tweets.map((tweet) => tweet.id as number))
    before = answer.result.olderCursor
  } while (before !== undefined)
  expect(tweets, 'list').toEqual(model.listTimeline(members, reader).map(({ id }) => id))
}
