// The comparison of lists and moments: everything that can be read of them is what the model says.

import { expect } from 'vitest'
import type { TweetId, UserId } from '../../protocol/ids.ts'
import type { Model } from './model.ts'
import type { ModelCollection } from './model-collections.ts'
import type { SimulatedCluster } from './simulated-cluster.ts'

type World = { readonly cluster: Pick<SimulatedCluster, 'call' | 'random'>; readonly model: Model }

/** Every list and moment, as one reader sees it. */
export async function compareCollections(reader: number, world: World): Promise<void> {
  for (const made of world.model.collections.all) {
    if (made.kind === 'moment') await compareMoment(made, reader, world)
    else await compareList(made, reader, world)
  }
  await compareIndexes(reader, world)
}

/** All of it, and what comes after one of its tweets. */
async function compareMoment(
  moment: ModelCollection,
  reader: number,
  { cluster, model }: World,
): Promise<void> {
  const { id: momentId, title, items, isPrivate } = moment
  const from = { actor: reader }
  const answer = await cluster.call('moment.get', { momentId }, from)
  expect('error' in answer, 'I5: moment').toBe(!model.mayReadCollection(reader, moment))
  if ('error' in answer) return
  const isShown = (tweet: number) => !model.isHidden(reader, model.tweet(tweet)!)
  expect(tweetsOf(answer)).toEqual(items.filter(isShown))
  const cover = moment.cover !== undefined && isShown(moment.cover) ? moment.cover : undefined
  expect(answer.result.moment, 'moment').toMatchObject({
    ...{ id: momentId, title, published: !isPrivate },
    counts: { tweets: items.length, followers: model.collections.followersOf(momentId) },
  })
  expect(answer.result.moment.coverTweetId, 'I5: cover').toBe(cover)
  const last = Math.floor(cluster.random() * items.length)
  const before = items[last] as TweetId | undefined
  if (before === undefined) return
  const rest = await cluster.call('moment.get', { momentId, before }, from)
  expect(tweetsOf(rest), 'moment, the rest').toEqual(items.slice(last + 1).filter(isShown))
}

function tweetsOf(answer: { result: { tweets: Listed } } | { error: object }): number[] {
  if ('error' in answer) throw new Error('a moment', { cause: answer.error })
  return answer.result.tweets.map(({ id }) => id)
}

/** The lists and moments that the reader follows, and those that somebody has made. */
async function compareIndexes(reader: number, { cluster, model }: World): Promise<void> {
  const { collections, users } = model
  const { id: owner } = users[Math.floor(cluster.random() * users.length)]!
  const userId = owner as UserId
  const from = { actor: reader }
  const shown = collections.all.filter((made) => model.mayReadCollection(reader, made))
  for (const kind of ['list', 'moment'] as const) {
    const expected = (isIn: (made: ModelCollection) => boolean) =>
      shown
        .filter((made) => made.kind === kind && isIn(made))
        .map(({ id }) => id)
        .sort((left, right) => right - left)
    const followed = await readAll(cluster, (page) => cluster.call(`${kind}s.followed`, page, from))
    expect(followed, 'I5: followed').toEqual(
      expected(({ id }) => collections.isFollowing(reader, id)),
    )
    const made = await readAll(cluster, (page) =>
      cluster.call(`${kind}s.ofUser`, { userId, ...page }, from),
    )
    expect(made, 'I5: of a user').toEqual(expected((one) => one.owner === owner))
  }
}

type Listed = readonly { readonly id: number }[]

type Answer =
  | { result: ({ lists: Listed } | { moments: Listed }) & { olderCursor?: number } }
  | { error: object }

/** The ids of all pages, in pages of random size. */
async function readAll(
  cluster: World['cluster'],
  readPage: (page: { readonly limit: number; readonly before?: number }) => Promise<Answer>,
): Promise<number[]> {
  const found: number[] = []
  let before: number | undefined
  do {
    const limit = 1 + Math.floor(cluster.random() * 4)
    const answer = await readPage({ limit, ...(before === undefined ? {} : { before }) })
    if ('error' in answer) throw new Error('a list of collections', { cause: answer.error })
    const { result } = answer
    found.push(...('lists' in result ? result.lists : result.moments).map(({ id }) => id))
    before = result.olderCursor
  } while (before !== undefined)
  return found
}

async function compareList(
  list: ModelCollection,
  reader: number,
  { cluster, model }: World,
): Promise<void> {
  await compareListCard(list, reader, { cluster, model })
  const isThere = (user: number) => model.users.some(({ id }) => id === user)
  const members = model.collections.members(
    list,
    (user) => isThere(user) && !model.privacy.isBlockBetween(list.owner, user),
  )
  const params = { listId: list.id, limit: 100 }
  const found = await cluster.call('list.members', params, { actor: reader })
  expect('error' in found, 'I5: list').toBe(!model.mayReadCollection(reader, list))
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

async function compareListCard(
  list: ModelCollection,
  reader: number,
  { cluster, model }: World,
): Promise<void> {
  const { id, owner, title: name, isPrivate, items } = list
  const answer = await cluster.call('list.get', { listId: id }, { actor: reader })
  if (!model.mayReadCollection(reader, list)) {
    expect(answer, 'I5: list').toMatchObject({ error: { code: 'not_found' } })
    return
  }
  const following = model.collections.isFollowing(reader, id)
  const viewer = reader === owner ? {} : { viewer: { following } }
  const counts = { members: items.length, followers: model.collections.followersOf(id) }
  const shown = { id, ownerId: owner, name, private: isPrivate, counts, ...viewer }
  expect(answer, 'list').toMatchObject({ result: { list: shown, users: [{ id: owner }] } })
}
