// Reads the lists and moments that one user sees, and compares them with the oracle.

import type { UserId } from '../../protocol/ids.ts'
import type { KnownCollection, KnownUser } from '../oracle/oracle.ts'
import { comparePage } from './compare.ts'
import { compareIds, refused } from './compare-lists.ts'
import { limit, type Reading } from './reading.ts'

/** The reader's own, and one of any. */
export async function readCollections(reading: Reading): Promise<void> {
  for (const collection of someCollections(reading)) await readCollection(reading, collection)
}

/** Those that the reader follows, and those that somebody has made. */
export async function readCollectionsOf(reading: Reading, owner: KnownUser): Promise<void> {
  const world = reading.world
  const { id } = reading.reader
  const shown = [...world.collections.values()].filter((one) => world.mayReadCollection(id, one))
  const userId = owner.id as UserId
  const read = {
    list: async () => [
      (await reading.client.call('lists.ofUser', { userId, limit })).lists,
      (await reading.client.call('lists.followed', { limit })).lists,
    ],
    moment: async () => [
      (await reading.client.call('moments.ofUser', { userId, limit })).moments,
      (await reading.client.call('moments.followed', { limit })).moments,
    ],
  }
  for (const kind of ['list', 'moment'] as const) {
    const ofKind = shown.filter((one) => one.kind === kind)
    const [made = [], followed = []] = await read[kind]()
    const expected = [
      ofKind.filter((one) => one.ownerId === owner.id),
      ofKind.filter((one) => one.followers.has(id)),
    ]
    for (const [place, listed] of [made, followed].entries()) {
      const ids = listed.map((one) => one.id)
      const wanted = expected[place]!.map((one) => one.id)
      const named = `${place === 0 ? `${kind}s of ${owner.id}` : `${kind}s followed`}`
      reading.add('collection', compareIds(named, ids, { expected: wanted, isOrdered: true }))
    }
  }
}

function someCollections(reading: Reading): readonly KnownCollection[] {
  const all = [...reading.world.collections.values()]
  const own = all.filter(({ ownerId }) => ownerId === reading.reader.id)
  return all.length === 0 ? [] : [...own, reading.random.pick(all)]
}

async function readCollection(reading: Reading, collection: KnownCollection): Promise<void> {
  if (collection.kind === 'list') await readList(reading, collection)
  else await readMoment(reading, collection)
}

async function readList(reading: Reading, list: KnownCollection): Promise<void> {
  const world = reading.world
  const { id } = reading.reader
  const listId = list.id
  const get = () => reading.client.call('list.get', { listId })
  if (!world.mayReadCollection(id, list)) {
    reading.add('hidden', await refused('not_found', `list ${listId}`, get))
    return
  }
  const shown = (await get()).list
  if (shown.name !== list.title || shown.counts.followers !== list.followers.size) {
    const { size } = list.followers
    reading.add('collection', [
      `list ${listId} has ${shown.counts.followers} followers, not ${size}`,
    ])
  }
  const members = await reading.users('list.members', { listId })
  const expected = world.members(list)
  reading.add('collection', compareIds(`list ${listId}`, members, { expected, isOrdered: true }))
  await reading.tweets('collection', world.listTimeline(id, list), (page) =>
    reading.client.call('timeline.list', { listId, ...page }),
  )
}

async function readMoment(reading: Reading, moment: KnownCollection): Promise<void> {
  const world = reading.world
  const { id } = reading.reader
  const momentId = moment.id
  const get = () => reading.client.call('moment.get', { momentId })
  if (!world.mayReadCollection(id, moment)) {
    reading.add('hidden', await refused('not_found', `moment ${momentId}`, get))
    return
  }
  const shown = await get()
  const expected = moment.items.filter((item) => !world.isHidden(id, world.tweet(item)))
  const ids = shown.tweets.map((tweet) => tweet.id)
  const named = `moment ${momentId}`
  const wrong = String(ids) === String(expected) ? [] : [`${named}: ${ids} instead of ${expected}`]
  const { counts, title } = shown.moment
  const { coverId } = moment
  const isCovered = coverId !== undefined && !world.isHidden(id, world.tweet(coverId))
  const cover = isCovered ? coverId : undefined
  if (title !== moment.title || shown.moment.coverTweetId !== cover) {
    wrong.push(`${named}: '${title}' with ${shown.moment.coverTweetId} instead of ${cover}`)
  }
  if (counts.followers !== moment.followers.size || counts.tweets !== moment.items.length) {
    wrong.push(`${named}: ${counts.followers} followers, ${counts.tweets} tweets`)
  }
  reading.add('collection', wrong)
  const given = { world, readerId: id, owners: [moment.ownerId] }
  reading.differences.push(...comparePage(shown, { ...given, kind: 'collection' }))
}
