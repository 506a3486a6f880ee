// Reads all that is kept of one user, as they get it, and compares it with the oracle.
//
// An export holds what its user has made and marked, also where it is hidden from them by now. What others have
// deleted may still stand among the marks, as long as nobody has swept it out.

import type { CallAnswer } from '../client/client.ts'
import type { KnownCollection } from '../oracle/known.ts'
import { compareBodies, compareUser } from './compare.ts'
import { compareIds } from './compare-lists.ts'
import { wrongPromotion } from './promotion-verifier.ts'
import type { Reading } from './reading.ts'

type ExportPage = CallAnswer<'account.export'>
/** The ids of a section, and those among them that have to be there. */
type Wanted = { readonly must: readonly number[]; readonly may: readonly number[] }

const pagesMax = 1_000

export async function readExport(reading: Reading): Promise<void> {
  const pages = await pagesOf(reading)
  const of = (section: string) => pages.filter((page) => page.section === section)
  compareAccount(reading, of('account'))
  compareTweets(reading, of('tweets'))
  for (const [section, { must, may }] of Object.entries(wantedOf(reading))) {
    const shown = of(section).flatMap(({ ids = [] }) => ids as readonly number[])
    const kept = shown.filter((id) => must.includes(id) || !may.includes(id))
    const wanted = { expected: must, isOrdered: section !== 'favorites' }
    reading.add('export', compareIds(`exported ${section}`, kept, wanted))
  }
  compareCollections(reading, [...of('lists'), ...of('moments')])
  for (const promotion of of('promotions').flatMap(({ promotions = [] }) => promotions)) {
    const known = reading.world.promotions.get(promotion.id)
    if (known?.userId !== reading.reader.id) {
      reading.add('export', [`promotion ${promotion.id} is of somebody else`])
    } else reading.add('export', wrongPromotion(reading.world, promotion, known))
  }
  const own = [...reading.world.promotions.values()].filter(
    ({ userId }) => userId === reading.reader.id,
  )
  const shown = of('promotions').flatMap(({ promotions = [] }) => promotions)
  const wanted = { expected: own.map(({ id }) => id), isOrdered: true }
  const ids = shown.map(({ id }) => id as number)
  reading.add('export', compareIds('exported promotions', ids, wanted))
}

async function pagesOf({ client, add }: Reading): Promise<readonly ExportPage[]> {
  const pages: ExportPage[] = []
  let cursor: string | undefined
  do {
    const page = await client.call('account.export', cursor === undefined ? {} : { cursor })
    pages.push(page)
    cursor = page.next
  } while (cursor !== undefined && pages.length < pagesMax)
  if (cursor !== undefined) add('export', [`it goes on after ${pagesMax} pages`])
  return pages
}

function compareAccount(
  { world, reader, add, differences }: Reading,
  pages: readonly ExportPage[],
) {
  const account = pages[0]?.account
  if (account === undefined || pages.length !== 1) {
    add('export', [`the account is on ${pages.length} pages`])
    return
  }
  differences.push(...compareUser(account.user, reader, world.counts(reader.id)))
  const words = String([...account.mutedWords].sort())
  const expected = String(world.mutedWords.of(reader.id).sort())
  if (words !== expected) add('export', [`muted words are ${words} instead of ${expected}`])
  if (account.createdAt !== reader.createdAt) add('export', [`made at ${account.createdAt}`])
}

/** Retweets among them. */
function compareTweets({ world, reader, add, differences }: Reading, pages: readonly ExportPage[]) {
  const tweets = pages.flatMap((page) => page.tweets ?? [])
  const shown = tweets.map(({ id }) => id as number)
  const expected = world.profile(reader.id).map(({ id }) => id)
  add('export', compareIds('exported tweets', shown, { expected, isOrdered: true }))
  differences.push(...compareBodies(tweets, { world, readerId: reader.id, kind: 'export' }))
}

function wantedOf({ world, reader }: Reading): Readonly<Record<string, Wanted>> {
  const { id } = reader
  const deleted = [...world.tweets.values()].filter((tweet) => tweet.isDeleted)
  const [gone, deletedIds] = [[...world.gone], deleted.map((tweet) => tweet.id)]
  const there = (ids: readonly number[]) => ids.filter((user) => !world.gone.has(user))
  const tweets = (ids: readonly number[]): Wanted => ({
    must: ids.filter((tweet) => !world.tweet(tweet).isDeleted),
    may: deletedIds,
  })
  const users = (ids: readonly number[]): Wanted => ({ must: there(ids), may: gone })
  const favorites = [...world.tweets.values()].filter((tweet) => tweet.favoritedBy.has(id))
  const followed = (kind: KnownCollection['kind']): Wanted => {
    const ofKind = [...world.collections.values()].filter((one) => one.kind === kind)
    const own = ofKind.filter(({ followers }) => followers.has(id))
    return { must: own.map((one) => one.id), may: [...world.dropped] }
  }
  return {
    following: users([...reader.follows]),
    favorites: tweets(favorites.map((tweet) => tweet.id)),
    bookmarks: tweets(world.bookmarks.of(id)),
    blocks: users(world.blocks.of(id)),
    mutes: users(world.mutes.of(id)),
    mutedThreads: { must: world.mutedThreads.of(id), may: [] },
    followedLists: followed('list'),
    followedMoments: followed('moment'),
  }
}

/** With all that is in them, hidden or not; members who have left may be swept out. */
function compareCollections({ world, reader, add }: Reading, pages: readonly ExportPage[]): void {
  const lists = pages.flatMap((page) => page.lists ?? [])
  const moments = pages.flatMap((page) => page.moments ?? [])
  const own = [...world.collections.values()].filter(({ ownerId }) => ownerId === reader.id)
  for (const kind of ['list', 'moment'] as const) {
    const shown =
      kind === 'list' ? lists.map((one) => one.list.id) : moments.map((one) => one.moment.id)
    const expected = own.filter((one) => one.kind === kind).map(({ id }) => id)
    add('export', compareIds(`exported ${kind}s`, shown, { expected, isOrdered: true }))
  }
  for (const { list, userIds } of lists) {
    const known = world.collections.get(list.id)
    if (known === undefined) continue
    const there = (ids: readonly number[]) => ids.filter((user) => !world.gone.has(user))
    const wanted = { expected: there(known.items), isOrdered: false }
    add('export', compareIds(`exported members of ${list.id}`, there(userIds), wanted))
    if (list.name !== known.title || list.private !== known.isPrivate) {
      add('export', [`list ${list.id} is '${list.name}', private: ${list.private}`])
    }
  }
  for (const { moment, tweetIds } of moments) {
    const known = world.collections.get(moment.id)
    if (known === undefined) continue
    const isSame = String(tweetIds) === String(known.items) && moment.title === known.title
    if (!isSame || moment.published === known.isPrivate) {
      add('export', [`moment ${moment.id} is '${moment.title}' of ${tweetIds}, not ${known.items}`])
    }
  }
}
